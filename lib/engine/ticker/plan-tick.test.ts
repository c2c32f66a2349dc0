import { describe, expect, it } from 'vitest';
import { type AccountState, planTick, type ReplicationState } from './plan-tick';

const quiet: AccountState = {
  keysToCreate: [],
  vaults: [],
  hasExpiredPoints: false,
  nextExpiryMs: null,
  hasPointsToRemove: false,
  hasPointsInUse: false,
  replications: [],
  collections: [],
  hasAbandonedCopies: false,
  archivingDueMs: null,
  backupCopyDueMs: null,
  duties: [],
};
const idle: ReplicationState = {
  id: 'rep-1',
  hasNewEvents: false,
  hasPendingPoints: false,
  isAllowed: true,
  waitingReason: null,
  retryMs: null,
};

const kinds = (state: Partial<AccountState>) =>
  planTick({ ...quiet, ...state }).steps.map(({ step }) => step.kind);
const replicates = (replication: Partial<ReplicationState>) =>
  kinds({ replications: [{ ...idle, ...replication }] }).includes('replicate');

describe('planTick', () => {
  it('does nothing and asks for no further tick when there is nothing', () => {
    expect(planTick(quiet)).toEqual({ steps: [], dueInMs: null });
  });

  it('is due again when the next point expires, or sooner', () => {
    expect(planTick({ ...quiet, nextExpiryMs: 5000 }).dueInMs).toBe(5000);
    const collections = [{ vaultId: 'v-1', collectionNo: 3, dueMs: 700 }];
    expect(planTick({ ...quiet, nextExpiryMs: 5000, collections }).dueInMs).toBe(700);
  });

  it('takes a duty when its time has come, and waits for one that lies ahead', () => {
    const duties = [
      { kind: 'due', dueMs: 0 },
      { kind: 'later', dueMs: 400 },
    ];
    const plan = planTick({ ...quiet, duties });
    expect(plan.steps.map(({ step }) => step)).toEqual([{ kind: 'duty', duty: 'due' }]);
    expect(plan.dueInMs).toBe(400);
  });

  it('expires points before it removes them, and removes those that were deleted by hand', () => {
    expect(kinds({ hasExpiredPoints: true })).toEqual(['expire_points', 'remove_points']);
    expect(kinds({ hasPointsToRemove: true })).toEqual(['remove_points']);
  });

  it('creates, initialises and deletes what the console asked for', () => {
    const vaults = [
      { id: 'v-1', status: 'initializing' as const },
      { id: 'v-2', status: 'deleting' as const },
      { id: 'v-3', status: 'error' as const },
    ];
    expect(kinds({ keysToCreate: ['key-1'], vaults })).toEqual([
      'create_key',
      'initialise_vault',
      'delete_vault',
      'check_vault',
    ]);
  });

  it('replicates for new events and for pending points, and not otherwise', () => {
    expect(replicates({})).toBe(false);
    expect(replicates({ hasNewEvents: true })).toBe(true);
    expect(replicates({ hasPendingPoints: true })).toBe(true);
  });

  it('tries a waiting replication again when its time has come, and is due then', () => {
    const waiting = {
      ...idle,
      hasPendingPoints: true,
      waitingReason: 'source_key_unavailable',
      retryMs: 4000,
    };
    const plan = planTick({ ...quiet, replications: [waiting] });
    expect(plan.steps.map(({ step }) => step.kind)).toEqual(['sample']);
    expect(plan.dueInMs).toBe(4000);
    expect(replicates({ ...waiting, retryMs: 0 })).toBe(true);
  });

  it('shows a withdrawn grant at once, then leaves it until the grant is back', () => {
    expect(replicates({ isAllowed: false })).toBe(true);
    const revoked = { isAllowed: false, waitingReason: 'access_revoked', hasPendingPoints: true, retryMs: 0 };
    expect(replicates(revoked)).toBe(false);
    expect(replicates({ ...revoked, isAllowed: true, retryMs: 60_000 })).toBe(true);
  });

  it('gives each step a reason', () => {
    const plan = planTick({
      ...quiet,
      hasExpiredPoints: true,
      replications: [{ ...idle, hasNewEvents: true }],
    });
    expect(plan.steps.every(({ reason }) => reason.length > 10)).toBe(true);
  });
});
