import { lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { CrossvaultError } from '@/lib/errors';
import { codeOf } from './restore-moves';
import type { ConflictPolicy } from './restore-options';
import { isEntryName } from './tree/fields';
import { joinPath } from './walk';

/** The folders below a restore's root: makes them, and sees to it that none of them is a link. */
export class RestoreFolders {
  /** What was made or checked last: files come folder by folder. */
  #checked: Buffer | null = null;

  constructor(
    private readonly root: Buffer,
    private readonly conflict: ConflictPolicy,
  ) {}

  /** @throws `corrupt_data` for a name that could lead elsewhere. */
  requireNames(names: readonly Uint8Array[]): void {
    const bad = names.find((name) => !isEntryName(name));
    if (bad) {
      throw new CrossvaultError(
        'corrupt_data',
        `The backup point holds a name that cannot be restored: ${JSON.stringify(Buffer.from(bad).toString())}.`,
      );
    }
  }

  /** Makes sure that every part of a folder's path is a real folder, making those that are missing. */
  make(names: readonly Uint8Array[]): Buffer {
    this.requireNames(names);
    const whole = names.reduce<Buffer>((path, name) => joinPath(path, name), this.root);
    if (this.#checked?.equals(whole)) return whole;
    let path = this.root;
    makeIfMissing(path);
    for (const name of names) {
      path = joinPath(path, name);
      this.#makeRealFolder(path);
    }
    this.#checked = whole;
    return whole;
  }

  /** Checks again, after the time it took to write, that no part of a folder's path has become a link. */
  requireReal(names: readonly Uint8Array[]): void {
    let path = this.root;
    for (const name of names) {
      path = joinPath(path, name);
      if (lstatSync(path).isDirectory()) continue;
      throw new CrossvaultError('state_conflict', `${path} is no longer a folder of its own.`);
    }
  }

  #makeRealFolder(path: Buffer): void {
    if (makeIfMissing(path, 0o700) || lstatSync(path).isDirectory()) return;
    if (this.conflict !== 'overwrite') {
      throw new CrossvaultError(
        'state_conflict',
        `${path} is not a folder, and existing entries are to be kept.`,
      );
    }
    unlinkSync(path);
    mkdirSync(path, 0o700);
  }
}

/** @returns false when something is there. */
function makeIfMissing(path: Buffer, mode?: number): boolean {
  try {
    mkdirSync(path, mode);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}
