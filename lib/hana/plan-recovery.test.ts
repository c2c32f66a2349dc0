import { describe, expect, test } from 'vitest';
import { HanaDestination } from '@/lib/jobs/destinations/hana';
import { findLogGaps, isCatalog, logRangeOf } from './log-chain';
import { planRecovery, type RecoveryPoint } from './plan-recovery';
import { pathsOfBackup } from './points-paths';
import { recoveryStatements, refuseSystem } from './recovery-statements';

const folder = '/usr/sap/HXE/SYS/global/hdb/backint/DB_HXE/';
const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));

function point(
  id: string,
  hour: number,
  level: RecoveryPoint['hana']['level'],
  names: string[],
  more: { backupId?: string | null; objectCount?: number | null } = {},
): RecoveryPoint {
  const objects = names.map((name, i) => ({ ebid: `${id}-${i}`, path: folder + name, bytes: 10 }));
  const call = { user: 'HXE@HXE', backupId: id, objectCount: names.length, ...more };
  return {
    id,
    startedAt: at(hour),
    createdAt: new Date(at(hour).getTime() + 1_800_000),
    hana: { ...call, level, objects },
  };
}

const points = [
  point('100', 0, 'COMPLETE', ['A_databackup_0_1', 'A_databackup_2_1']),
  point('101', 1, 'LOG', ['log_backup_2_0_10_20.101', 'log_backup_0_0_0_0.102']),
  point('103', 2, 'INCREMENTAL', ['B_databackup_incremental_100_103_2_1']),
  point('104', 3, 'LOG', ['log_backup_2_0_20_30.104', 'log_backup_0_0_0_0.105']),
  point('200', 4, 'COMPLETE', ['C_databackup_0_1'], { objectCount: 2 }),
  point('201', 4, 'COMPLETE', ['C_databackup_2_1'], { backupId: '200', objectCount: 2 }),
  point('202', 5, 'LOG', ['log_backup_2_0_40_50.202']),
  point('300', 6, 'COMPLETE', ['D_databackup_0_1'], { objectCount: 2 }),
];
const wanted = (more: Partial<HanaDestination> = {}) =>
  HanaDestination.parse({ kind: 'hana', sourceId: 'ds-1', ...more });
const plan = (chosen: string, more: Partial<HanaDestination> = {}) => {
  const found = planRecovery(points, chosen, wanted(more));
  if ('reason' in found) throw new Error(found.reason);
  return found;
};

describe('the points of a recovery', () => {
  test('begin with the chosen data backup and go on with all logs and deltas after it', () => {
    expect(plan('100')).toMatchObject({
      pointIds: ['100', '101', '103', '104', '202'],
      objectCount: 8,
      base: { backupId: '100', prefix: `${folder}A`, dataPath: folder },
    });
    expect(plan('100', { shouldUseDelta: false }).pointIds).toEqual(['100', '101', '104', '202']);
  });

  test('of calls that belong to one backup id come together', () => {
    expect(plan('201').pointIds).toEqual(['200', '201', '202']);
  });

  test('begin with the last complete backup before a log that was chosen', () => {
    expect(plan('104').base.backupId).toBe('100');
    expect(plan('202').base.backupId).toBe('200');
  });

  test('of one specific backup are its own, with the catalog if HANA is to look in it', () => {
    expect(plan('100', { mode: 'specific_backup' }).pointIds).toEqual(['100', '101', '104']);
    const byPrefix = plan('200', { mode: 'specific_backup', backupPrefix: 'A', shouldUseCatalog: false });
    expect(byPrefix.pointIds).toEqual(['100']);
  });

  test.each([
    ['300', {}, 'backup_incomplete'],
    ['101', { mode: 'specific_backup' }, 'no_data_backup'],
    ['100', { mode: 'specific_backup', backupPrefix: 'Z' }, 'prefix_unknown'],
    ['100', { mode: 'point_in_time', recoverTo: '2025-12-31T00:00:00Z' }, 'before_the_backup'],
    ['none', {}, 'not_a_hana_point'],
  ] as const)('from %s with %j are refused: %s', (chosen, more, reason) => {
    expect(planRecovery(points, chosen, wanted(more))).toMatchObject({ reason });
  });

  test('come with what is missing: gaps in the log, no catalog, a moment beyond the newest log', () => {
    expect(plan('100').warnings).toEqual([expect.stringContaining('between the positions 30 and 40')]);
    expect(plan('201').warnings).toEqual([expect.stringContaining('No backup of the catalog')]);
    const late = plan('201', { mode: 'point_in_time', recoverTo: '2026-02-01T00:00:00Z' });
    expect(late.warnings.at(-1)).toContain('The newest log backup in this vault is of 2026-01-01T05:30');
  });
});

