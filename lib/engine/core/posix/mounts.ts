import { readFile, realpath, stat } from 'node:fs/promises';
import { CrossvaultError } from '@/lib/errors';
import { posixCalls } from './calls';

/** What stays the same of a mounted file system over restarts. */
export interface MountIdentity {
  fsType: string;
  /** As the mount table has it: a device, or `server:/export`. */
  source: string;
  /** The folder of the file system that is mounted; `/` unless it is a part of it. */
  root: string;
  /** What the file system itself says; null where it says nothing. */
  fsId: string | null;
}

export interface Mount extends MountIdentity {
  mountPath: string;
  /** Of this mount only: another one follows an unmount, even of the same file system. */
  mountId: string;
  device: bigint;
}

/** A server that has gone answers nothing for minutes. */
const patienceMs = 15_000;

/**
 * Looks at what is mounted at a folder.
 * @throws `unavailable` with the reason `not_mounted`, `mount_stale` or `mount_missing`.
 */
export async function inspectMount(path: string): Promise<Mount> {
  const mountPath = await inTime(path, () => realpath(path));
  const table = parseMountTable(await readFile('/proc/self/mountinfo', 'latin1'));
  const entry = table.findLast((mount) => mount.mountPath === mountPath);
  if (!entry) {
    throw new CrossvaultError(
      'unavailable',
      `Nothing is mounted at ${path}: there is only a folder of the machine itself. Mount the file system and try again.`,
      { reason: 'not_mounted' },
    );
  }
  const { dev } = await inTime(path, () => stat(mountPath, { bigint: true }));
  const { device, ...mount } = entry;
  if (!isDevice(device, dev)) throw stale(path, 'another file system covers it');
  return { ...mount, device: dev, fsId: posixCalls?.fileSystemId(Buffer.from(mountPath)) ?? null };
}

/** @throws `unavailable`, `mount_replaced`: something else is mounted where a file system was registered. */
export function requireSameFileSystem(expected: MountIdentity, found: Mount): void {
  if (isSameFileSystem(expected, found)) return;
  throw new CrossvaultError(
    'unavailable',
    `Another file system is mounted at ${found.mountPath}: ${describeMount(found)} instead of ${describeMount(expected)}. Nothing was read from it or written to it.`,
    { reason: 'mount_replaced' },
  );
}

/** By the id that the file system has, for devices are renumbered; by its source where it has none. */
export function isSameFileSystem(a: MountIdentity, b: MountIdentity): boolean {
  if (a.fsType !== b.fsType || a.root !== b.root) return false;
  return a.fsId !== null && b.fsId !== null ? a.fsId === b.fsId : a.source === b.source;
}

/** @throws `unavailable`, `mount_replaced`: it went away, or was mounted anew, since it was looked at. */
export async function requireStillMounted(before: Mount): Promise<void> {
  const now = await inspectMount(before.mountPath);
  requireSameFileSystem(before, now);
  if (now.mountId === before.mountId && now.device === before.device) return;
  throw new CrossvaultError(
    'unavailable',
    `${before.mountPath} was unmounted and mounted again during the work, so that parts may be missing. Start it again.`,
    { reason: 'mount_replaced' },
  );
}

export function describeMount({ fsType, source, root }: MountIdentity): string {
  return `${source}${root === '/' ? '' : ` (${root})`}, ${fsType}`;
}

type TableEntry = Omit<Mount, 'device' | 'fsId'> & { device: string };

/** `/proc/self/mountinfo`; of several mounts at one place the last is the one that is seen. */
export function parseMountTable(text: string): TableEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before, after] = line.split(' - ') as [string, string];
      const [mountId, , device, root, mountPath] = before.split(' ').map(readOctal) as string[];
      const [fsType, source] = after.split(' ').map(readOctal) as string[];
      return {
        mountId: mountId!,
        device: device!,
        root: root!,
        mountPath: mountPath!,
        fsType: fsType!,
        source: source!,
      };
    });
}

/** Spaces and the like stand in the table as octal numbers of their bytes. */
function readOctal(field: string): string {
  const raw = field.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(raw, 'latin1').toString('utf8');
}

function isDevice(inTable: string, dev: bigint): boolean {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  // Btrfs gives each subvolume a device number of its own, with major zero.
  return inTable === `${major}:${minor}` || major === 0n;
}

async function inTime<T>(path: string, ask: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(stale(path, `it did not answer for ${patienceMs / 1000} seconds`)),
      patienceMs,
    );
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof CrossvaultError) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new CrossvaultError('unavailable', `There is no folder ${path} on this machine.`, {
        reason: 'mount_missing',
        cause: error,
      });
    throw stale(path, code ?? String(error), error);
  } finally {
    clearTimeout(timer);
  }
}

function stale(path: string, why: string, cause?: unknown): CrossvaultError {
  return new CrossvaultError(
    'unavailable',
    `What is mounted at ${path} does not answer properly (${why}). Nothing was read from it or written to it.`,
    { reason: 'mount_stale', cause },
  );
}
