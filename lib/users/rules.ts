import type { Role } from '@/lib/permissions';

/** How long a one-time password opens the door. */
export const oneTimePasswordHours = 72;

export const roleDescriptions: Record<Role, { name: string; may: string; mayNot: string }> = {
  administrator: {
    name: 'Administrator',
    may: 'Does everything: users, keys, sharing, replication, locks and deletion.',
    mayNot: 'Cannot change the audit or delete what is locked; nobody can.',
  },
  operator: {
    name: 'Operator',
    may: 'Backs up, restores, creates and edits vaults, clients and policies, and makes access keys of their own.',
    mayNot:
      'Cannot delete or lock vaults and points, share, replicate, manage keys or users, or read the audit.',
  },
  auditor: {
    name: 'Auditor',
    may: 'Reads everything, the audit and the users included.',
    mayNot: 'Cannot change, restore or download anything.',
  },
};

export interface UserFacts {
  id: string;
  role: Role;
  isDisabled: boolean;
}

/** Why this administrator may not take a user's role or access away, or null. */
export function findDemotionRefusal(
  user: UserFacts,
  { myId, otherAdministrators }: { myId: string; otherAdministrators: number },
): { reason: 'last_administrator' | 'own_user'; message: string } | null {
  const isActiveAdministrator = user.role === 'administrator' && !user.isDisabled;
  if (isActiveAdministrator && otherAdministrators === 0)
    return {
      reason: 'last_administrator',
      message: 'This is the last active administrator. Make another user administrator first.',
    };
  if (user.id === myId)
    return {
      reason: 'own_user',
      message: 'This is you. Another administrator can change your role or disable you.',
    };
  return null;
}
