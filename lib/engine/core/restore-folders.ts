import {
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  unlinkSync,
} from 'node:fs';
import { CrossvaultError } from '@/lib/errors';
import { codeOf } from './restore-moves';
import { NameClaims } from './restore-names';
import type { ConflictPolicy } from './restore-options';
import { isEntryName } from './tree/fields';
import { joinPath } from './walk';

/** Linux: a descriptor of a folder that needs no right to read it. */
const pathOnly = 0x200000;
const ownFolder = Buffer.from('.');
const descriptors = '/proc/self/fd';

/**
 * A folder at the destination, held open by its descriptor: what is done by `at` is done in this very folder, whatever its
 * path has become meanwhile. Where the system has no `/proc`, only its path is known.
 */
export class HeldFolder {
  #holders = 1;
  #key: string | null = null;
  readonly #base: Buffer;
  /** Folders below that this restore entered, by inode: two names that lead to one. */
  readonly #entered = new Map<bigint, Uint8Array>();

  constructor(
    readonly path: Buffer,
    private readonly fd: number | null,
    readonly names: readonly Uint8Array[],
  ) {
    this.#base = fd === null ? path : Buffer.from(`${descriptors}/${fd}`);
  }

  get key(): string {
    this.#key ??= Buffer.concat(this.names.flatMap((name) => [name, Buffer.of(0)])).toString('latin1');
    return this.#key;
  }

  /** Where an entry of this folder is, for calls that do not follow a link in the last place. */
  at(name: Uint8Array): Buffer {
    return joinPath(this.#base, name);
  }

  /** The folder itself, also for calls that do not follow links. */
  get self(): Buffer {
    return this.at(ownFolder);
  }

  get inode(): bigint {
    return this.#stats.ino;
  }

  get device(): bigint {
    return this.#stats.dev;
  }

  get #stats(): BigIntStats {
    return this.fd === null ? lstatSync(this.path, { bigint: true }) : fstatSync(this.fd, { bigint: true });
  }

  /** @returns the other name of the backup point that led here, if one did. */
  enter(below: HeldFolder, name: Uint8Array): Uint8Array | null {
    const { inode } = below;
    const before = this.#entered.get(inode);
    if (before && Buffer.compare(before, name) !== 0) return before;
    this.#entered.set(inode, name);
    return null;
  }

  hold(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders === 0 && this.fd !== null) closeSync(this.fd);
  }
}

/** The folders below a restore's root: makes them, and sees to it that none of them is a link. */
export class RestoreFolders {
  /** Of the folder opened last, outermost first: files come folder by folder. */
  readonly #chain: HeldFolder[] = [];
  readonly #hasDescriptors = process.platform === 'linux' && existsSync(descriptors);
  readonly claims: NameClaims;

  constructor(
    private readonly root: Buffer,
    private readonly conflict: ConflictPolicy,
    foldsNames?: boolean,
  ) {
    this.claims = new NameClaims(foldsNames);
  }

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

  /** Every part is a real folder; those that are missing are made. To be released. */
  open(names: readonly Uint8Array[]): HeldFolder {
    this.requireNames(names);
    if (this.#chain.length === 0) {
      makeIfMissing(this.root);
      this.#chain.push(this.#holdRoot());
    }
    let shared = 0;
    while (shared < names.length && this.#chain[shared + 1]?.names.at(-1) !== undefined) {
      if (Buffer.compare(this.#chain[shared + 1]!.names.at(-1)!, names[shared]!) !== 0) break;
      shared++;
    }
    for (const folder of this.#chain.splice(shared + 1)) folder.release();
    for (const name of names.slice(shared)) {
      const above = this.#chain.at(-1)!;
      this.#makeReal(above, name);
      const folder = this.#holdBelow(above, name);
      this.#chain.push(folder);
      const other = above.enter(folder, name);
      if (!other) continue;
      this.#chain.pop()!.release();
      throw sameName(name, other);
    }
    return this.#chain.at(-1)!.hold();
  }

  /** A folder that was made before, found again without following a link. To be released. */
  find(names: readonly Uint8Array[]): HeldFolder {
    let folder = this.#holdRoot();
    for (const name of names) {
      try {
        const below = this.#holdBelow(folder, name);
        folder.release();
        folder = below;
      } catch (error) {
        folder.release();
        throw error;
      }
    }
    return folder;
  }

  /** Where folders are known by their paths only: checks again, after the time it took to write, that none became a link. */
  requireReal(names: readonly Uint8Array[]): void {
    if (this.#hasDescriptors) return;
    let path = this.root;
    for (const name of names) {
      path = joinPath(path, name);
      if (!lstatSync(path).isDirectory()) throw notOurs(path);
    }
  }

  close(): void {
    for (const folder of this.#chain.splice(0)) folder.release();
  }

  #holdRoot(): HeldFolder {
    return new HeldFolder(this.root, this.#hasDescriptors ? openFolder(this.root, 0) : null, []);
  }

  #holdBelow(above: HeldFolder, name: Uint8Array): HeldFolder {
    const path = joinPath(above.path, name);
    const names = [...above.names, name];
    if (this.#hasDescriptors) {
      try {
        return new HeldFolder(path, openFolder(above.at(name), constants.O_NOFOLLOW), names);
      } catch (error) {
        if (codeOf(error) === 'ELOOP' || codeOf(error) === 'ENOTDIR') throw notOurs(path);
        throw error;
      }
    }
    if (!lstatSync(path).isDirectory()) throw notOurs(path);
    return new HeldFolder(path, null, names);
  }

  #makeReal(above: HeldFolder, name: Uint8Array): void {
    const place = above.at(name);
    if (makeIfMissing(place, 0o700) || lstatSync(place).isDirectory()) return;
    if (this.conflict !== 'overwrite') {
      throw new CrossvaultError(
        'state_conflict',
        `${joinPath(above.path, name)} is not a folder, and existing entries are to be kept.`,
      );
    }
    const other = this.claims.findOther(above, name);
    if (other) throw sameName(name, other);
    unlinkSync(place);
    mkdirSync(place, 0o700);
  }
}

function openFolder(path: Buffer, more: number): number {
  return openSync(path, pathOnly | constants.O_DIRECTORY | more);
}

function notOurs(path: Buffer): CrossvaultError {
  return new CrossvaultError('state_conflict', `${path} is no longer a folder of its own.`);
}

export function sameName(name: Uint8Array, other: Uint8Array): CrossvaultError {
  const shown = (bytes: Uint8Array) => JSON.stringify(Buffer.from(bytes).toString());
  return new CrossvaultError(
    'state_conflict',
    `${shown(name)} cannot stand beside ${shown(other)}: the file system at the destination takes them for one name.`,
    { reason: 'name_collision' },
  );
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
