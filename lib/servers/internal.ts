import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { disks, servers } from '@/db/schema';
import { findNewestBackups, findRestoresInto, progressOfRestore } from '@/lib/disks';
import { notFound } from '@/lib/errors';
import type { Server } from './schemas';

export type ServerRow = typeof servers.$inferSelect;

export function selectServers(tx: Tx, condition?: SQL) {
  return tx
    .select({
      server: servers,
      sourceId: sql<string | null>`(select s.id from data_sources s
        where s.account_id = servers.account_id and s.kind = 'server' and s.item = servers.id)`,
    })
    .from(servers)
    .where(condition)
    .$dynamic();
}

type SelectedServer = Awaited<ReturnType<typeof selectServers>>[number];

export async function toServers(tx: Tx, rows: SelectedServer[]): Promise<Server[]> {
  const ids = rows.map(({ server }) => server.id);
  if (ids.length === 0) return [];
  const attached = await tx
    .select()
    .from(disks)
    .where(inArray(disks.serverId, ids))
    .orderBy(asc(disks.serverId), asc(disks.position));
  const running = await findRestoresInto(tx, ids);
  const newest = await findNewestBackups(
    tx,
    rows.map(({ sourceId }) => sourceId),
  );
  return rows.map(({ server, sourceId }) => {
    const own = attached.filter((disk) => disk.serverId === server.id);
    return {
      id: server.id,
      name: server.name,
      description: server.description,
      region: server.region,
      flavour: server.flavour,
      state: server.state,
      stateReason: server.stateReason,
      accelerator: server.accelerator,
      startedAt: server.startedAt?.toISOString() ?? null,
      disks: own.map((disk) => ({
        id: disk.id,
        name: disk.name,
        position: disk.position ?? 0,
        sizeBytes: disk.sizeBytes,
        allocatedBytes: disk.allocatedBytes,
        format: disk.format,
        isEncrypted: disk.isEncrypted,
        state: disk.state,
      })),
      createdFrom: server.createdFrom,
      progress: progressOf(server, own, running.get(server.id)),
      sourceId,
      newestBackupAt: (sourceId && newest.get(sourceId)?.toISOString()) || null,
      createdBy: server.createdBy,
      createdAt: server.createdAt.toISOString(),
    };
  });
}

function progressOf(
  server: ServerRow,
  own: (typeof disks.$inferSelect)[],
  job: Parameters<typeof progressOfRestore>[0] | undefined,
): Server['progress'] {
  if (job) return progressOfRestore(job);
  if (server.state !== 'creating') return null;
  const sum = (of: (disk: (typeof own)[number]) => number) =>
    own.reduce((total, disk) => total + of(disk), 0);
  return {
    bytesDone: sum((disk) => (disk.state === 'creating' ? disk.bytesDone : disk.sizeBytes)),
    bytesTotal: sum((disk) => disk.bytesTotal ?? disk.sizeBytes),
    rateBytesPerSecond: null,
    jobId: null,
  };
}

export async function getServerDto(tx: Tx, accountId: string, id: string): Promise<Server> {
  const rows = await selectServers(tx, and(eq(servers.accountId, accountId), eq(servers.id, id)));
  const [server] = await toServers(tx, rows);
  if (!server) throw notFound('server');
  return server;
}

export async function loadServerForUpdate(tx: Tx, accountId: string, id: string): Promise<ServerRow> {
  const [server] = await tx
    .select()
    .from(servers)
    .where(and(eq(servers.accountId, accountId), eq(servers.id, id)))
    .for('update');
  if (!server) throw notFound('server');
  return server;
}
