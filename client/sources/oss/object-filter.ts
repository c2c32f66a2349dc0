import { compileExcludes } from '../../backup/excludes';

/** Whether an object is wanted, by its key. */
export type ObjectFilter = (key: Buffer) => boolean;

const folderCacheSize = 256;

/**
 * Patterns as for files, with the parts of a key for the names of a path: `*.tmp` anywhere, `/build/**` from the root of the
 * bucket. With includes, only what one of them takes is wanted; excludes win.
 */
export function compileFilter(includes: readonly string[], excludes: readonly string[]): ObjectFilter {
  const isIncluded = includes.length > 0 ? matcher(includes) : () => true;
  const isExcluded = excludes.length > 0 ? matcher(excludes) : () => false;
  return (key) => {
    const parts = key.toString().split('/');
    return isIncluded(parts) && !isExcluded(parts);
  };
}

/** A key matches when it or one of the folders above it does. */
function matcher(patterns: readonly string[]): (parts: readonly string[]) => boolean {
  const compiled = compileExcludes(patterns);
  const folders = new Map<string, boolean>();
  const isFolderTaken = (parts: readonly string[]): boolean => {
    if (parts.length === 0) return false;
    const id = parts.join('/');
    const known = folders.get(id);
    if (known !== undefined) return known;
    const isTaken = isFolderTaken(parts.slice(0, -1)) || compiled.matches(parts, true);
    if (folders.size >= folderCacheSize) folders.clear();
    folders.set(id, isTaken);
    return isTaken;
  };
  return (parts) => isFolderTaken(parts.slice(0, -1)) || compiled.matches(parts, false);
}

/** The prefix that a path of a backup stands for: `/` is everything, `/photos/2024/` what is below that folder. */
export const prefixOfPath = (path: string): string => path.replace(/^\//, '');
