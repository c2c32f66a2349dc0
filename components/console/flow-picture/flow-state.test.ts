import { describe, expect, test } from 'vitest';
import { Replication } from '@/lib/replication/schemas';
import { describeReplication, lineBelow, tellFlow, wordOnTheLine } from './flow-state';

const GiB = 1024 ** 3;

function makeReplication(change: Partial<Replication> = {}): Replication {
  return Replication.parse({
    id: 'rep-1',
    side: 'target',
    source: {
      accountId: '1000000000000001',
      accountName: 'Mills',
      vaultId: 'v-1',
      vaultName: 'finance',
      region: 'cn-hangzhou',
    },
    target: {
      accountId: '1000000000000002',
      accountName: 'Holding',
      vaultId: 'r-1',
      vaultName: 'mirror',
      region: 'eu-central-1',
    },
    targetGuardDays: 7,
    state: 'active',
    waitingReason: null,
    waitingSince: null,
    history: {
      pointsTotal: 3,
      pointsDone: 3,
      bytesTotal: GiB,
      bytesDone: GiB,
      percent: 100,
      completedAt: '2026-01-12T10:00:00Z',
    },
    current: null,
    rateBytesPerSecond: 0,
    secondsLeft: null,
    newestPointAt: '2026-01-12T10:00:00Z',
    lag: { points: 0, bytes: 0, seconds: 0 },
    copiedBytes: GiB,
    nextTryAt: null,
    objective: {
      seconds: 86_400,
      state: 'met',
      missedSince: null,
      settledAt: null,
      silenceDays: 7,
      silentSince: null,
      unheardSince: null,
    },
    lastStepAt: null,
    lastError: null,
    createdAt: '2026-01-12T09:00:00Z',
    stoppedAt: null,
    ...change,
  });
}

describe('the flow picture', () => {
  test('an idle replication with nothing missing is up to date', () => {
    const flow = describeReplication(makeReplication());
    expect(wordOnTheLine(flow)).toBe('Up to date');
    expect(lineBelow(flow)).toBeNull();
  });

  test('the line carries the measured rate while bytes cross', () => {
    const flow = describeReplication(
      makeReplication({
        rateBytesPerSecond: 13_000_000,
        lag: { points: 2, bytes: 1.2 * GiB - 0.8, seconds: 245 } as never,
      }),
    );
    expect(wordOnTheLine(flow)).toBe('12.4 MiB/s');
    expect(lineBelow(flow)).toBe('4 min behind · 2 points · 1.2 GiB');
  });

  test('an unfinished history shows its share, bytes and time left', () => {
    const history = {
      pointsTotal: 4,
      pointsDone: 1,
      bytesTotal: 2 * GiB,
      bytesDone: GiB / 2,
      percent: 25,
      completedAt: null,
    };
    const flow = describeReplication(makeReplication({ history, secondsLeft: 245 }));
    expect(flow.state).toMatchObject({ kind: 'history', fraction: 0.25 });
    expect(lineBelow(flow)).toBe('Initial sync 25 % · 512 MiB of 2.0 GiB · about 4 min left');
  });

  test('waiting outranks the history and says why', () => {
    const history = {
      pointsTotal: 4,
      pointsDone: 1,
      bytesTotal: GiB,
      bytesDone: 0,
      percent: 25,
      completedAt: null,
    };
    const flow = describeReplication(
      makeReplication({ history, waitingReason: 'access_revoked', waitingSince: '2026-01-12T10:00:00Z' }),
    );
    expect(wordOnTheLine(flow)).toBe('Waiting');
    expect(tellFlow(flow)).toContain('no longer shared');
  });

  test('a stopped replication shows no rate and no lag', () => {
    const flow = describeReplication(
      makeReplication({
        state: 'stopped',
        stoppedAt: '2026-01-12T11:00:00Z',
        rateBytesPerSecond: 5,
        lag: { points: 1, bytes: 1, seconds: 1 },
      }),
    );
    expect(flow).toMatchObject({ rateBytesPerSecond: 0, lag: null });
    expect(wordOnTheLine(flow)).toBe('Stopped');
  });

  test('only the vault of the asking account is a link', () => {
    const href = (vaultId: string, region: string) => `/${region}/vaults/${vaultId}`;
    expect(describeReplication(makeReplication({ side: 'target' }), href).source.vaultHref).toBeUndefined();
    expect(describeReplication(makeReplication({ side: 'target' }), href).target.vaultHref).toBe(
      '/eu-central-1/vaults/r-1',
    );
    expect(describeReplication(makeReplication({ side: 'both' }), href).source.vaultHref).toBe(
      '/cn-hangzhou/vaults/v-1',
    );
  });
});
