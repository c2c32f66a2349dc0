import { describe, expect, test } from 'vitest';
import { backupRefusal, isAbsoluteHostPath, jobSecondsLeft, lateAttempt, restoreRefusal } from './rules';

const vault = { kind: 'standard', status: 'created', statusReason: null, trialEndsAt: null } as const;
const files = { sourceKind: 'local_file', now: new Date('2026-05-01T12:00:00Z') } as const;
const now = new Date('2026-05-01T12:00:00Z');
const point = { status: 'visible', expiresAt: new Date('2026-05-01T12:00:01Z') } as const;

describe('a backup', () => {
  test('is allowed into a standard vault that is there, with its key, by an active account', () => {
    expect(backupRefusal(vault, null, 'active', files)).toBeNull();
    expect(backupRefusal(vault, 'enabled', 'active', files)).toBeNull();
  });

  test.each([
    [
      'a replication target vault',
      { ...vault, kind: 'replication_target' },
      null,
      'active',
      'replication_target_takes_no_backups',
    ],
    ['an archive vault', { ...vault, kind: 'archive' }, null, 'active', 'archive_takes_no_backups'],
    ['a database vault', { ...vault, kind: 'database' }, null, 'active', 'vault_takes_other_sources'],
    ['an OSS trial', { ...vault, kind: 'trial_oss' }, null, 'active', 'vault_takes_other_sources'],
    ['a trial that has just ended', { ...vault, trialEndsAt: now }, null, 'active', 'trial_ended'],
    ['a vault that is being made', { ...vault, status: 'initializing' }, null, 'active', 'vault_not_ready'],
    ['a vault in error', { ...vault, status: 'error' }, null, 'active', 'vault_not_ready'],
    ['a vault that is being deleted', { ...vault, status: 'deleting' }, null, 'active', 'vault_not_ready'],
    ['a disabled key', vault, 'disabled', 'active', 'key_disabled'],
    ['a destroyed key', vault, 'destroyed', 'active', 'key_destroyed'],
    ['an overdue account', vault, null, 'overdue', 'account_overdue'],
    ['a suspended account', vault, null, 'suspended', 'account_suspended'],
    ['a closed account', vault, null, 'closed', 'account_closed'],
  ] as const)('is refused for %s', (_, given, key, state, reason) => {
    expect(backupRefusal(given, key, state, files)).toMatchObject({ reason });
  });
});

describe('a restore', () => {
  test('is allowed from either kind of vault until the point expires', () => {
    expect(restoreRefusal(point, vault, null, now)).toBeNull();
    expect(restoreRefusal(point, { ...vault, kind: 'replication_target' }, 'enabled', now)).toBeNull();
  });

  test.each([
    ['at the moment of expiry', { ...point, expiresAt: now }, vault, null, 'point_expired'],
    ['of a point that is being deleted', { ...point, status: 'deleting' }, vault, null, 'point_deleting'],
    ['from a vault in error', point, { ...vault, status: 'error' }, null, 'vault_not_ready'],
    ['without its key', point, vault, 'disabled', 'key_disabled'],
  ] as const)('is refused %s', (_, given, from, key, reason) => {
    expect(restoreRefusal(given, from, key, now)).toMatchObject({ reason });
  });
});

test.each([
  ['/srv/data', 'linux x64', true],
  ['srv/data', 'linux x64', false],
  ['~/data', 'darwin arm64', false],
  ['C:\\data', 'linux x64', false],
  ['C:\\data', 'win32 x64', true],
  ['C:data', 'win32 x64', false],
  ['\\\\nas\\share', 'win32 x64', true],
  ['/srv/\0data', 'linux x64', false],
])('the path %j on %s is absolute: %s', (path, platform, expected) => {
  expect(isAbsoluteHostPath(path, platform)).toBe(expected);
});

test.each([
  [100, 400, 100, 3],
  [100, 401, 100, 4],
  [400, 400, 0, 0],
  [500, 400, null, 0],
  [0, 400, 0, null],
  [0, 400, null, null],
  [0, null, 10, null],
])(
  '%i of %s bytes at %s bytes a second leave %s seconds',
  (bytesDone, bytesTotal, rateBytesPerSecond, left) => {
    expect(jobSecondsLeft({ status: 'running', bytesDone, bytesTotal, rateBytesPerSecond })).toBe(left);
    expect(jobSecondsLeft({ status: 'complete', bytesDone, bytesTotal, rateBytesPerSecond })).toBeNull();
  },
);

test('a late attempt hears whether it was taken over or the job has ended', () => {
  expect(lateAttempt({ status: 'running', attempt: 3 }, 2)).toMatchObject({ reason: 'attempt_superseded' });
  expect(lateAttempt({ status: 'cancelled', attempt: 2 }, 2)).toMatchObject({ reason: 'job_not_running' });
});
