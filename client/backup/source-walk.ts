import { statfsSync } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import type { EntryMeta } from '@/lib/engine/core/tree/entry';
import {
  type EntryStats,
  type FolderLister,
  type FoundEntry,
  inspect,
  joinPath,
  lastName,
  type MetaSources,
  metaOf,
  type OwnerNames,
  type WalkStep,
  walkInRuns,
} from '@/lib/engine/core/walk';
import { CrossvaultError } from '@/lib/errors';
import { compileExcludes, type Excludes } from './excludes';
import { pruneToIncludes } from './includes';

/** What a backup meets, in the order in which a tree is built. Folders above the chosen ones come with their own metadata. */
export type SourceStep =
  | { step: 'enter'; path: Buffer; meta: EntryMeta }
  | { step: 'leave' }
  /** `readPath` is where a file's bytes are when its path is a chosen link. */
  | { step: 'entry'; found: Exclude<FoundEntry, { type: 'dir' | 'unreadable' }>; readPath?: Buffer }
  | { step: 'unreadable'; path: Buffer; error: Error }
  /** It was listed, and gone when it was looked at. */
  | { step: 'vanished'; path: Buffer };

export interface Source {
  /** Absolute, normalised, sorted in tree order, none below another. */
  paths: Buffer[];
  excludes: Excludes;
  /** Null: everything that is not excluded. */
  includes: Excludes | null;
  owners?: OwnerNames;
  base?: SourceBase;
  /** How folders are looked at; by default one entry after the other. */
  lister?(sources: MetaSources): FolderLister;
  /** How many files are read at once; by default one after the other. */
  filesAtATime?: number;
}

/**
 * A mounted file system whose root is the root of the tree. No link in a chosen path is followed, and nothing of another
 * device is taken: whoever writes to it chooses neither what lies outside nor what is mounted below.
 */
export interface SourceBase {
  path: Buffer;
  device: bigint;
}

export interface SourceOptions {
  owners?: OwnerNames;
  base?: SourceBase;
  includes?: readonly string[];
}

const root = Buffer.from('/');

/** @throws `invalid_input` for a relative path or a pattern that can match nothing. */
export function createSource(
  paths: readonly string[],
  excludes: readonly string[],
  { owners, base, includes = [] }: SourceOptions = {},
): Source {
  const normalised = paths.map((path) => {
    if (!path.startsWith('/') || path.includes('\0'))
      throw new CrossvaultError('invalid_input', `"${path}" is not an absolute path.`);
    return Buffer.from(posix.normalize(path).replace(/(?<=.)\/+$/, ''));
  });
  const sorted = normalised.sort((a, b) => compareNames(namesOf(a), namesOf(b)));
  const outermost = sorted.filter((path, i) => !sorted.slice(0, i).some((other) => contains(other, path)));
  return {
    paths: outermost,
    excludes: compileExcludes(excludes),
    includes: includes.length > 0 ? compileExcludes(includes) : null,
    owners,
    base,
  };
}

/** Step by step; see `walkSourceInRuns`. */
export async function* walkSource(
  source: Source,
  attributes: Omit<MetaSources, 'owners'> = {},
): AsyncGenerator<SourceStep> {
  for await (const run of walkSourceInRuns(source, attributes)) yield* run;
}

/**
 * Walks the chosen paths; steps come in runs of some tens. Links are not followed, except that a chosen path on a host, or a folder above it, may itself be one:
 * who names it means what is behind it. Entries that vanish on the way are told.
 */
