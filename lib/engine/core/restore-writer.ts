import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, lstatSync, symlinkSync } from 'node:fs';
import { CrossvaultError } from '@/lib/errors';
import { FileMaker, gather, maxMadeBytes } from './file-maker';
import { openNew } from './made-files';
import { type OwnerIds, RestoreAttributes } from './restore-attributes';
import { writeContent } from './restore-bytes';
import { decideRestore } from './restore-decision';
import { type HeldFolder, RestoreFolders, sameName } from './restore-folders';
import { freeNameBeside, isLinked, moveIfFree, removeTemp, replaceBy } from './restore-moves';
import type { ConflictPolicy } from './restore-options';
import type { EntryMeta, FileEntry, SpecialEntry, SymlinkEntry, TreeEntry } from './tree/entry';
import { turnIsOver } from './turns';
import type { WorkPool } from './work/pool';

export type RestoreOutcome = 'written' | 'skipped' | 'kept_both';

export interface RestoreWriterOptions {
  /** An existing folder or one whose parent exists. Everything is written below it. */
  root: Buffer;
  conflict: ConflictPolicy;
  /** Sets owners; only root may. Off, everything belongs to who restores. Default: on for root. */
  setOwners?: boolean;
  /** Owners by their names where the destination knows them, by their numbers otherwise. Without it by numbers. */
  ownerIds?: OwnerIds;
  /** Device nodes reach past the file system: they are made only where that is wanted. Default: not. */
  makeDevices?: boolean;
  /** The destination takes names for one that differ in case or accents only. Default: found out folder by folder. */
  foldsNames?: boolean;
  /** Small files are made on its threads. Default: on the calling thread. */
  pool?: WorkPool;
  onWarning?: (path: readonly Uint8Array[], warning: Error) => void;
}

interface LateDir {
  meta: EntryMeta;
  names: readonly Uint8Array[];
  inode: bigint;
}

/** The first name of a file that has several. */
interface Twin {
  folder: readonly Uint8Array[];
  name: Uint8Array;
  inode: bigint;
}

type Decision = { outcome: 'skipped' } | { outcome: 'written' | 'kept_both'; name: Uint8Array };
interface Moved {
  outcome: RestoreOutcome;
  name: Uint8Array | null;
}

/**
 * Writes entries of a tree below one folder. A path that could lead out of it is refused; a link at the destination is never
 * followed: what stands where a folder is needed and is not a real folder is a conflict. A file appears under its name only
 * when it is complete. Links come last, folders' modes and times after everything in them: call `finish`, and `close` always.
 *
 * Every folder is held open and everything is done relative to its descriptor, so that a process which swaps folders for
 * links meanwhile misleads nothing. System calls are made on the calling thread (`turns.ts` says why); only long writes go
 * to the thread pool, and whole small files to threads of their own where there are some.
 */
export class RestoreWriter {
  readonly #conflict: ConflictPolicy;
  readonly #dirs: LateDir[] = [];
  readonly #links: { folder: readonly Uint8Array[]; entry: SymlinkEntry }[] = [];
  /** The first name restored of each file that has several; others wait for it. */
  readonly #hardLinks = new Map<bigint, Promise<Twin | null>>();
  readonly #folders: RestoreFolders;
  readonly #attributes: RestoreAttributes;
  readonly #maker: FileMaker | null;
  /** Names that nobody can guess, without asking for randomness for each. */
  readonly #tempPrefix = `.crossvault-restore-${randomBytes(8).toString('hex')}-`;
  #temps = 0;

  constructor(private readonly options: RestoreWriterOptions) {
    const { root, conflict, foldsNames, setOwners = process.getuid?.() === 0, ownerIds, pool } = options;
    this.#conflict = conflict;
    this.#folders = new RestoreFolders(root, conflict, foldsNames);
    this.#attributes = new RestoreAttributes(setOwners, ownerIds);
    this.#maker = pool ? new FileMaker(pool) : null;
  }

  /** Makes a folder, or enters one that is there. Its mode and times are set by `finish`. */
  async dir(folder: readonly Uint8Array[], meta: EntryMeta): Promise<void> {
    await turnIsOver();
    const names = [...folder, meta.name];
    const held = this.#folders.open(names);
    this.#dirs.push({ meta, names, inode: held.inode });
    held.release();
  }

