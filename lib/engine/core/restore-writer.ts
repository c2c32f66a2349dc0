import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  openSync,
  symlinkSync,
  utimesSync,
  write,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { CrossvaultError } from '@/lib/errors';
import { decideRestore } from './restore-decision';
import { RestoreFolders } from './restore-folders';
import {
  freeNameBeside,
  isLinked,
  lstatOrNull,
  moveIfFree,
  parentOf,
  removeTemp,
  replaceBy,
} from './restore-moves';
import type { ConflictPolicy } from './restore-options';
import type { EntryMeta, TreeEntry } from './tree/entry';
import { turnIsOver } from './turns';
import { joinPath } from './walk';

export type RestoreOutcome = 'written' | 'skipped' | 'kept_both';

export interface RestoreWriterOptions {
  /** An existing folder or one whose parent exists. Everything is written below it. */
  root: Buffer;
  conflict: ConflictPolicy;
  /** Sets owners; only root may. Off, everything belongs to who restores. Default: on for root. */
  setOwners?: boolean;
  onWarning?: (path: readonly Uint8Array[], warning: Error) => void;
}

interface LateDir {
  path: Buffer;
  meta: EntryMeta;
  names: readonly Uint8Array[];
}

const tempPrefix = '.crossvault-restore-';
const writeAsync = promisify(write);
/** Writing more than this takes longer than handing the call to the thread pool. */
const smallWriteBytes = 128 * 1024;

/**
 * Writes entries of a tree below one folder. A path that could lead out of it is refused; a link at the destination is never
 * followed: what stands where a folder is needed and is not a real folder is a conflict. A file appears under its name only
 * when it is complete. Links come last, folders' modes and times after everything in them: call `finish`.
 *
 * System calls are made on the calling thread (`turns.ts` says why); only long writes go to the thread pool. Node has no
 * `openat`, so another process that swaps folders for links while a restore runs as root could still mislead it; each
 * file's folder is checked again right before the file is renamed into it.
 */
export class RestoreWriter {
  readonly #options: Required<Omit<RestoreWriterOptions, 'onWarning'>> &
    Pick<RestoreWriterOptions, 'onWarning'>;
  readonly #dirs: LateDir[] = [];
  readonly #links: { names: readonly Uint8Array[]; entry: TreeEntry & { type: 'symlink' } }[] = [];
  /** The first name restored of each file that has several; others wait for it. */
  readonly #hardLinks = new Map<bigint, Promise<Buffer | null>>();
  readonly #folders: RestoreFolders;

  constructor(options: RestoreWriterOptions) {
    this.#options = { setOwners: process.getuid?.() === 0, ...options };
    this.#folders = new RestoreFolders(options.root, options.conflict);
  }

  /** Makes a folder, or enters one that is there. Its mode and times are set by `finish`. */
  async dir(folder: readonly Uint8Array[], meta: EntryMeta): Promise<void> {
    await turnIsOver();
    const names = [...folder, meta.name];
    const path = this.#folders.make(names);
    this.#dirs.push({ path, meta, names });
  }

  /**
   * Writes a file from its bytes in order.
   * Several may be written at a time.
   * @param content is not asked for when the file is skipped or becomes a link to one restored before.
   */
  async file(
    folder: readonly Uint8Array[],
    entry: TreeEntry & { type: 'file' },
    content: () => AsyncIterable<Uint8Array>,
  ): Promise<RestoreOutcome> {
    const group = entry.hardLinkGroup;
    if (group === undefined) return (await this.#file(folder, entry, content, null)).outcome;
    const first = this.#hardLinks.get(group);
    if (first) return (await this.#file(folder, entry, content, await first)).outcome;
    const written = this.#file(folder, entry, content, null);
    this.#hardLinks.set(
      group,
      written.then(
        ({ target }) => target,
        () => null,
      ),
    );
    return (await written).outcome;
  }

  async #file(
    folder: readonly Uint8Array[],
    entry: TreeEntry & { type: 'file' },
    content: () => AsyncIterable<Uint8Array>,
    twin: Buffer | null,
  ): Promise<{ outcome: RestoreOutcome; target: Buffer | null }> {
    await turnIsOver();
    const path = this.#pathFor(folder, entry.name);
    const decided = this.#decide(path, entry);
    if (decided.outcome === 'skipped') return { outcome: 'skipped', target: null };
    const { target } = decided;
    const temp = joinPath(parentOf(target), Buffer.from(tempPrefix + randomBytes(8).toString('hex')));
    try {
      if (!twin || !isLinked(twin, temp)) await this.#writeTemp(temp, entry, content());
      return this.#moveInto(temp, target, folder, entry.name);
    } finally {
      // Also after success: renaming one name of a file onto another of its names leaves both.
      removeTemp(temp);
    }
  }

  /** Takes note of a link; `finish` makes it, so that no later entry can be written through it. */
  symlink(folder: readonly Uint8Array[], entry: TreeEntry & { type: 'symlink' }): void {
    this.#folders.requireNames([...folder, entry.name]);
    this.#links.push({ names: folder, entry });
  }