describe('the statements', () => {
  const own = { source: 'HXE@HXE', targetSid: 'HXE' };
  const statement = (more: Partial<HanaDestination>, system = own) =>
    recoveryStatements(plan('100', more), system, wanted(more)).at(-1);

  test('stop a tenant first; the system database has no name', () => {
    expect(recoveryStatements(plan('100'), own, wanted())[0]).toBe('ALTER SYSTEM STOP DATABASE HXE');
    const system = { source: 'SYSTEMDB@HXE', targetSid: 'HXE' };
    expect(recoveryStatements(plan('100'), system, wanted())).toEqual([
      expect.stringMatching(/^RECOVER DATABASE UNTIL TIMESTAMP/),
    ]);
  });

  test('of each mode say where to end and what to use', () => {
    expect(statement({})).toBe(
      `RECOVER DATABASE FOR HXE UNTIL TIMESTAMP '9999-12-31 23:59:59' USING CATALOG BACKINT USING LOG PATH ('${folder}') USING DATA PATH ('${folder}') USING BACKUP_ID 100 CHECK ACCESS USING BACKINT`,
    );
    expect(
      statement({
        ...{ mode: 'point_in_time', recoverTo: '2026-01-01T12:30:45+02:00' },
        ...{ shouldClearLog: true, shouldCheckAccess: false, shouldUseDelta: false },
      }),
    ).toBe(
      `RECOVER DATABASE FOR HXE UNTIL TIMESTAMP '2026-01-01 10:30:45' CLEAR LOG USING CATALOG BACKINT USING LOG PATH ('${folder}') USING DATA PATH ('${folder}') USING BACKUP_ID 100 IGNORE DELTA DATA BACKUPS`,
    );
    expect(statement({ mode: 'log_position', logPosition: 42, volumeId: 2 })).toContain(
      'UNTIL LOG POSITION 42 VOLUME 2 ',
    );
    expect(statement({ mode: 'specific_backup' })).toBe(
      `RECOVER DATA FOR HXE USING BACKUP_ID 100 USING CATALOG BACKINT USING DATA PATH ('${folder}') CLEAR LOG`,
    );
    expect(statement({ mode: 'specific_backup', shouldUseCatalog: false })).toBe(
      `RECOVER DATA FOR HXE USING BACKINT ('${folder}A') CLEAR LOG`,
    );
  });

  test('of a system copy name the source and clear the log', () => {
    const more = { isSystemCopy: true, databaseName: 'TGT' };
    expect(statement(more, { source: 'HXE@HXE', targetSid: 'QAS' })).toContain(
      "RECOVER DATABASE FOR TGT UNTIL TIMESTAMP '9999-12-31 23:59:59' CLEAR LOG USING SOURCE 'HXE@HXE' USING CATALOG BACKINT",
    );
  });

  test('are refused for another system that was not called a copy', () => {
    expect(refuseSystem(own, wanted())).toBeNull();
    expect(refuseSystem({ ...own, targetSid: 'QAS' }, wanted())).toMatchObject({
      reason: 'needs_system_copy',
    });
    expect(refuseSystem(own, wanted({ databaseName: 'TGT' }))).toMatchObject({ reason: 'needs_system_copy' });
    expect(refuseSystem({ ...own, targetSid: 'QAS' }, wanted({ isSystemCopy: true }))).toBeNull();
  });
});

describe('the log chain', () => {
  const gaps = (...names: string[]) => findLogGaps(names.map((name) => ({ path: folder + name })));

  test.each([
    ['log_backup_2_0_10_20.1', { volume: 2, first: 10, last: 20 }],
    ['log_backup_2_0_10_20', { volume: 2, first: 10, last: 20 }],
    ['log_backup_0_0_0_0.1', null],
    ['A_databackup_0_1', null],
  ])('reads %s', (name, range) => {
    expect(logRangeOf(folder + name)).toEqual(range);
  });

  test('is whole where each backup begins at the end of another, in whatever order they come', () => {
    expect(gaps('log_backup_2_0_20_30.3', 'log_backup_2_0_10_20.2', 'log_backup_3_0_5_9.1')).toEqual([]);
    expect(gaps('log_backup_2_0_10_30.3', 'log_backup_2_0_12_20.2', 'log_backup_2_0_31_40.4')).toEqual([]);
  });

  test('has a gap for each volume where it is not', () => {
    expect(gaps('log_backup_2_0_10_20.1', 'log_backup_2_0_40_50.1', 'log_backup_3_0_10_20.1')).toEqual([
      { volume: 2, after: 20, before: 40 },
    ]);
  });

  test('knows backups of the catalog', () => {
    expect([
      isCatalog(`${folder}log_backup_0_0_0_0.17`),
      isCatalog(`${folder}log_backup_1_0_0_0.17`),
    ]).toEqual([true, false]);
  });
});

test('a complete backup is compared with one of the same volumes, all others with none', () => {
  const paths = (level: 'COMPLETE' | 'LOG', prefix: string) =>
    pathsOfBackup('HXE@HXE', level, [
      `${folder}${prefix}_databackup_2_1`,
      `${folder}${prefix}_databackup_0_1`,
    ]);
  expect(paths('COMPLETE', '2026_01')).toEqual(paths('COMPLETE', '2026_02'));
  expect(paths('COMPLETE', '2026_01')).toEqual(['/HXE@HXE/databackup_0_1', '/HXE@HXE/databackup_2_1']);
  expect(paths('LOG', '1')).not.toEqual(paths('LOG', '2'));
});