  /**
   * Writes a file from its bytes in order.
   * Several may be written at a time.
   * @param content is not asked for when the file is skipped or becomes a link to one restored before.
   */
  async file(
    folder: readonly Uint8Array[],
    entry: FileEntry,
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
        ({ twin }) => twin,
        () => null,
      ),
    );
    return (await written).outcome;
  }

  /** Makes a fifo, or a device node where that is wanted. */
  async special(folder: readonly Uint8Array[], entry: SpecialEntry): Promise<RestoreOutcome> {
    await turnIsOver();
    const { type } = entry;
    if (type === 'socket') throw notRestored('a socket belongs to the program that listens at it');
    if (type !== 'fifo' && !this.options.makeDevices)
      throw notRestored('device nodes are made only where the backup client is told to make them');
    const { outcome } = await this.#place(folder, entry, (temp) =>
      this.#attributes.makeNode(temp, type, entry, entry.device),
    );
    return outcome;
  }

  /** Takes note of a link; `finish` makes it, so that no later entry can be written through it. */
  symlink(folder: readonly Uint8Array[], entry: SymlinkEntry): void {
    this.#folders.requireNames([...folder, entry.name]);
    this.#links.push({ folder, entry });
  }

  /**
   * Makes the links, then sets folders' owners, modes and times, innermost first.
   * @returns links that could not be made, too; the others were.
   */
  async finish(): Promise<{
    links: number;
    skippedLinks: number;
    failures: { path: readonly Uint8Array[]; error: Error }[];
  }> {
    const failures: { path: readonly Uint8Array[]; error: Error }[] = [];
    let skippedLinks = 0;
    for (const { folder, entry } of this.#links) {
      await turnIsOver();
      try {
        if ((await this.#makeLink(folder, entry)) === 'skipped') skippedLinks++;
      } catch (error) {
        failures.push({ path: [...folder, entry.name], error: error as Error });
      }
    }
    for (const dir of this.#dirs.toReversed()) {
      await turnIsOver();
      this.#finishDir(dir);
    }
    return { links: this.#links.length - skippedLinks - failures.length, skippedLinks, failures };
  }

  close(): void {
    this.#folders.close();
  }

  async #makeLink(folder: readonly Uint8Array[], entry: SymlinkEntry): Promise<RestoreOutcome> {
    const { outcome } = await this.#place(folder, entry, (temp) => {
      symlinkSync(Buffer.from(entry.target), temp);
      return this.#attributes.ofLink(temp, entry);
    });
    return outcome;
  }

  #finishDir({ names, meta, inode }: LateDir): void {
    try {
      const held = this.#folders.find(names);
      try {
        if (held.inode !== inode) throw new Error('another folder has taken its place during the restore');
        this.#warn(names, this.#attributes.ofFolder(held.self, meta));
      } finally {
        held.release();
      }
    } catch (error) {
      this.#warn(names, [error as Error]);
    }
  }

  async #file(
    folder: readonly Uint8Array[],
    entry: FileEntry,
    content: () => AsyncIterable<Uint8Array>,
    twin: Twin | null,
  ): Promise<{ outcome: RestoreOutcome; twin: Twin | null }> {
    await turnIsOver();
    let inode = 0n;
    const { outcome, name } = await this.#place(folder, entry, async (temp) => {
      if (twin && this.#linkTo(twin, temp)) return [];
      const written = await this.#writeTemp(temp, entry, content());
      inode = written.inode;
      return written.failures;
    });
    return { outcome, twin: name && inode > 0n ? { folder, name, inode } : null };
  }

  /** Makes an entry under a passing name, then gives it its own as the policy says. */
  async #place(
    folder: readonly Uint8Array[],
    entry: TreeEntry,
    make: (temp: Buffer) => Error[] | Promise<Error[]>,
  ): Promise<Moved> {
    this.#folders.requireNames([entry.name]);
    const held = this.#folders.open(folder);
    try {
      const decided = this.#decide(held, entry);
      if (decided.outcome === 'skipped') return { outcome: 'skipped', name: null };
      const tempName = this.#tempPrefix + (this.#temps++).toString(36);
      const temp = held.at(Buffer.from(tempName));
      let isGone = false;
      try {
        const failures = await make(temp);
        this.#folders.claims.probe(held, tempName);
        const moved = this.#moveInto(held, temp, decided.name, entry.name);
        this.#warn([...folder, entry.name], failures);
        // Renaming one name of a file onto another of its names leaves both.
        const hasOneName = entry.type !== 'file' || entry.hardLinkGroup === undefined;
        isGone = hasOneName && this.#replaces && moved.outcome === 'written';
        return moved;
      } finally {
        if (!isGone) removeTemp(temp);
      }
    } finally {
      held.release();
    }
  }

  get #replaces(): boolean {
    return this.#conflict === 'overwrite' || this.#conflict === 'only_if_newer';
  }

  #linkTo(twin: Twin, temp: Buffer): boolean {
    const held = this.#folders.find(twin.folder);
    try {
      return isLinked(held.at(twin.name), twin.inode, temp);
    } finally {
      held.release();
    }
  }

  #decide(held: HeldFolder, entry: TreeEntry): Decision {
    const { name } = entry;
    // Whatever stands there is replaced.
    if (this.#conflict === 'overwrite') return { outcome: 'written', name };
    const found = lstatSync(held.at(name), { bigint: true, throwIfNoEntry: false }) ?? null;
    switch (decideRestore(this.#conflict, entry, found)) {
      case 'skip':
        return { outcome: 'skipped' };
      case 'keep_both':
        return { outcome: 'kept_both', name: freeNameBeside(held, name) };
      default:
        return { outcome: 'written', name };
    }
  }

  async #writeTemp(
    temp: Buffer,
    entry: FileEntry,
    content: AsyncIterable<Uint8Array>,
  ): Promise<{ inode: bigint; failures: Error[] }> {
    if (this.#maker && entry.sizeBytes <= maxMadeBytes)
      return this.#makeTemp(this.#maker, temp, entry, content);
    const fd = openNew(temp);
    try {
      await writeContent(fd, entry, content);
      const failures = this.#attributes.ofFile(fd, entry);
      return { inode: fstatSync(fd, { bigint: true }).ino, failures };
    } finally {
      closeSync(fd);
    }
  }

  async #makeTemp(
    maker: FileMaker,
    temp: Buffer,
    entry: FileEntry,
    content: AsyncIterable<Uint8Array>,
  ): Promise<{ inode: bigint; failures: Error[] }> {
    const { sizeBytes, isSparse = false } = entry;
    const attributes = this.#attributes.wanted(entry);
    const parts = await gather(content, sizeBytes);
    const made = await maker.make({ path: temp.toString('latin1'), sizeBytes, isSparse, attributes }, parts);
    return { inode: made.inode, failures: made.failures.map((message) => new Error(message)) };
  }

  /** Gives a finished entry its name. What came there meanwhile is treated as the policy says. */
  #moveInto(held: HeldFolder, temp: Buffer, wanted: Uint8Array, own: Uint8Array): Moved {
    this.#folders.requireReal(held.names);
    const { claims } = this.#folders;
    if (this.#replaces) {
      const other = claims.findOther(held, wanted);
      if (other) throw sameName(wanted, other);
      replaceBy(temp, held.at(wanted), Buffer.from(wanted));
      claims.claim(held, wanted);
      return { outcome: 'written', name: wanted };
    }
    for (let name = wanted; ; name = freeNameBeside(held, own)) {
      const outcome = Buffer.compare(name, own) === 0 ? 'written' : 'kept_both';
      if (moveIfFree(temp, held.at(name))) return { outcome, name };
      if (this.#conflict === 'skip') return { outcome: 'skipped', name: null };
    }
  }

  #warn(names: readonly Uint8Array[], failures: readonly Error[]): void {
    for (const failure of failures) this.options.onWarning?.(names, failure);
  }
}

function notRestored(why: string): CrossvaultError {
  return new CrossvaultError('not_eligible', `Kept in the backup point but not restored: ${why}.`);
}
