'use client';

import { useQuery } from '@tanstack/react-query';
import { type Activity, findStateRefusal } from '@/lib/account-states';
import { meQuery } from '@/lib/accounts/query';
import { activities, type Permission, permissions, type Role } from '@/lib/permissions';

type Refuse = (permission: Permission, activity?: Activity) => string | null;

/**
 * Tells why the signed-in user's role or the state of their account does not allow something, or null when both do. A
 * verb that names its own activity is asked about with it. The server decides again.
 */
export function useRefusals(): Refuse {
  const me = useQuery(meQuery()).data;
  return (permission, activity = activities[permission]) => {
    if (!me) return null;
    const allowed: readonly Role[] = permissions[permission];
    if (!allowed.includes(me.user.role))
      return `Your role, ${me.user.role}, may not do this. It takes ${listRoles(allowed)} of the account.`;
    return findStateRefusal(me.account.state, activity)?.message ?? null;
  };
}

/** `useRefusals` for one permission. */
export function useRefusal(permission: Permission, activity?: Activity): string | null {
  return useRefusals()(permission, activity);
}

function listRoles(roles: readonly Role[]): string {
  return roles.map((role) => `an ${role}`).join(' or ');
}
