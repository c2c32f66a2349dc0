import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CrossvaultError } from '@/lib/errors';

export interface DiskPlaces {
  pools: readonly { id: string; folder: string }[];
  /** Folders out of which images may be taken by name. */
  imports: readonly string[];
}

/** Host paths, which no answer tells: known to the processes of this machine only. */
interface KnownPlaces {
  regions: ReadonlyMap<string, DiskPlaces>;
  /** Where machines that run keep their sockets, consoles and screens. */
  machines: string;
}

const slot = Symbol.for('crossvault.disk-places');
const holder = globalThis as { [slot]?: KnownPlaces };

export function learnDiskPlaces(known: KnownPlaces): void {
  holder[slot] = known;
}

export function diskPlaces(region: string): DiskPlaces {
  return holder[slot]?.regions.get(region) ?? { pools: [], imports: [] };
}

interface PlacedFile {
  accountId: string;
  id: string;
  region: string;
  pool: string;
}

/** Where a disk's file lies. @throws `unavailable` when its pool is not in the regions file any more. */
export function diskFile({ accountId, id, region, pool }: PlacedFile): string {
  const found = diskPlaces(region).pools.find((candidate) => candidate.id === pool);
  if (found) return join(found.folder, accountId, id);
  throw new CrossvaultError('unavailable', `The disk pool ${pool} of ${region} is not on this machine.`, {
    reason: 'pool_unknown',
  });
}

export async function prepareDiskFile(file: PlacedFile): Promise<string> {
  const path = diskFile(file);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return path;
}

export function machineFolder(serverId: string): string {
  return join(holder[slot]?.machines ?? '/nowhere', serverId);
}
