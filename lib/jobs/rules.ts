import { type AccountState, findStateRefusal } from '@/lib/account-states';
import { CrossvaultError } from '@/lib/errors';
import type { KmsKey } from '@/lib/keys/schemas';
import type { SourceKind } from '@/lib/schemas';
import { intakeRefusal, trialRefusal, type VaultKind } from '@/lib/vaults/schemas';
import type { BackupSpec, Job } from './schemas';

/** A job that its client does not know of after this long without progress is offered again. */
export const reofferSeconds = 15;
/** A job that ends its client each time is not tried for ever. */
export const maxAttempts = 10;
export const maxRunningPerClient = 2;
/** Of one account in one region, over all movers. */
export const maxRunningPerRegion = 4;

interface VaultState {
  kind: VaultKind;
  status: 'initializing' | 'created' | 'error' | 'deleting';
  statusReason: string | null;
  trialEndsAt: Date | null;
}
type KeyState = KmsKey['state'] | null;

/** A client's files count as one kind, wherever it stands: the same vaults take them. */
export function sourceKindOf({ stream }: Pick<BackupSpec, 'stream'>): SourceKind {
  return stream?.kind ?? 'local_file';
}

/** Why no backup can be made into a vault now, or null. `keyState` is null with service encryption. */
export function backupRefusal(
  vault: VaultState,
  keyState: KeyState,
  accountState: AccountState,
  { sourceKind, now }: { sourceKind: SourceKind; now: Date },
): CrossvaultError | null {
  const intake = intakeRefusal(vault.kind, sourceKind) ?? trialRefusal(vault.trialEndsAt, now);
  if (intake) return intake;
  const refusal = findStateRefusal(accountState, 'store');
  if (refusal) return new CrossvaultError('not_eligible', refusal.message, { reason: refusal.reason });
  return keyRefusal(keyState) ?? vaultRefusal(vault, 'back up into it');
}

/**
 * Why a point cannot be restored now, or null. The state of an account never blocks a restore, and a point that is kept as
 * the newest one outlives its date.
 */
export function restoreRefusal(
  point: { status: 'visible' | 'deleting'; expiresAt: Date; keepsNewest?: boolean },
  vault: VaultState,
  keyState: KeyState,
  now: Date,
): CrossvaultError | null {
  if (point.status !== 'visible') {
    return new CrossvaultError('state_conflict', 'This backup point is being deleted.', {
      reason: 'point_deleting',
    });
  }
  if (point.expiresAt <= now && !point.keepsNewest) {
    return new CrossvaultError('expired', 'This backup point has expired. Choose a newer one.', {
      reason: 'point_expired',
    });
  }
  return keyRefusal(keyState) ?? vaultRefusal(vault, 'restore from it');
}

function vaultRefusal({ status, statusReason }: VaultState, purpose: string): CrossvaultError | null {
  if (status === 'created') return null;
  const why = {
    initializing: `The vault is still being made. Wait a moment to ${purpose}.`,
    deleting: 'The vault is being deleted.',
    error: `The vault is in error: ${statusReason ?? 'its storage or key cannot be used'}. Repair it to ${purpose}.`,
  }[status];
  return new CrossvaultError('state_conflict', why, { reason: 'vault_not_ready' });
}

function keyRefusal(state: KeyState): CrossvaultError | null {
  if (state === null || state === 'enabled') return null;
  return new CrossvaultError(
    'key_unavailable',
    {
      creating: 'The key of this vault is still being created. Wait a moment.',
      disabled: 'The key of this vault is disabled. Enable it under Keys and try again.',
      scheduled: 'The key of this vault is scheduled for deletion. Cancel that under Keys and try again.',
      destroyed: 'The key of this vault was destroyed: its data cannot be read any more.',
    }[state],
    { reason: `key_${state}` },
  );
}

/** Whether a path names one place on a host, whatever folder its client was started in. */
export function isAbsoluteHostPath(path: string, platform: string): boolean {
  if (path.includes('\0')) return false;
  return /^win/i.test(platform) ? /^(?:[A-Za-z]:[\\/]|\\\\[^\\]+\\[^\\]+)/.test(path) : path.startsWith('/');
}

/** Seconds until the bytes known of are through at the present rate; null when nobody can tell. */
export function jobSecondsLeft(job: {
  status: Job['status'];
  bytesDone: number;
  bytesTotal: number | null;
  rateBytesPerSecond: number | null;
}): number | null {
  if (job.status !== 'running' || job.bytesTotal === null) return null;
  const left = Math.max(0, job.bytesTotal - job.bytesDone);
  if (left === 0) return 0;
  return job.rateBytesPerSecond ? Math.ceil(left / job.rateBytesPerSecond) : null;
}

/** What a client is told about a job that another attempt, another client or a cancellation has taken from it. */
export function lateAttempt(
  job: { status: Job['status']; attempt: number },
  attempt: number,
): CrossvaultError {
  if (job.status === 'running' && job.attempt !== attempt) {
    return new CrossvaultError(
      'state_conflict',
      `Attempt ${attempt} of this job was taken over by ${job.attempt}.`,
      {
        reason: 'attempt_superseded',
      },
    );
  }
  return new CrossvaultError(
    'state_conflict',
    `This job is ${job.status} and takes no more from its client.`,
    {
      reason: 'job_not_running',
    },
  );
}
