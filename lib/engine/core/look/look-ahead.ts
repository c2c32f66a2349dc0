import type { FolderLister, FoundEntry, Listing, MetaSources } from '../walk';
import { inlinePool, type WorkPool } from '../work/pool';
import { type Look, namesPerLook, unpackEntries, unpackNames } from './packed-look';

/** Entries that are looked at right here before the threads are started: a small tree is over by then. */
const entriesAlone = 2000;
/** Slices of one folder that are under way beside the one being passed on. */
const slicesAhead = 2;

/**
 * Looks at folders in several threads, ahead of a walk that takes them in its own order: for file systems that answer slowly
 * and many questions at once. What is held is bounded by the folders and slices under way, and the names of open folders.
 */
export class LookAhead implements FolderLister {
  /** Folders that the walk is going to enter. */
  readonly #folders = new Map<string, Promise<Look>>();
  readonly #maxFolders: number;
  #looked = 0;

  constructor(
    private readonly pool: WorkPool,
    private readonly sources: MetaSources,
    private readonly alone = entriesAlone,
  ) {
    this.#maxFolders = 2 * pool.parallelism;
  }

  async open(folder: Buffer): Promise<Listing> {
    const key = folder.toString('latin1');
    const first = this.#folders.get(key) ?? this.look(folder, null);
    this.#folders.delete(key);
    const { names, entries, error } = await first;
    if (error) throw Object.assign(new Error(error.message), error);
    return new SlicedListing(this, folder, unpackNames(names!), entries);
  }

  look(folder: Buffer, names: Uint8Array[] | null): Promise<Look> {
    const pool = this.#looked < this.alone ? inlinePool : this.pool;
    const looking = pool.run({ op: 'look', folder, names, withXattrs: !!this.sources.xattrs });
    looking.catch(() => {});
    return looking;
  }

  unpack(entries: Uint8Array, folder: Buffer, names: readonly Buffer[]): FoundEntry[] {
    const found = unpackEntries(entries, folder, names, this.sources);
    this.#looked += found.length;
    for (const { type, path } of found) {
      if (this.#looked < this.alone || this.#folders.size >= this.#maxFolders) break;
      if (type === 'dir') this.#folders.set(path.toString('latin1'), this.look(path, null));
    }
    return found;
  }

  /** The walk is past this folder: what was looked at in it and not entered is not going to be. */
  forget(folder: Buffer): void {
    const prefix = `${folder.toString('latin1')}/`;
    for (const key of this.#folders.keys()) if (key.startsWith(prefix)) this.#folders.delete(key);
  }
}

class SlicedListing implements Listing {
  readonly #slices: { names: Buffer[]; looked: Promise<Look> }[] = [];
  #found: FoundEntry[];
  #at = 0;
  #asked: number;

  constructor(
    private readonly ahead: LookAhead,
    private readonly folder: Buffer,
    private readonly names: Buffer[],
    first: Uint8Array,
  ) {
    const own = names.slice(0, namesPerLook);
    this.#asked = own.length;
    this.#found = ahead.unpack(first, folder, own);
    this.#askAhead();
  }

  next(): FoundEntry | null | Promise<FoundEntry | null> {
    const found = this.#found[this.#at];
    if (!found) return this.#nextSlice();
    this.#at++;
    return found;
  }

  async #nextSlice(): Promise<FoundEntry | null> {
    const slice = this.#slices.shift();
    if (!slice) {
      this.ahead.forget(this.folder);
      return null;
    }
    this.#askAhead();
    const { entries } = await slice.looked;
    this.#found = this.ahead.unpack(entries, this.folder, slice.names);
    this.#at = 1;
    return this.#found[0]!;
  }

  #askAhead(): void {
    while (this.#slices.length < slicesAhead && this.#asked < this.names.length) {
      const names = this.names.slice(this.#asked, this.#asked + namesPerLook);
      this.#asked += names.length;
      this.#slices.push({ names, looked: this.ahead.look(this.folder, names) });
    }
  }
}
