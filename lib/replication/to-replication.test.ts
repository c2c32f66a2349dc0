import { describe, expect, test } from 'vitest';
import {
  historyPercent,
  lagSeconds,
  type ReplicationRow,
  secondsLeft,
  toReplication,
} from './to-replication';

const now = new Date('2026-05-01T12:00:00Z');
const row: ReplicationRow = {
  accountId: '2000000000000000',
  id: 'rep-1',
  sourceAccountId: '1000000000000000',
  sourceAccountName: 'Branch',
  sourceVaultId: 'v-1',
  sourceVaultName: 'files',
  sourceRegion: 'cn-hangzhou',
  targetVaultId: 'r-1',
  targetVaultName: 'copy',
  targetAccountName: 'Head office',
  targetRegion: 'cn-beijing',
  state: 'active',
  waitingReason: null,
  waitingSince: null,
  fence: 1,
  seenSeq: 3,
  historyPointsTotal: 4,
  historyPointsDone: 1,
  historyBytesTotal: 1000,
  historyBytesDone: 400,
  historyCompletedAt: null,
  newestPointAt: null,
  lagPoints: 0,
  lagBytes: 0,
  lagSince: null,
  rateBytesPerSecond: 100,
  copiedBytes: 400,
  currentPointId: 's-1',
  currentBytesDone: 50,
  currentBytesTotal: 250,
  lastStepAt: now,
  lastError: null,
  createdAt: now,
  createdBy: 'Ada',
  stoppedAt: null,
  stoppedBy: null,
  targetGuardDays: 7,
  objectiveSeconds: 3600,
  silenceDays: 7,
  missedSince: null,
  recoveringSince: null,
  silentSince: null,
  watchedAt: null,
  unheardSince: null,
};

test.each([
  ['1000000000000000', 'source'],
  ['2000000000000000', 'target'],
])('account %s sees its side: %s', (accountId, side) => {
  expect(toReplication(row, accountId, now).side).toBe(side);
});

test('a copy between two regions of one account has both sides', () => {
  expect(toReplication({ ...row, sourceAccountId: row.accountId }, row.accountId, now).side).toBe('both');
});

describe('the percentage of history', () => {
  test.each([
    [0, 1000, 0],
    [9, 1000, 0],
    [400, 1000, 40],
    [999, 1000, 99],
    [1000, 1000, 99],
    [2000, 1000, 99],
  ])(
    'of %i of %i bytes is %i while history is not complete',
    (historyBytesDone, historyBytesTotal, percent) => {
      expect(historyPercent({ ...row, historyBytesDone, historyBytesTotal })).toBe(percent);
    },
  );

  test('is 100 once it is complete, whatever the counters say', () => {
    expect(historyPercent({ ...row, historyCompletedAt: now })).toBe(100);
    expect(
      historyPercent({ ...row, historyBytesTotal: 0, historyPointsTotal: 0, historyCompletedAt: now }),
    ).toBe(100);
  });

  test('counts points while no bytes are known, and is 0 before anything is planned', () => {
    expect(historyPercent({ ...row, historyBytesTotal: 0 })).toBe(25);
    expect(
      historyPercent({ ...row, historyBytesTotal: 0, historyPointsTotal: 0, historyPointsDone: 0 }),
    ).toBe(0);
  });
});

describe('the time left', () => {
  const complete = { ...row, historyCompletedAt: now };
  test.each([
    ['of history at the present rate', row, 6],
    ['of the one new point being copied', { ...complete, lagPoints: 1 }, 2],
    ['is nothing when all is through', { ...complete, currentPointId: null }, 0],
    ['is unknown for later points, whose new bytes nobody knows yet', { ...complete, lagPoints: 2 }, null],
    ['is unknown while nothing moves', { ...row, currentPointId: null }, null],
    ['is unknown at rate zero', { ...row, rateBytesPerSecond: 0 }, null],
    ['is unknown while it waits', { ...row, waitingReason: 'access_revoked' }, null],
    ['is unknown once it is stopped', { ...row, state: 'stopped' as const }, null],
    ['is never negative', { ...row, historyBytesDone: 5000 }, 0],
  ])('%s', (_, given, expected) => {
    expect(secondsLeft(given)).toBe(expected);
  });
});

test('lag counts from the oldest new point, and ends with the replication', () => {
  const lagSince = new Date('2026-05-01T11:58:29.500Z');
  expect(lagSeconds({ state: 'active', lagSince }, now)).toBe(90);
  expect(lagSeconds({ state: 'active', lagSince: null }, now)).toBe(0);
  expect(lagSeconds({ state: 'active', lagSince: new Date('2026-05-01T12:00:05Z') }, now)).toBe(0);
  expect(lagSeconds({ state: 'stopped', lagSince }, now)).toBe(0);
});

test('a stopped replication shows no rate, no wait and no point in work', () => {
  const stopped = toReplication(
    { ...row, state: 'stopped', waitingReason: 'access_revoked' },
    row.accountId,
    now,
  );
  expect(stopped).toMatchObject({ rateBytesPerSecond: 0, waitingReason: null, current: null });
});
