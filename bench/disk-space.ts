import { statfs } from 'node:fs/promises';
import { CannotRun } from './cannot-run';
import { mebibytes } from './units';

/** A disk is never filled up. @throws CannotRun */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  throw new CannotRun(
    `the disk has ${mebibytes(bavail * bsize)} MiB free, it takes up to ${mebibytes(bytes)}`,
  );
}
