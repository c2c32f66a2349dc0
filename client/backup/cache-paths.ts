import type { ClientFolder } from '../config';
import { cacheName } from './file-cache';

export interface CachePaths {
  /** Of the last committed backup. */
  committed: string;
  /** Of a backup that was interrupted. */
  partial: string;
  /** Being written. */
  next: string;
  /** Names of the last committed tree's pages. */
  pages: string;
}

export async function locateCaches(
  folder: ClientFolder,
  vaultId: string,
  paths: readonly string[],
): Promise<CachePaths> {
  await folder.prepare('cache');
  const name = cacheName(vaultId, paths);
  const at = (suffix: string) => folder.file('cache', `${name}.${suffix}`);
  return { committed: at('cache'), partial: at('partial'), next: at('next'), pages: at('pages') };
}
