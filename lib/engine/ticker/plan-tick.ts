import type { DutyState } from './duties';

/** What the database says of one account at the start of a tick; times are spans from the database's now. */
export interface AccountState {
  keysToCreate: string[];
  vaults: { id: string; status: 'initializing' | 'error' | 'deleting' }[];
  hasExpiredPoints: boolean;
  /** Until the next visible point expires. */
  nextExpiryMs: number | null;
  hasPointsToRemove: boolean;
  /** Points being deleted that running work still reads. */
  hasPointsInUse: boolean;
  replications: ReplicationState[];
  collections: CollectionState[];
  hasAbandonedCopies: boolean;
  /** Until a point is to be moved to the archive; null when none has a date. */
  archivingDueMs: number | null;
  /** Until a copy of a shared backup, or into another region, is worth a step; null when there is none. */
  backupCopyDueMs: number | null;
  duties: readonly DutyState[];
}

export interface ReplicationState {
  id: string;
  /** The source's sequence is ahead of what was planned here. */
  hasNewEvents: boolean;
  hasPendingPoints: boolean;
  /** The account is active and the grant stands. */
  isAllowed: boolean;
  waitingReason: string | null;
  /** Until it is worth trying again; null unless it waits. */
  retryMs: number | null;
}

export interface CollectionState {
  vaultId: string;
  /** The collection under way, or null when one is due. */
  collectionNo: number | null;
  /** Until its next step is worth taking: a wait for running work, or the least time between two collections. */
  dueMs: number;
}

export type Step =
  | { kind: 'create_key'; keyId: string }
  | { kind: 'initialise_vault' | 'check_vault' | 'delete_vault'; vaultId: string }
  | { kind: 'expire_points' | 'remove_points' | 'abandon_copies' | 'sample' | 'archive' | 'copy_backups' }
  | { kind: 'replicate'; replicationId: string }
  | { kind: 'collect'; vaultId: string; collectionNo: number | null }
  | { kind: 'duty'; duty: string };

export interface PlannedStep {
  step: Step;
  /** For logs: why this is to be done now. */
  reason: string;
}

export interface TickPlan {
  steps: PlannedStep[];
  /** Until the next tick is needed if nothing wakes the account earlier; null: only a wake brings one. */
  dueInMs: number | null;
}

/** How often a vault in `error` is looked at again. */
export const vaultCheckMs = 60_000;
/** How often a deleted point that a restore or a backup still reads is looked at again. */
export const pointInUseMs = 30_000;
/** An active replication is measured, and a lost wake-up made good, this often. */
export const sampleMs = 60_000;

/**
 * What one tick of an account does, each with its reason, and when the next one is due. Steps are safe to repeat and do not
 * depend on each other's order for safety; this order lets what people wait for come first.
 */
export function planTick(state: AccountState): TickPlan {
  const steps: PlannedStep[] = [];
  const waits: number[] = [];
  const add = (step: Step, reason: string) => steps.push({ step, reason });

  for (const keyId of state.keysToCreate) add({ kind: 'create_key', keyId }, 'the key has no material yet');
  for (const { id: vaultId, status } of state.vaults) {
    if (status === 'initializing') add({ kind: 'initialise_vault', vaultId }, 'the vault is new');
    if (status === 'deleting') add({ kind: 'delete_vault', vaultId }, 'the vault was deleted');
    if (status === 'error') {
      add({ kind: 'check_vault', vaultId }, 'the vault was in error');
      waits.push(vaultCheckMs);
    }
  }
  if (state.hasExpiredPoints) add({ kind: 'expire_points' }, 'retention has passed');
  if (state.nextExpiryMs !== null) waits.push(Math.max(0, state.nextExpiryMs));
  if (state.hasExpiredPoints || state.hasPointsToRemove)
    add({ kind: 'remove_points' }, 'points are being deleted');
  if (state.hasPointsInUse) waits.push(pointInUseMs);
  if (state.hasAbandonedCopies) add({ kind: 'abandon_copies' }, 'copies will not be taken up again');
  if (state.archivingDueMs !== null) {
    if (state.archivingDueMs <= 0) add({ kind: 'archive' }, 'points are to be moved to the archive');
    else waits.push(state.archivingDueMs);
  }
  if (state.backupCopyDueMs !== null) {
    if (state.backupCopyDueMs <= 0) add({ kind: 'copy_backups' }, 'accepted backups are to be copied');
    else waits.push(state.backupCopyDueMs);
  }
  for (const { kind: duty, dueMs } of state.duties) {
    if (dueMs <= 0) add({ kind: 'duty', duty }, 'its time has come');
    else waits.push(dueMs);
  }
  planReplications(state.replications, add, waits);
  for (const { vaultId, collectionNo, dueMs } of state.collections) {
    const reason = collectionNo === null ? 'points were deleted' : 'a collection is under way';
    if (dueMs <= 0) add({ kind: 'collect', vaultId, collectionNo }, reason);
    else waits.push(dueMs);
  }
  return { steps, dueInMs: waits.length > 0 ? Math.min(...waits) : null };
}

function planReplications(
  replications: readonly ReplicationState[],
  add: (step: Step, reason: string) => void,
  waits: number[],
): void {
  if (replications.length === 0) return;
  add({ kind: 'sample' }, 'lag is recorded once a minute');
  waits.push(sampleMs);
  for (const replication of replications) {
    const reason = reasonToReplicate(replication);
    if (reason) add({ kind: 'replicate', replicationId: replication.id }, reason);
    else if (replication.retryMs !== null) waits.push(Math.max(0, replication.retryMs));
  }
}

function reasonToReplicate(replication: ReplicationState): string | null {
  const { isAllowed, waitingReason, retryMs, hasNewEvents, hasPendingPoints } = replication;
  const isAccess = waitingReason === 'access_revoked' || waitingReason?.startsWith('target_account_');
  if (!isAllowed && !isAccess) return 'it lost its access, which is to be shown';
  if (isAllowed && isAccess) return 'its access came back';
  if (!isAllowed) return null;
  if (waitingReason !== null) return (retryMs ?? 0) <= 0 ? `another attempt after ${waitingReason}` : null;
  if (retryMs !== null && retryMs > 0) return null;
  if (hasNewEvents) return 'the source has new events';
  return hasPendingPoints ? 'points are to be copied' : null;
}
