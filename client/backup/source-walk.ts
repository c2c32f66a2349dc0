import { type BigIntStats, statfsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import type { EntryMeta } from '@/lib/engine/core/tree/entry';
import {
  type FoundEntry,
  inspect,
  joinPath,
  type MetaSources,
  metaOf,
  type OwnerNames,
  walkFolder,
} from '@/lib/engine/core/walk';
import { CrossvaultError } from '@/lib/errors';
import { compileExcludes, type Excludes } from './excludes';

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
  owners?: OwnerNames;
}

const root = Buffer.from('/');

/** @throws `invalid_input` for a relative path or an exclude pattern that can match nothing. */
export function createSource(
  paths: readonly string[],
  excludes: readonly string[],
  owners?: OwnerNames,
): Source {
  const normalised = paths.map((path) => {
    if (!path.startsWith('/') || path.includes('\0'))
      throw new CrossvaultError('invalid_input', `"${path}" is not an absolute path.`);
    return Buffer.from(posix.normalize(path).replace(/(?<=.)\/+$/, ''));
  });
  const sorted = normalised.sort((a, b) => compareNames(namesOf(a), namesOf(b)));
  const outermost = sorted.filter((path, i) => !sorted.slice(0, i).some((other) => contains(other, path)));
  return { paths: outermost, excludes: compileExcludes(excludes), owners };
}

/**
 * Walks the chosen paths. Links are not followed, except that a chosen path, or a folder above it, may itself be one: who
 * names it means what is behind it. Entries that vanish on the way are left out.
 */
export async function* walkSource(
  { paths, excludes, owners }: Source,
  attributes: Omit<MetaSources, 'owners'> = {},
): AsyncGenerator<SourceStep> {
  const sources = { ...attributes, owners };
  let open: Buffer[] = [];
  for (const path of paths) {
    const names = namesOf(path);
    const above = names.slice(0, -1);
    let shared = 0;
    while (shared < open.length && shared < above.length && open[shared]!.equals(above[shared]!)) shared++;
    for (let depth = open.length; depth > shared; depth--) yield { step: 'leave' };
    open = open.slice(0, shared);
    const found = await inspectChosen(path, names.at(-1) ?? Buffer.alloc(0), sources);
    if (found.type === 'unreadable') {
      yield { step: 'unreadable', path, error: found.error };
      continue;
    }
    for (const name of above.slice(shared)) {
      open.push(name);
      const folder = joinAll(open);
      const real = await realpath(folder, { encoding: 'buffer' });
      const stats = await stat(real, { bigint: true });
      yield { step: 'enter', path: folder, meta: metaOf(name, real, stats, sources) };
    }
    if (found.type === 'file') {
      yield { step: 'entry', found, readPath: await realpath(path, { encoding: 'buffer' }) };
      continue;
    }
    if (found.type !== 'dir') {
      yield { step: 'entry', found };
      continue;
    }
    if (names.length > 0) yield { step: 'enter', path, meta: found.meta };
    yield* walkBelow(path, found.stats, excludes, sources);
    if (names.length > 0) yield { step: 'leave' };
  }
  for (const _ of open) yield { step: 'leave' };
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
  chosen: Buffer,
  stats: BigIntStats,
  excludes: Excludes,
  sources: MetaSources,
): AsyncGenerator<SourceStep> {
  const names: string[] = [];
  const devices: bigint[] = [stats.dev];
  // About the folder that was found last. An excluded one leaves nothing behind but its `leave`.
  let isSkipped = false;
  let isPseudo = false;
  const steps = walkFolder(chosen, { ...sources, enter: () => !isSkipped && !isPseudo });
  let step: IteratorResult<Awaited<ReturnType<typeof steps.next>>['value']>;
  try {
    step = await steps.next();
  } catch (error) {
    yield { step: 'unreadable', path: chosen, error: error as Error };
    return;
  }
  for (; !step.done; step = await steps.next()) {
    const walked = step.value;
    if (walked.step === 'leave') {
      if (isSkipped) isSkipped = false;
      else {
        names.pop();
        devices.pop();
        yield { step: 'leave' };
      }
      continue;
    }
    const { found } = walked;
    if (found.type === 'unreadable') {
      const { path, error } = found;
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      yield isGone ? { step: 'vanished', path } : { step: 'unreadable', path, error };
      continue;
    }
    const name = Buffer.from(found.meta.name).toString('utf8');
    const isFolder = found.type === 'dir';
    if (excludes.matches([...names, name], isFolder)) {
      isSkipped = isFolder;
      continue;
    }
    if (!isFolder) {
      yield { step: 'entry', found };
      continue;
    }
    isPseudo = isPseudoFilesystem(found.path, found.stats.dev, devices.at(-1)!);
    yield { step: 'enter', path: found.path, meta: found.meta };
    names.push(name);
    devices.push(found.stats.dev);
  }
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
