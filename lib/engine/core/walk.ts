import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import type { ReadXattrs, XattrReader } from './posix/xattrs';
import type { EntryMeta } from './tree/entry';
import { turnIsOver } from './turns';

/** What of an entry's inode is looked at after it was found. */
export type EntryStats = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'blocks' | 'mtimeNs' | 'ctimeNs'>;
type InodeStats = EntryStats &
  Pick<BigIntStats, 'mode' | 'uid' | 'gid' | 'nlink'> & { isDirectory(): boolean };

/** Something found in a folder. Paths are raw bytes: a name need not be UTF-8. */
export type FoundEntry =
  /** `meta` may be looked at only when it is asked for, and then throw what the system says. */
  | { type: 'file'; path: Buffer; readonly meta: EntryMeta; sizeBytes: number; stats: EntryStats }
  | { type: 'dir'; path: Buffer; meta: EntryMeta; stats: EntryStats }
  | { type: 'symlink'; path: Buffer; meta: EntryMeta; target: Buffer; stats: EntryStats }
  | {
      type: 'fifo' | 'socket' | 'char_device' | 'block_device';
      path: Buffer;
      meta: EntryMeta;
      device?: { major: number; minor: number };
      stats: EntryStats;
    }
  /** Could not be read; the walk goes on. */
  | { type: 'unreadable'; path: Buffer; error: Error };

/** Names for numeric owners; null where the system knows none. */
export interface OwnerNames {
  userName(uid: number): string | null;
  groupName(gid: number): string | null;
  /** Changes with any of the names. */
  version?: string;
}

/** Where metadata that a look at the inode does not give comes from. */
export interface MetaSources {
  owners?: OwnerNames;
  xattrs?: XattrReader | null;
  /** Told what of an entry's metadata had to be left out. */
  onLost?(path: Uint8Array, why: string): void;
}

const slash = 0x2f;

export function joinPath(folder: Uint8Array, name: Uint8Array): Buffer {
  const needsSlash = folder.length > 0 && folder[folder.length - 1] !== slash;
  const path = Buffer.allocUnsafe(folder.length + (needsSlash ? 1 : 0) + name.length);
  path.set(folder);
  if (needsSlash) path[folder.length] = slash;
  path.set(name, path.length - name.length);
  return path;
}

/** The names in a folder in ascending byte order, the order trees need. */
export async function readSortedNames(folder: Buffer): Promise<Buffer[]> {
  return readdirSync(folder, { encoding: 'buffer' }).sort(Buffer.compare);
}

/** An entry's metadata as the tree keeps it. @param path of the entry itself, or of what a chosen link leads to. */
export function metaOf(
  name: Uint8Array,
  path: Uint8Array,
  stats: InodeStats,
  { owners, xattrs, onLost }: MetaSources = {},
): EntryMeta {
  const meta: EntryMeta = {
    name,
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    inode: BigInt.asUintN(64, stats.ino),
  };
  const owner = owners?.userName(meta.uid);
  const group = owners?.groupName(meta.gid);
  if (owner) meta.owner = owner;
  if (group) meta.group = group;
  if (stats.nlink > 1n && !stats.isDirectory()) meta.hardLinkGroup = hardLinkGroup(stats);
  const read: ReadXattrs = xattrs?.(path, stats.dev) ?? {};
  if (read.xattrs) meta.xattrs = read.xattrs;
  if (read.lost) onLost?.(path, read.lost);
  return meta;
}

/** The same for all names of one inode and for every backup of it; says nothing about the device's number. */
function hardLinkGroup({ dev, ino }: EntryStats): bigint {
  return createHash('sha256').update(`${dev}:${ino}`).digest().readBigUInt64BE(0);
}

export function deviceNumber(rdev: bigint): { major: number; minor: number } {
  // Linux's encoding of a 64-bit device number.
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn);
  return { major: Number(major & 0xffffffffn), minor: Number(minor & 0xffffffffn) };
}

/** Looks at one path without following a link. Never throws for what it finds: that is an `unreadable` entry. */
export function inspect(path: Buffer, name: Uint8Array, sources?: MetaSources): FoundEntry {
  return inspectWith(path, name, sources, false);
}

