import type { HanaDestination } from '@/lib/jobs/destinations/hana';
import type { HanaDetails } from '@/lib/jobs/schemas';
import { findLogGaps, isCatalog } from './log-chain';

export interface RecoveryPoint {
  id: string;
  startedAt: Date;
  createdAt: Date;
  hana: HanaDetails;
}

export interface RecoveryPlan {
  /** The complete data backup that HANA begins with. */
  base: { backupId: string | null; prefix: string; dataPath: string };
  logPath: string;
  pointIds: string[];
  objectCount: number;
  bytes: number;
  /** What the one who recovers should know and nothing stops at. */
  warnings: string[];
}

export interface RecoveryRefusal {
  reason: string;
  message: string;
}

/** Which points HANA needs for a recovery, from those that one database has in a vault. */
export function planRecovery(
  points: readonly RecoveryPoint[],
  chosenId: string,
  wanted: HanaDestination,
): RecoveryPlan | RecoveryRefusal {
  const base = chooseBase(points, chosenId, wanted);
  if ('reason' in base) return base;
  const first = base.points[0]!;
  const refusal = refuseMoment(base, wanted);
  if (refusal) return refusal;
  const later = points.filter(
    (point) => !base.points.includes(point) && point.createdAt >= first.startedAt && isNeeded(point, wanted),
  );
  const all = [...base.points, ...later];
  const objects = all.flatMap(({ hana }) => hana.objects);
  const log = objects.find(({ path }) => /\/log_backup_[^/]*$/.test(path));
  return {
    base: { backupId: base.backupId, prefix: base.prefix, dataPath: base.dataPath },
    logPath: log ? folderOf(log.path) : base.dataPath,
    pointIds: all.map(({ id }) => id),
    objectCount: objects.length,
    bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
    warnings: warningsOf(later, wanted),
  };
}

interface Base {
  points: RecoveryPoint[];
  backupId: string | null;
  prefix: string;
  dataPath: string;
  endedAt: Date;
}

function chooseBase(
  points: readonly RecoveryPoint[],
  chosenId: string,
  wanted: HanaDestination,
): Base | RecoveryRefusal {
  const chosen = points.find(({ id }) => id === chosenId);
  if (!chosen) return { reason: 'not_a_hana_point', message: 'This point holds no backup of SAP HANA.' };
  const groups = groupComplete(points);
  const byPrefix = wanted.mode === 'specific_backup' ? wanted.backupPrefix : null;
  if (byPrefix) {
    const named = groups
      .filter(({ prefix }) => prefix === byPrefix || prefix.endsWith(`/${byPrefix}`))
      .at(-1);
    if (named) return named;
    return {
      reason: 'prefix_unknown',
      message: `No complete backup with the prefix "${byPrefix}" is in this vault.`,
    };
  }
  const own = groups.find((group) => group.points.includes(chosen));
  if (own) return own;
  if (chosen.hana.level === 'COMPLETE')
    return {
      reason: 'backup_incomplete',
      message: `Of backup ${chosen.hana.backupId} only a part of its ${chosen.hana.objectCount} objects is in this vault. Choose an earlier backup.`,
    };
  const earlier = groups.filter(({ endedAt }) => endedAt <= chosen.createdAt).at(-1);
  if (earlier && wanted.mode !== 'specific_backup') return earlier;
  return {
    reason: 'no_data_backup',
    message: 'HANA recovers from a complete data backup. Choose one, or a later point of the same database.',
  };
}

/** Complete data backups that are whole, oldest first. The calls of one backup id belong together. */
function groupComplete(points: readonly RecoveryPoint[]): Base[] {
  const groups = new Map<string, RecoveryPoint[]>();
  for (const point of points) {
    if (point.hana.level !== 'COMPLETE') continue;
    const key = point.hana.backupId ?? `point ${point.id}`;
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()]
    .filter((group) => {
      const present = group.reduce((sum, { hana }) => sum + hana.objects.length, 0);
      return present >= (group[0]!.hana.objectCount ?? 0);
    })
    .map(describeGroup)
    .sort((a, b) => a.endedAt.getTime() - b.endedAt.getTime());
}

function describeGroup(group: RecoveryPoint[]): Base {
  const points = [...group].sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  const { path } = points[0]!.hana.objects[0]!;
  return {
    points,
    backupId: points[0]!.hana.backupId,
    prefix: path.replace(/_databackup_[0-9]+_[0-9]+$/, ''),
    dataPath: folderOf(path),
    endedAt: new Date(Math.max(...points.map(({ createdAt }) => createdAt.getTime()))),
  };
}

function isNeeded({ hana }: RecoveryPoint, wanted: HanaDestination): boolean {
  if (wanted.mode === 'specific_backup')
    return wanted.shouldUseCatalog && hana.objects.some(({ path }) => isCatalog(path));
  if (hana.level === 'LOG') return true;
  return wanted.shouldUseDelta && hana.level !== 'COMPLETE';
}

function refuseMoment({ endedAt }: Base, { mode, recoverTo }: HanaDestination): RecoveryRefusal | null {
  if (mode !== 'point_in_time') return null;
  if (recoverTo && new Date(recoverTo) >= endedAt) return null;
  return {
    reason: 'before_the_backup',
    message: `The moment is before the end of the data backup (${endedAt.toISOString()}). Choose an earlier backup, or a later moment.`,
  };
}

function warningsOf(later: readonly RecoveryPoint[], wanted: HanaDestination): string[] {
  const warnings: string[] = [];
  const logs = later.filter(({ hana }) => hana.level === 'LOG').flatMap(({ hana }) => hana.objects);
  const hasCatalog = logs.some(({ path }) => isCatalog(path));
  const needsCatalog = wanted.mode !== 'specific_backup' || wanted.shouldUseCatalog;
  if (needsCatalog && !hasCatalog)
    warnings.push(
      'No backup of the catalog made after the data backup is in this vault. HANA then needs its own catalog, or a recovery by the prefix of the backup.',
    );
  if (wanted.mode === 'specific_backup') return warnings;
  if (wanted.mode === 'log_position' || !wanted.shouldUseDelta)
    warnings.push(
      'The clause for a log position, or for leaving deltas out, was not tried against a real HANA. Compare it with the SQL reference of your release.',
    );
  for (const { volume, after, before } of findLogGaps(logs))
    warnings.push(
      `By their names, log backups of volume ${volume} are missing between the positions ${after} and ${before}. HANA stops there.`,
    );
  const newest = later.reduce((last, { createdAt }) => Math.max(last, createdAt.getTime()), 0);
  if (wanted.mode === 'point_in_time' && wanted.recoverTo && newest < Date.parse(wanted.recoverTo))
    warnings.push(
      newest === 0
        ? 'No log backup made after the data backup is in this vault.'
        : `The newest log backup in this vault is of ${new Date(newest).toISOString()}, before the moment that was chosen.`,
    );
  return warnings;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
