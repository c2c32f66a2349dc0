import type { HanaLevel } from '@/lib/schemas';

const maxPaths = 50;

/**
 * What a point's tree is about, for people and for finding the backup that it is compared with: a complete backup is compared
 * with the one before it that had the same volumes, whatever prefix or time stands in their names. All others hold what
 * no earlier one has, so that their own names are kept and nothing is looked up for them.
 */
export function pathsOfBackup(user: string, level: HanaLevel, objectPaths: readonly string[]): string[] {
  if (level !== 'COMPLETE') return [...new Set(objectPaths)].sort().slice(0, maxPaths);
  const volumes = new Set(objectPaths.map((path) => `/${user}/${volumeOf(path)}`));
  return [...volumes].sort().slice(0, maxPaths);
}

/** `…/COMPLETE_2026_01_02_databackup_2_1` → `databackup_2_1`. */
function volumeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /databackup_[0-9]+_[0-9]+$/.exec(name)?.[0] ?? name.replaceAll(/[0-9]+/g, '#');
}
