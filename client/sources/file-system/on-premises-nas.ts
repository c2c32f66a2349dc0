import { readFile, rename, writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { z } from 'zod';
import {
  inspectMount,
  type Mount,
  type MountIdentity,
  requireSameFileSystem,
} from '@/lib/engine/core/posix/mounts';
import type { OfferedSource } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import type { ClientFolder } from '../../config';
import { createFileSystemAdapter } from './adapter';

const Identity = z.object({
  fsType: z.string(),
  source: z.string(),
  root: z.string(),
  fsId: z.string().nullable(),
});

/**
 * A mount of the client's own host. What is mounted there when it is first used is what it has to be from then on; this host
 * remembers it. Whoever moves the NAS to another server says so by the source that is registered.
 */
export const onPremisesNas = createFileSystemAdapter({
  async open(source, folder) {
    const { mountPath, mountSource } = configOf(source);
    const mount = await inspectMount(mountPath);
    if (mount.mountPath === '/')
      throw new CrossvaultError('unavailable', 'The file system of the host itself is no NAS.', {
        reason: 'not_mounted',
      });
    if (mountSource) requireSource(mountSource, mount);
    else if (source.id) await requireKnown(folder, source.id, mount);
    return mount;
  },

  /** The whole path on the host is asked for; the folder in the file system is what is below the mount. */
  targetOf({ work }, mount) {
    const { destination } = work.spec;
    const configured = work.source ? configOf(work.source).mountPath : mount.mountPath;
    if (destination.kind === 'host') {
      const relative = posix.relative(configured, posix.normalize(destination.targetPath));
      if (!relative.startsWith('..') && !relative.startsWith('/')) return `/${relative}`;
    }
    throw new CrossvaultError(
      'invalid_input',
      `Choose a folder below ${configured}, where this NAS is mounted.`,
      {
        reason: 'destination_unsupported',
      },
    );
  },
});

function configOf({ config }: OfferedSource) {
  if (config.kind === 'common_nas') return config;
  throw new CrossvaultError('invalid_input', 'This data source is no on-premises NAS.');
}

function requireSource(expected: string, mount: Mount): void {
  if (mount.source === expected) return;
  throw new CrossvaultError(
    'unavailable',
    `${mount.source} is mounted at ${mount.mountPath} instead of ${expected}. Nothing was read from it or written to it.`,
    { reason: 'mount_replaced' },
  );
}

async function requireKnown(folder: ClientFolder, sourceId: string, mount: Mount): Promise<void> {
  const path = folder.file('mounts', `${encodeURIComponent(sourceId)}.json`);
  const known = await readKnown(path);
  if (known) return requireSameFileSystem(known, mount);
  await folder.prepare('mounts');
  const { fsType, source, root, fsId } = mount;
  await writeFile(`${path}.new`, JSON.stringify({ fsType, source, root, fsId }), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

async function readKnown(path: string): Promise<MountIdentity | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : Identity.parse(JSON.parse(text));
}