export async function* walkSourceInRuns(
  source: Source,
  attributes: Omit<MetaSources, 'owners'> = {},
): AsyncGenerator<SourceStep[]> {
  const { paths, owners, base } = source;
  const metaSources = { ...attributes, owners };
  let open: Buffer[] = [];
  for (const path of paths) {
    const names = namesOf(path);
    const above = names.slice(0, -1);
    let shared = 0;
    while (shared < open.length && shared < above.length && open[shared]!.equals(above[shared]!)) shared++;
    for (let depth = open.length; depth > shared; depth--) yield [{ step: 'leave' }];
    open = open.slice(0, shared);
    const found = base
      ? inspectInside(base, names, metaSources)
      : await inspectChosen(path, names.at(-1) ?? Buffer.alloc(0), metaSources);
    if (found.type === 'unreadable') {
      yield [{ step: 'unreadable', path, error: found.error }];
      continue;
    }
    for (const name of above.slice(shared)) {
      open.push(name);
      const folder = joinAll(open);
      const real = base ? placeOf(base, folder) : await realpath(folder, { encoding: 'buffer' });
      const stats = await lstat(real, { bigint: true });
      yield [{ step: 'enter', path: folder, meta: metaOf(name, real, stats, metaSources) }];
    }
    if (found.type === 'file') {
      const readPath = base ? found.path : await realpath(path, { encoding: 'buffer' });
      yield [{ step: 'entry', found: { ...found, path }, readPath }];
      continue;
    }
    if (found.type !== 'dir') {
      yield [{ step: 'entry', found: { ...found, path } }];
      continue;
    }
    if (names.length > 0) yield [{ step: 'enter', path, meta: found.meta }];
    yield* walkBelow(source, base ? placeOf(base, path) : path, found.stats, metaSources);
    if (names.length > 0) yield [{ step: 'leave' }];
  }
  if (open.length > 0) yield open.map(() => ({ step: 'leave' }));
}

/** Where something of a mounted file system is on this machine. */
function placeOf({ path: basePath }: SourceBase, path: Buffer): Buffer {
  if (path.equals(root)) return basePath;
  return basePath.equals(root) ? path : Buffer.concat([basePath, path]);
}

/** Looks at a chosen path part by part: a link in it, or another device, is not gone through. */
function inspectInside(base: SourceBase, names: Buffer[], sources: MetaSources): FoundEntry {
  let found = inspect(base.path, Buffer.alloc(0), sources);
  for (const name of names) {
    if (found.type === 'unreadable') return found;
    if (found.type !== 'dir' || found.stats.dev !== base.device) break;
    found = inspect(joinPath(found.path, name), name, sources);
    if (found.type !== 'unreadable') found = { ...found, meta: { ...found.meta, name } };
  }
  if (found.type === 'unreadable') return found;
  const isWhole = found.path.equals(placeOf(base, joinAll(names)));
  if (isWhole && found.stats.dev === base.device) return found;
  const error = new Error('it leads through a link or to another file system');
  return { type: 'unreadable', path: found.path, error };
}

async function inspectChosen(path: Buffer, name: Buffer, sources: MetaSources): Promise<FoundEntry> {
  const found = inspect(path, name, sources);
  if (found.type !== 'symlink') return found;
  try {
    const real = await realpath(path, { encoding: 'buffer' });
    const stats = await stat(real, { bigint: true });
    const meta = metaOf(name, real, stats, sources);
    if (stats.isDirectory()) return { type: 'dir', path, meta, stats };
    if (stats.isFile()) return { type: 'file', path, meta, sizeBytes: Number(stats.size), stats };
    return found;
  } catch {
    return found;
  }
}

async function* walkBelow(
  source: Source,
  chosen: Buffer,
  stats: EntryStats,
  sources: MetaSources,
): AsyncGenerator<SourceStep[]> {
  const steps = walkKept(source, chosen, stats, sources);
  yield* source.includes ? pruneToIncludes(source.includes, steps) : steps;
}

async function* walkKept(
  source: Source,
  chosen: Buffer,
  stats: EntryStats,
  sources: MetaSources,
): AsyncGenerator<SourceStep[]> {
  const kept = new KeptSteps(source, stats.dev);
  const runs = walkInRuns(chosen, {
    ...sources,
    enter: () => kept.mayEnter,
    lister: source.lister?.(sources),
  });
  let first: IteratorResult<WalkStep[]>;
  try {
    first = await runs.next();
  } catch (error) {
    yield [{ step: 'unreadable', path: kept.shown(chosen), error: error as Error }];
    return;
  }
  for (let run = first; !run.done; run = await runs.next()) {
    const steps: SourceStep[] = [];
    for (const walked of run.value) {
      const step = walked.step === 'leave' ? kept.leave() : kept.keep(walked.found);
      if (step) steps.push(step);
    }
    if (steps.length > 0) yield steps;
  }
}