function inspectWith(path: Buffer, name: Uint8Array, sources: MetaSources = {}, isLazy: boolean): FoundEntry {
  try {
    const stats = lstatSync(path, { bigint: true });
    if (isLazy && stats.isFile()) return lazyFile(path, name, stats, sources);
    const meta = metaOf(name, path, stats, sources);
    if (stats.isFile()) return { type: 'file', path, meta, sizeBytes: Number(stats.size), stats };
    if (stats.isDirectory()) return { type: 'dir', path, meta, stats };
    if (stats.isSymbolicLink()) {
      return { type: 'symlink', path, meta, target: readlinkSync(path, { encoding: 'buffer' }), stats };
    }
    if (stats.isFIFO()) return { type: 'fifo', path, meta, stats };
    if (stats.isSocket()) return { type: 'socket', path, meta, stats };
    const type = stats.isCharacterDevice() ? 'char_device' : 'block_device';
    return { type, path, meta, device: deviceNumber(stats.rdev), stats };
  } catch (error) {
    return { type: 'unreadable', path, error: error as Error };
  }
}

/** Most files of a backup are unchanged: then the rest of their metadata is known. */
function lazyFile(path: Buffer, name: Uint8Array, stats: BigIntStats, sources: MetaSources): FoundEntry {
  let meta: EntryMeta | undefined;
  return {
    type: 'file',
    path,
    get meta() {
      meta ??= metaOf(name, path, stats, sources);
      return meta;
    },
    sizeBytes: Number(stats.size),
    stats,
  };
}

/** The last name of a path. */
export function lastName(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(slash) + 1);
}

function isStill({ path, stats }: FoundEntry & { type: 'dir' }): boolean {
  const now = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return now?.ino === stats.ino && now.dev === stats.dev;
}

export type WalkStep = { step: 'entry'; found: FoundEntry } | { step: 'leave'; path: Buffer };

/** How a walk comes by what is in a folder. */
export interface FolderLister {
  /** @throws what the system says when the folder cannot be listed. */
  open(folder: Buffer): Listing | Promise<Listing>;
}

/** A folder's entries in ascending byte order of their names; null at the end. */
export interface Listing {
  next(): FoundEntry | null | Promise<FoundEntry | null>;
}

/** Looks at one entry after the other, when it is asked for. */
function listHere(sources: MetaSources): FolderLister {
  return {
    open: (folder) => {
      // A character a byte: their order is the bytes' order, and they need no memory outside the heap.
      const names = readdirSync(folder, 'latin1').sort();
      let at = 0;
      return {
        next: () => {
          const text = names[at++];
          const name = text === undefined ? null : Buffer.from(text, 'latin1');
          return name ? inspectWith(joinPath(folder, name), name, sources, true) : null;
        },
      };
    },
  };
}

const emptyListing: Listing = { next: () => null };
const maxStepsPerRun = 64;

export interface WalkOptions extends MetaSources {
  /** Whether to read a folder's contents; its `leave` comes in either case. */
  enter?: (found: FoundEntry & { type: 'dir' }) => boolean;
  lister?: FolderLister;
}

/** Step by step; see `walkInRuns`. */
export async function* walkFolder(root: Buffer, options: WalkOptions = {}): AsyncGenerator<WalkStep> {
  for await (const run of walkInRuns(root, options)) yield* run;
}

/**
 * Everything below a folder, depth first and sorted by raw name, the folder itself excluded; links are not followed. A folder
 * comes as its entry, its contents, then a `leave`. Holds the names of the folders that are open. Steps come in runs, since
 * handing over each took longer than looking at it; a folder ends its run, and is entered when the next run is asked for.
 */
export async function* walkInRuns(root: Buffer, options: WalkOptions = {}): AsyncGenerator<WalkStep[]> {
  const { enter = () => true, lister = listHere(options) } = options;
  const stack: { path: Buffer; listing: Listing }[] = [{ path: root, listing: await lister.open(root) }];
  let run: WalkStep[] = [];
  while (stack.length > 0) {
    const folder = stack.at(-1)!;
    const over = turnIsOver();
    if (over) await over;
    const next = folder.listing.next();
    const found = next instanceof Promise ? await next : next;
    if (!found) {
      stack.pop();
      if (stack.length > 0) run.push({ step: 'leave', path: folder.path });
      continue;
    }
    run.push({ step: 'entry', found });
    if (found.type !== 'dir' && run.length < maxStepsPerRun) continue;
    yield run;
    run = [];
    if (found.type !== 'dir') continue;
    let listing = emptyListing;
    if (enter(found)) {
      try {
        listing = await lister.open(found.path);
        // Whoever puts a link in its place would have another folder's names taken for its own.
        if (!isStill(found)) listing = emptyListing;
      } catch (error) {
        run.push({ step: 'entry', found: { type: 'unreadable', path: found.path, error: error as Error } });
      }
    }
    stack.push({ path: found.path, listing });
  }
  if (run.length > 0) yield run;
}
