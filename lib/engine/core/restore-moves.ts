import { linkSync, lstatSync, renameSync, rmdirSync, type Stats, unlinkSync } from 'node:fs';
import { CrossvaultError } from '@/lib/errors';

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

export function lstatOrNull(path: Buffer): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

/** Removes what is left of a file under way, if anything is. */
export function removeTemp(temp: Buffer): void {
  if (lstatOrNull(temp)) unlinkSync(temp);
}

/** A folder in the way is removed only when it is empty. */
export function replaceBy(temp: Buffer, target: Buffer, shown: Buffer): void {
  try {
    renameSync(temp, target);
  } catch (error) {
    if (codeOf(error) !== 'EISDIR' && codeOf(error) !== 'EEXIST' && codeOf(error) !== 'ENOTEMPTY')
      throw error;
    removeEmptyFolder(target, shown);
    renameSync(temp, target);
  }
}

function removeEmptyFolder(path: Buffer, shown: Buffer): void {
  try {
    rmdirSync(path);
  } catch (cause) {
    throw new CrossvaultError('state_conflict', `The folder ${shown} is in the way and is not empty.`, {
      cause,
    });
  }
}

/** A new hard link never replaces anything, which a rename would. */
export function moveIfFree(temp: Buffer, target: Buffer): boolean {
  try {
    linkSync(temp, target);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'ENOTSUP' && codeOf(error) !== 'EMLINK') throw error;
  }
  // A filesystem without hard links.
  if (lstatOrNull(target)) return false;
  renameSync(temp, target);
  return true;
}

/** `report.txt` becomes `report (restored).txt`, `report (restored 2).txt` and so on, within 255 bytes. */
export function freeNameBeside(folder: { at(name: Uint8Array): Buffer }, name: Uint8Array): Buffer {
  const dot = Buffer.from(name).lastIndexOf(0x2e);
  const hasExtension = dot > 0 && name.length - dot <= 32;
  const [stem, extension] = hasExtension
    ? [name.subarray(0, dot), name.subarray(dot)]
    : [name, Buffer.alloc(0)];
  for (let i = 1; ; i++) {
    const mark = Buffer.from(i === 1 ? ' (restored)' : ` (restored ${i})`);
    const room = 255 - mark.length - extension.length;
    const free = Buffer.concat([stem.subarray(0, room), mark, extension]);
    if (!lstatOrNull(folder.at(free))) return free;
  }
}

/** Whether a file got another name, and the name is still that of the very file. */
export function isLinked(twin: Buffer, inode: bigint, name: Buffer): boolean {
  try {
    linkSync(twin, name);
  } catch {
    // No hard links here, or too many: the file gets its own bytes.
    return false;
  }
  if (lstatSync(name, { bigint: true }).ino === inode) return true;
  unlinkSync(name);
  return false;
}