  /** Makes the links, then sets folders' owners, modes and times, innermost first. */
  async finish(): Promise<{ links: number; skippedLinks: number }> {
    let skippedLinks = 0;
    for (const { names, entry } of this.#links) {
      await turnIsOver();
      if (this.#makeLink(names, entry) === 'skipped') skippedLinks++;
    }
    for (const { path, meta, names } of this.#dirs.toReversed()) {
      await turnIsOver();
      if (!lstatOrNull(path)?.isDirectory()) continue;
      this.#attempt(names, () => this.#setMeta(path, meta, false));
    }
    return { links: this.#links.length - skippedLinks, skippedLinks };
  }

  #makeLink(folder: readonly Uint8Array[], entry: TreeEntry & { type: 'symlink' }): RestoreOutcome {
    const path = this.#pathFor(folder, entry.name);
    const decided = this.#decide(path, entry);
    if (decided.outcome === 'skipped') return 'skipped';
    const { target } = decided;
    const temp = joinPath(parentOf(target), Buffer.from(tempPrefix + randomBytes(8).toString('hex')));
    try {
      symlinkSync(Buffer.from(entry.target), temp);
      this.#attempt([...folder, entry.name], () => this.#setMeta(temp, entry, true));
      return this.#moveInto(temp, target, folder, entry.name).outcome;
    } finally {
      removeTemp(temp);
    }
  }

  #pathFor(folder: readonly Uint8Array[], name: Uint8Array): Buffer {
    this.#folders.requireNames([name]);
    return joinPath(this.#folders.make(folder), name);
  }

  #decide(
    path: Buffer,
    entry: TreeEntry,
  ): { outcome: 'skipped' } | { outcome: 'written' | 'kept_both'; target: Buffer } {
    const found = lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
    switch (decideRestore(this.#options.conflict, entry, found)) {
      case 'skip':
        return { outcome: 'skipped' };
      case 'keep_both':
        return { outcome: 'kept_both', target: freeNameBeside(path, entry.name) };
      default:
        return { outcome: 'written', target: path };
    }
  }

  async #writeTemp(
    temp: Buffer,
    entry: TreeEntry & { type: 'file' },
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const fd = openSync(temp, flags, 0o600);
    try {
      let written = 0;
      for await (const bytes of content) {
        await writeAll(fd, bytes);
        written += bytes.length;
      }
      if (written !== entry.sizeBytes) {
        throw new CrossvaultError(
          'corrupt_data',
          `A file has ${written} bytes instead of ${entry.sizeBytes}.`,
        );
      }
      if (this.#options.setOwners) fchownSync(fd, entry.uid, entry.gid);
      fchmodSync(fd, entry.mode & (this.#options.setOwners ? 0o7777 : 0o1777));
      futimesSync(fd, ...times(entry.mtimeNs));
    } finally {
      closeSync(fd);
    }
  }

  /** Gives a finished file its name. What came there meanwhile is treated as the policy says. */
  #moveInto(
    temp: Buffer,
    wanted: Buffer,
    folder: readonly Uint8Array[],
    name: Uint8Array,
  ): { outcome: RestoreOutcome; target: Buffer | null } {
    this.#folders.requireReal(folder);
    const { conflict } = this.#options;
    if (conflict === 'overwrite' || conflict === 'only_if_newer') {
      replaceBy(temp, wanted);
      return { outcome: 'written', target: wanted };
    }
    const original = joinPath(parentOf(wanted), name);
    for (let target = wanted; ; target = freeNameBeside(original, name)) {
      const outcome = target.equals(original) ? 'written' : 'kept_both';
      if (moveIfFree(temp, target)) return { outcome, target };
      if (conflict === 'skip') return { outcome: 'skipped', target: null };
    }
  }

  #setMeta(path: Buffer, meta: EntryMeta, isLink: boolean): void {
    const [atime, mtime] = times(meta.mtimeNs);
    if (this.#options.setOwners) lchownSync(path, meta.uid, meta.gid);
    if (isLink) {
      lutimesSync(path, atime, mtime);
      return;
    }
    chmodSync(path, meta.mode & (this.#options.setOwners ? 0o7777 : 0o1777));
    utimesSync(path, atime, mtime);
  }

  #attempt(names: readonly Uint8Array[], act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.onWarning?.(names, error as Error);
    }
  }
}

async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at;
    at +=
      left <= smallWriteBytes
        ? writeSync(fd, bytes, at, left)
        : (await writeAsync(fd, bytes, at, left)).bytesWritten;
  }
}

/**
 * Node takes seconds as a double and cuts them to microseconds; the half keeps the double's error from losing one. So restored
 * times are exact to the microsecond.
 */
function times(mtimeNs: bigint): [number, number] {
  const seconds = (Number(mtimeNs / 1000n) + 0.5) / 1e6;
  return [seconds, seconds];
}
