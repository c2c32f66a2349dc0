import type { Stats } from 'node:fs';
import { link, lstat, rename, rmdir } from 'node:fs/promises';
import { CrossvaultError } from '@/lib/errors';
import { joinPath } from './walk';

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

export async function lstatOrNull(path: Buffer): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

export function parentOf(path: Buffer): Buffer {
  return path.subarray(0, path.lastIndexOf(0x2f));
}

/** A folder in the way is removed only when it is empty. */
export async function replaceBy(temp: Buffer, target: Buffer): Promise<void> {
  try {
    await rename(temp, target);
  } catch (error) {
    if (codeOf(error) !== 'EISDIR' && codeOf(error) !== 'EEXIST' && codeOf(error) !== 'ENOTEMPTY')
      throw error;
    await rmdir(target).catch((cause) => {
      throw new CrossvaultError('state_conflict', `The folder ${target} is in the way and is not empty.`, {
        cause,
      });
    });
    await rename(temp, target);
  }
}

/** A new hard link never replaces anything, which a rename would. */
export async function moveIfFree(temp: Buffer, target: Buffer): Promise<boolean> {
  try {
    await link(temp, target);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'ENOTSUP' && codeOf(error) !== 'EMLINK') throw error;
  }
  // A filesystem without hard links.
  if (await lstatOrNull(target)) return false;
  await rename(temp, target);
  return true;
}

/** `report.txt` becomes `report (restored).txt`, `report (restored 2).txt` and so on, within 255 bytes. */
export async function freeNameBeside(path: Buffer, name: Uint8Array): Promise<Buffer> {
  const dot = Buffer.from(name).lastIndexOf(0x2e);
  const hasExtension = dot > 0 && name.length - dot <= 32;
  const [stem, extension] = hasExtension
    ? [name.subarray(0, dot), name.subarray(dot)]
    : [name, Buffer.alloc(0)];
  for (let i = 1; ; i++) {
    const mark = Buffer.from(i === 1 ? ' (restored)' : ` (restored ${i})`);
    const room = 255 - mark.length - extension.length;
    const target = joinPath(parentOf(path), Buffer.concat([stem.subarray(0, room), mark, extension]));
    if (!(await lstatOrNull(target))) return target;
  }
}

/** Whether a file got another name. */
export async function isLinked(twin: Buffer, name: Buffer): Promise<boolean> {
  try {
    await link(twin, name);
    return true;
  } catch {
    // No hard links here, or too many: the file gets its own bytes.
    return false;
  }
}
