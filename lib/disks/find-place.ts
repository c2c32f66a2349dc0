import { and, asc, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { disks, imageDisks, images, servers } from '@/db/schema';
import { diskFile, machineFolder } from '@/lib/regions';
import { diskPath } from './schemas';

interface Placed {
  diskId: string;
  position: number;
  path: string;
  file: string;
  format: 'raw' | 'qcow2';
  isEncrypted: boolean;
  generation: number;
}

/**
 * Where the files of a disk, a server or an image lie, for the engine's mover; with the machine's sockets while it runs. Null
 * for what is not there any more.
 */
export async function findDisksPlace(
  tx: Tx,
  accountId: string,
  id: string,
): Promise<Record<string, string> | null> {
  const placed = id.startsWith('img-')
    ? await placeImage(tx, accountId, id)
    : await placeDisks(tx, accountId, id);
  if (placed.length === 0) return null;
  const machine = id.startsWith('img-') ? null : await findMachine(tx, accountId, id);
  const folder = machine && machineFolder(machine);
  return {
    disks: JSON.stringify(placed),
    ...(folder && { qmp: `${folder}/backup.sock`, scratch: folder }),
  };
}

async function placeDisks(tx: Tx, accountId: string, id: string): Promise<Placed[]> {
  const isServer = id.startsWith('i-');
  const rows = await tx
    .select()
    .from(disks)
    .where(and(eq(disks.accountId, accountId), eq(isServer ? disks.serverId : disks.id, id)))
    .orderBy(asc(disks.position));
  return rows.map((disk) => ({
    diskId: disk.id,
    position: disk.position ?? 0,
    path: diskPath(isServer ? (disk.position ?? 0) : 0),
    file: diskFile(disk),
    format: disk.format,
    isEncrypted: disk.isEncrypted,
    generation: disk.generation,
  }));
}

async function placeImage(tx: Tx, accountId: string, id: string): Promise<Placed[]> {
  const rows = await tx
    .select({ disk: imageDisks, region: images.region })
    .from(imageDisks)
    .innerJoin(images, eq(images.id, imageDisks.imageId))
    .where(and(eq(imageDisks.accountId, accountId), eq(imageDisks.imageId, id)))
    .orderBy(asc(imageDisks.position));
  return rows.map(({ disk, region }) => ({
    diskId: disk.id,
    position: disk.position,
    path: diskPath(disk.position),
    file: diskFile({ ...disk, region }),
    format: disk.format,
    isEncrypted: disk.isEncrypted,
    generation: 0,
  }));
}

/** The running server that this is, or that this disk is attached to. */
async function findMachine(tx: Tx, accountId: string, id: string): Promise<string | null> {
  const found = id.startsWith('i-')
    ? await tx
        .select({ id: servers.id, state: servers.state })
        .from(servers)
        .where(and(eq(servers.accountId, accountId), eq(servers.id, id)))
    : await tx
        .select({ id: servers.id, state: servers.state })
        .from(disks)
        .innerJoin(servers, eq(servers.id, disks.serverId))
        .where(and(eq(disks.accountId, accountId), eq(disks.id, id)));
  const [server] = found;
  return server?.state === 'running' ? server.id : null;
}
