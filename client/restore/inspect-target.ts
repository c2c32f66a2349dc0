import { constants } from 'node:fs';
import { access, lstat, realpath, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CrossvaultError } from '@/lib/errors';
import type { SourceCheck } from '@/lib/sources/schemas';
import { formatBytes } from '../format';
import { explainFileError } from '../jobs/job-report';

export interface DryRunTarget {
  /** Null when the folder is not there yet. */
  root: Buffer | null;
  freeBytes: number | null;
}

/** A target as it is now; a folder that is not there yet can be made when its nearest one can be written. */
export async function inspectTarget(targetPath: string): Promise<DryRunTarget> {
  try {
    const nearest = await findNearest(targetPath);
    if (!(await stat(nearest)).isDirectory()) throw new Error(`${nearest} is not a folder`);
    await access(nearest, constants.W_OK);
    const { bavail, bsize } = await statfs(nearest);
    const isThere = nearest === targetPath;
    return {
      root: isThere ? await realpath(targetPath, { encoding: 'buffer' }) : null,
      freeBytes: bavail * bsize,
    };
  } catch (cause) {
    throw new CrossvaultError(
      'state_conflict',
      `Nothing can be restored below ${targetPath} (${explainFileError(cause)}). Choose another folder or give this client the right to it.`,
      { reason: 'target_unusable', cause },
    );
  }
}

async function findNearest(path: string): Promise<string> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : findNearest(dirname(path));
}

/** The same, as the answer to somebody who is about to restore to it. */
export async function checkTarget(targetPath: string): Promise<SourceCheck> {
  try {
    const { root, freeBytes } = await inspectTarget(targetPath);
    return {
      isUsable: true,
      message: root
        ? `${targetPath} is there and can be written.`
        : `${targetPath} is not there yet; the restore makes it.`,
      facts: freeBytes === null ? [] : [{ label: 'Free', value: formatBytes(freeBytes) }],
    };
  } catch (error) {
    return { isUsable: false, message: (error as Error).message, facts: [] };
  }
}