/** What of a walk below a chosen path is kept, step by step. */
class KeptSteps {
  readonly #names: string[] = [];
  readonly #devices: bigint[];
  // About the folder that was found last. One that is left out leaves nothing behind but its `leave`.
  #isSkipped = false;
  #isPseudo = false;

  constructor(
    private readonly source: Source,
    device: bigint,
  ) {
    this.#devices = [device];
  }

  get mayEnter(): boolean {
    return !this.#isSkipped && !this.#isPseudo;
  }

  shown(path: Buffer): Buffer {
    const { base } = this.source;
    return base ? path.subarray(base.path.length) : path;
  }

  leave(): SourceStep | null {
    if (this.#isSkipped) {
      this.#isSkipped = false;
      return null;
    }
    this.#names.pop();
    this.#devices.pop();
    return { step: 'leave' };
  }

  keep(found: FoundEntry): SourceStep | null {
    const { excludes, base } = this.source;
    const path = this.shown(found.path);
    if (found.type === 'unreadable') {
      const { error } = found;
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      return isGone ? { step: 'vanished', path } : { step: 'unreadable', path, error };
    }
    const isFolder = found.type === 'dir';
    const name = isFolder || excludes.hasAny ? lastName(found.path).toString('utf8') : '';
    if (excludes.hasAny && excludes.matches([...this.#names, name], isFolder)) {
      this.#isSkipped = isFolder;
      return null;
    }
    if (base && found.stats.dev !== base.device) {
      this.#isSkipped = isFolder;
      return { step: 'unreadable', path, error: new Error('another file system is mounted here') };
    }
    if (found.type === 'file' && base)
      return { step: 'entry', found: shownAt(found, path), readPath: found.path };
    if (!isFolder) return { step: 'entry', found: base ? { ...found, path } : found };
    this.#isPseudo = isPseudoFilesystem(found.path, found.stats.dev, this.#devices.at(-1)!);
    this.#names.push(name);
    this.#devices.push(found.stats.dev);
    return { step: 'enter', path, meta: found.meta };
  }
}

function shownAt(found: FoundEntry & { type: 'file' }, path: Buffer): FoundEntry & { type: 'file' } {
  const { type, sizeBytes, stats } = found;
  return {
    type,
    path,
    get meta() {
      return found.meta;
    },
    sizeBytes,
    stats,
  };
}

/** `statfs` types of filesystems that hold no files: proc, sysfs, cgroup, cgroup2, devpts, securityfs, debugfs, tracefs, bpf. */
const pseudoFilesystems = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x1cd1, 0x73636673, 0x64626720, 0x74726163, 0xcafe4a11,
]);

/** Their mount points are kept as empty folders. */
function isPseudoFilesystem(path: Buffer, device: bigint, deviceAbove: bigint): boolean {
  if (device === deviceAbove) return false;
  try {
    return pseudoFilesystems.has(statfsSync(path).type);
  } catch {
    return false;
  }
}

function namesOf(path: Buffer): Buffer[] {
  const names: Buffer[] = [];
  for (let at = 0; at < path.length; ) {
    const end = path.indexOf(0x2f, at);
    const stop = end < 0 ? path.length : end;
    if (stop > at) names.push(path.subarray(at, stop));
    at = stop + 1;
  }
  return names;
}

function joinAll(names: readonly Buffer[]): Buffer {
  return names.reduce<Buffer>((path, name) => joinPath(path, name), root);
}

function compareNames(a: readonly Buffer[], b: readonly Buffer[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = Buffer.compare(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function contains(folder: Buffer, path: Buffer): boolean {
  if (folder.equals(path) || folder.equals(root)) return true;
  return path[folder.length] === 0x2f && path.subarray(0, folder.length).equals(folder);
}
