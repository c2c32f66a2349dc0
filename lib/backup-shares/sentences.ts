/** Why a share stands as it does, for people. */
const reasons: Record<string, string> = {
  vault_deleted: 'The chosen vault was deleted while the backup was on its way. Accept it into another one.',
  corrupt_data:
    'Stored data of the original is damaged. Its owner is told; accept it again once it is healed.',
  backup_gone: 'The original is not there any more.',
};

export function reasonSentence(reason: string | null): string | null {
  if (reason === null) return null;
  return reasons[reason] ?? 'It could not be copied. Accept it again, or ask its owner to share it again.';
}

export const copyWaiting = [
  'key_not_shared',
  'source_key_unavailable',
  'target_key_unavailable',
  'source_storage_unavailable',
  'target_storage_unavailable',
  'target_vault_error',
  'target_vault_full',
  'account_inactive',
] as const;
export type CopyWaiting = (typeof copyWaiting)[number];

const waits: Record<CopyWaiting, string> = {
  key_not_shared: 'The owner of the backup does not share its key any more. Copying goes on once it does.',
  source_key_unavailable: 'The key of the original cannot be used. Copying goes on once it can.',
  target_key_unavailable: 'The key of the chosen vault cannot be used. Copying goes on once it can.',
  source_storage_unavailable: 'The storage of the original cannot be reached. It is tried again.',
  target_storage_unavailable: 'The storage of the chosen vault cannot be reached. It is tried again.',
  target_vault_error: 'The chosen vault is in error. Copying goes on once it is well.',
  target_vault_full: 'The chosen vault is full. Raise its capacity, and copying goes on.',
  account_inactive: 'The account is not active. Copying goes on once it is.',
};

export function waitingSentence(reason: string | null): string | null {
  if (reason === null) return null;
  return waits[reason as CopyWaiting] ?? 'A step failed inside Crossvault and is tried again.';
}

export interface Notice {
  side: 'sharer' | 'recipient';
  event: string;
  backupName: string;
  sharerName: string;
  recipientName: string;
  stateReason: string | null;
}
interface Told {
  severity: 'info' | 'success' | 'warning' | 'error';
  title: string;
  body: string;
}

/** What a side is told of a step of the other one, or of the engine; null for what it need not hear. */
export function noticeOf(notice: Notice): Told | null {
  const { backupName, sharerName, recipientName } = notice;
  const why = reasonSentence(notice.stateReason) ?? '';
  const told = (severity: Told['severity'], title: string, body = ''): Told => ({ severity, title, body });
  const sharer: Record<string, Told> = {
    accepting: told('info', `${recipientName} has accepted the backup ${backupName}`, 'It is being copied.'),
    accepted: told('success', `The backup ${backupName} has arrived at ${recipientName}`),
    rejected: told('warning', `${recipientName} has rejected the backup ${backupName}`),
    returned: told('info', `${recipientName} has deleted its copy of the backup ${backupName}`),
    failed: told('warning', `The backup ${backupName} could not be copied to ${recipientName}`, why),
  };
  const recipient: Record<string, Told> = {
    offered: told(
      'info',
      `${sharerName} shares the backup ${backupName} with this account`,
      'Accept it into a vault, or reject it.',
    ),
    arrived: told(
      'success',
      `The backup ${backupName} of ${sharerName} has arrived`,
      'Disks and servers can be made from it.',
    ),
    cancelled: told(
      'warning',
      `${sharerName} no longer shares the backup ${backupName}`,
      'A copy of it is gone from this account. Disks, servers and images that were made from it stay.',
    ),
    deleted: told(
      'warning',
      `The backup ${backupName} of ${sharerName} was deleted`,
      'Its owner deleted it, and with it this account’s copy. Disks, servers and images that were made from it stay.',
    ),
    expired: told(
      'info',
      `The backup ${backupName} of ${sharerName} has expired`,
      'It is gone from both accounts. Disks, servers and images that were made from it stay.',
    ),
    failed: told('error', `The backup ${backupName} of ${sharerName} could not be copied`, why),
  };
  return (notice.side === 'sharer' ? sharer : recipient)[notice.event] ?? null;
}
