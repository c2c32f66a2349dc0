import type { HanaDestination } from '@/lib/jobs/destinations/hana';
import type { RecoveryPlan, RecoveryRefusal } from './plan-recovery';

export interface RecoverySystem {
  /** `<database>@<SID>` that the backups are of. */
  source: string;
  /** The SID of the instance that is recovered. */
  targetSid: string;
}

/** The database that is recovered on the target: the one of the same name unless another was named. */
export function targetDatabaseOf({ source }: RecoverySystem, { databaseName }: HanaDestination): string {
  return databaseName ?? source.slice(0, source.lastIndexOf('@'));
}

/** HANA takes backups of another database only when it is told whose they are. */
export function refuseSystem(system: RecoverySystem, wanted: HanaDestination): RecoveryRefusal | null {
  const target = `${targetDatabaseOf(system, wanted)}@${system.targetSid}`;
  if (target === system.source || wanted.isSystemCopy) return null;
  return {
    reason: 'needs_system_copy',
    message: `These are backups of ${system.source}, to be recovered as ${target}. Choose system copy, or the database and system they are of.`,
  };
}

/** Ends long after any log. */
const endOfLog = '9999-12-31 23:59:59';

/**
 * What is run in HANA, in this order. A tenant is stopped and recovered through the system database; the system database
 * itself is recovered while the system is down, by `recoverSys.py`.
 */
export function recoveryStatements(
  plan: RecoveryPlan,
  system: RecoverySystem,
  wanted: HanaDestination,
): string[] {
  const database = targetDatabaseOf(system, wanted);
  const isTenant = database !== 'SYSTEMDB';
  const recover =
    wanted.mode === 'specific_backup'
      ? recoverData(plan, system, wanted, isTenant ? ` FOR ${database}` : '')
      : recoverDatabase(plan, system, wanted, isTenant ? ` FOR ${database}` : '');
  return isTenant ? [`ALTER SYSTEM STOP DATABASE ${database}`, recover] : [recover];
}

function recoverData(
  { base }: RecoveryPlan,
  system: RecoverySystem,
  wanted: HanaDestination,
  target: string,
): string {
  const source = wanted.isSystemCopy ? ` USING SOURCE ${literal(system.source)}` : '';
  const from =
    wanted.shouldUseCatalog && base.backupId
      ? ` USING BACKUP_ID ${base.backupId} USING CATALOG BACKINT USING DATA PATH (${literal(base.dataPath)})`
      : ` USING BACKINT (${literal(base.prefix)})`;
  return `RECOVER DATA${target}${source}${from} CLEAR LOG`;
}

function recoverDatabase(
  { base, logPath }: RecoveryPlan,
  system: RecoverySystem,
  wanted: HanaDestination,
  target: string,
): string {
  const parts = [
    `RECOVER DATABASE${target} UNTIL ${untilOf(wanted)}`,
    wanted.shouldClearLog || wanted.isSystemCopy ? 'CLEAR LOG' : '',
    wanted.isSystemCopy ? `USING SOURCE ${literal(system.source)}` : '',
    'USING CATALOG BACKINT',
    `USING LOG PATH (${literal(logPath)})`,
    `USING DATA PATH (${literal(base.dataPath)})`,
    base.backupId ? `USING BACKUP_ID ${base.backupId}` : '',
    wanted.shouldCheckAccess ? 'CHECK ACCESS USING BACKINT' : '',
    wanted.shouldUseDelta ? '' : 'IGNORE DELTA DATA BACKUPS',
  ];
  return parts.filter(Boolean).join(' ');
}

/** Times are UTC, as HANA reads them. */
function untilOf({ mode, recoverTo, logPosition, volumeId }: HanaDestination): string {
  if (mode === 'point_in_time' && recoverTo)
    return `TIMESTAMP '${new Date(recoverTo).toISOString().slice(0, 19).replace('T', ' ')}'`;
  if (mode === 'log_position') return `LOG POSITION ${logPosition} VOLUME ${volumeId}`;
  return `TIMESTAMP '${endOfLog}'`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
