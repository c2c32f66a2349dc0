import { CrossvaultError, type ErrorCode } from '@/lib/errors';

type State = 'pending' | 'copying' | 'accepted' | 'rejected' | 'cancelled' | 'deleted' | 'failed';

/** The numbers that the field knows these refusals by; `reason` of an error is `BackupService.<number>`. */
export const shareRefusals = {
  6101: {
    code: 'quota_exceeded',
    message: 'The vault has too little free space: it has to be larger than the backup.',
  },
  6105: { code: 'not_eligible', message: 'Choose a vault of this account in the region of the backup.' },
  6700: { code: 'not_eligible', message: 'Only backups of servers and disks can be shared.' },
  6701: {
    code: 'quota_exceeded',
    message: 'A backup is shared with up to 10 projects. Cancel a share of it first.',
  },
  6702: {
    code: 'state_conflict',
    message: 'Only an available backup can be shared. This one is being deleted or has expired.',
  },
  6703: { code: 'already_exists', message: 'The backup is shared with this project already.' },
  6704: {
    code: 'not_eligible',
    message:
      'This project is in another region. A backup is shared within its region: ask for the project id there.',
  },
  6705: { code: 'not_found', message: 'There is no such backup share in this account.' },
  6707: {
    code: 'not_eligible',
    message: 'The backup cannot be shared with this project.',
  },
  6708: {
    code: 'state_conflict',
    message: 'The share has just changed. Nothing was done. Look again.',
  },
  6709: {
    code: 'not_eligible',
    message:
      'The backup is under a key that is not shared with this project. Share the key first, by a key grant or a resource share.',
  },
  6710: {
    code: 'state_conflict',
    message: 'The recipient has registered an image from the backup. The image has to be deleted first.',
  },
  6712: {
    code: 'state_conflict',
    message: 'The vault is not ready. Wait until its status is Ready, or choose another.',
  },
  6713: { code: 'not_eligible', message: 'The vault is of another type than the backup.' },
  6714: { code: 'not_eligible', message: 'A backup that was shared with this account cannot be shared on.' },
} as const satisfies Record<number, { code: ErrorCode; message: string }>;
export type ShareRefusal = keyof typeof shareRefusals;

export function shareError(
  number: ShareRefusal,
  options: { message?: string; fields?: Record<string, string>; cause?: unknown } = {},
): CrossvaultError {
  const { code, message } = shareRefusals[number];
  return new CrossvaultError(code, options.message ?? message, {
    reason: `BackupService.${number}`,
    fields: options.fields,
    cause: options.cause,
  });
}

export function isShareRefusal(number: number): number is ShareRefusal {
  return number in shareRefusals;
}

export interface SharedBackupFacts {
  sourceKind: string;
  /** It came by a share itself. */
  isReceived: boolean;
  isAvailable: boolean;
  region: string;
  isSharingOffered: boolean;
  accountId: string;
  openShares: readonly { projectId: string }[];
}
export interface ProjectFacts {
  id: string;
  accountId: string;
  region: string;
  isActive: boolean;
  /** Keys that open the backup and are not shared with it. */
  missingKeys: readonly string[];
}

/** Why a backup cannot be shared with anyone, in the order of the database's rule; null when it can. */
export function backupRefusal(backup: SharedBackupFacts): CrossvaultError | null {
  if (backup.sourceKind !== 'server' && backup.sourceKind !== 'disk') return shareError(6700);
  if (backup.isReceived) return shareError(6714);
  if (!backup.isAvailable) return shareError(6702);
  if (!backup.isSharingOffered)
    return shareError(6707, { message: 'This region does not offer the sharing of backups.' });
  return null;
}

/** Why a backup cannot be shared with this project, or null. `project` is null for an id that names nothing. */
export function projectRefusal(
  backup: SharedBackupFacts,
  project: ProjectFacts | null,
): CrossvaultError | null {
  const refusal = backupRefusal(backup);
  if (refusal) return refusal;
  if (!project)
    return shareError(6704, {
      message: 'No account has this project id. Its owner finds it under My credentials.',
    });
  if (project.accountId === backup.accountId)
    return shareError(6707, { message: 'This is a project of your own account. Name the recipient’s.' });
  if (project.region !== backup.region) return shareError(6704);
  if (!project.isActive)
    return shareError(6707, { message: 'The account of this project is not active and takes no backups.' });
  if (backup.openShares.some(({ projectId }) => projectId === project.id)) return shareError(6703);
  if (backup.openShares.length >= 10) return shareError(6701);
  if (project.missingKeys.length > 0) return shareError(6709);
  return null;
}

export interface VaultFacts {
  kind: string;
  region: string;
  status: string;
  encryption: 'service' | 'kms';
  capacityBytes: number | null;
  storedBytes: number;
  reservedBytes: number;
  isAutoExpanding: boolean;
}

export function freeBytesOf(
  vault: Pick<VaultFacts, 'capacityBytes' | 'storedBytes' | 'reservedBytes'>,
): number {
  return Math.max(0, (vault.capacityBytes ?? 0) - vault.storedBytes - vault.reservedBytes);
}

/** Why a shared backup cannot be accepted into this vault, in the order of the database's rule; null when it can. */
export function vaultRefusal(
  backup: { kind: string; region: string; sizeBytes: number; isEncrypted: boolean },
  vault: VaultFacts,
): CrossvaultError | null {
  if (vault.region !== backup.region) return shareError(6105);
  if (vault.kind !== `${backup.kind}_backup`)
    return shareError(6713, {
      message: `The vault takes other backups. Choose one for ${backup.kind} backups.`,
    });
  if (vault.status !== 'created') return shareError(6712);
  if (backup.isEncrypted && vault.encryption !== 'kms')
    return shareError(6709, {
      message: 'An encrypted backup stays encrypted: choose a vault under a KMS key.',
    });
  if (!vault.isAutoExpanding && freeBytesOf(vault) <= backup.sizeBytes) return shareError(6101);
  return null;
}

/** Why a share cannot be accepted or rejected any more, or null. */
export function answerRefusal(state: State): CrossvaultError | null {
  if (state === 'pending' || state === 'failed') return null;
  const why: Record<Exclude<State, 'pending' | 'failed'>, string> = {
    copying: 'It was accepted already and is being copied.',
    accepted: 'It was accepted already.',
    rejected: 'It was rejected already. Ask for it to be shared again.',
    cancelled: 'Its owner has cancelled the share.',
    deleted: 'The backup was deleted.',
  };
  return shareError(6708, { message: why[state] });
}

/** Why a share cannot be accepted, whatever the vault; null when it can. */
export function acceptRefusal(share: {
  state: State;
  isKeyMissing: boolean;
  sharerName: string;
}): CrossvaultError | null {
  const refusal = answerRefusal(share.state);
  if (refusal || !share.isKeyMissing) return refusal;
  return shareError(6709, {
    message: `${share.sharerName} does not share the key of the backup with this account. Ask for a key grant, or accept the resource share that holds the key.`,
  });
}

/** Why a share cannot be cancelled, or null. */
export function cancelRefusal(
  state: State,
  holders: readonly { imageName: string }[],
  recipientName: string,
): CrossvaultError | null {
  if (!isOpen(state)) return shareError(6708, { message: 'The share has ended already.' });
  if (holders.length === 0) return null;
  const names = holders.map(({ imageName }) => imageName).join(', ');
  return shareError(6710, {
    message: `${recipientName} has registered ${holders.length === 1 ? 'an image' : 'images'} from the backup: ${names}. Ask for ${holders.length === 1 ? 'it' : 'them'} to be deleted, or let the cancellation be tried again by itself.`,
  });
}

/** Whether a share holds one of the ten places. */
export function isOpen(state: State): boolean {
  return state === 'pending' || state === 'copying' || state === 'accepted' || state === 'failed';
}
