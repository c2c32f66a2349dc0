import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { dataSources, diskKeyPermissions, disks, type jobs, kmsKeys, servers } from '@/db/schema';
import { violates } from '@/db/violations';
import { ensureRegionClient } from '@/lib/clients';
import { newId } from '@/lib/context';
import { CrossvaultError, notFound } from '@/lib/errors';
import { regionName } from '@/lib/regions/schemas';
import { findNewestBackups, findRestoresInto, progressOfRestore } from './making';
import { keysNotAllowed } from './rules';
import type { Disk } from './schemas';

export type DiskRow = typeof disks.$inferSelect;

export function selectDisks(tx: Tx, condition?: SQL) {
  return tx
    .select({
      disk: disks,
      key: { id: kmsKeys.id, alias: kmsKeys.alias, state: kmsKeys.state },
      server: { id: servers.id, name: servers.name, state: servers.state },
      sourceId: sql<string | null>`(select s.id from data_sources s
        where s.account_id = disks.account_id and s.kind = 'disk' and s.item = disks.id)`,
    })
    .from(disks)
    .leftJoin(kmsKeys, and(eq(kmsKeys.accountId, disks.accountId), eq(kmsKeys.id, disks.kmsKeyId)))
    .leftJoin(servers, and(eq(servers.accountId, disks.accountId), eq(servers.id, disks.serverId)))
    .where(condition)
    .$dynamic();
}

type SelectedDisk = Awaited<ReturnType<typeof selectDisks>>[number];

/** Completes rows with the restore that fills them and their newest backup: two queries, however many rows there are. */
export async function toDisks(tx: Tx, rows: SelectedDisk[]): Promise<Disk[]> {
  const running = await findRestoresInto(
    tx,
    rows
      .filter(({ disk }) => disk.state === 'creating' || disk.state === 'restoring')
      .map(({ disk }) => disk.id),
  );
  const newest = await findNewestBackups(
    tx,
    rows.map(({ sourceId }) => sourceId),
  );
  return rows.map(({ disk, key, server, sourceId }) => ({
    id: disk.id,
    name: disk.name,
    description: disk.description,
    region: disk.region,
    pool: disk.pool,
    format: disk.format,
    sizeBytes: disk.sizeBytes,
    allocatedBytes: disk.allocatedBytes,
    isEncrypted: disk.isEncrypted,
    kmsKey: key,
    state: disk.state,
    stateReason: disk.stateReason,
    server,
    position: disk.position,
    createdFrom: disk.createdFrom,
    progress: progressOf(disk, running.get(disk.id)),
    sourceId,
    newestBackupAt: (sourceId && newest.get(sourceId)?.toISOString()) || null,
    createdBy: disk.createdBy,
    createdAt: disk.createdAt.toISOString(),
  }));
}

type JobRow = typeof jobs.$inferSelect;

function progressOf(disk: DiskRow, job: JobRow | undefined): Disk['progress'] {
  if (job) return progressOfRestore(job);
  if (disk.state === 'available' || disk.state === 'error' || disk.state === 'deleting') return null;
  return { bytesDone: disk.bytesDone, bytesTotal: disk.bytesTotal, rateBytesPerSecond: null, jobId: null };
}

export async function getDiskDto(tx: Tx, accountId: string, id: string): Promise<Disk> {
  const rows = await selectDisks(tx, and(eq(disks.accountId, accountId), eq(disks.id, id)));
  const [disk] = await toDisks(tx, rows);
  if (!disk) throw notFound('disk');
  return disk;
}

/** Locks the disk's row, with what the rules ask about it. */
export async function loadDiskForUpdate(tx: Tx, accountId: string, id: string) {
  const [disk] = await tx
    .select()
    .from(disks)
    .where(and(eq(disks.accountId, accountId), eq(disks.id, id)))
    .for('update');
  if (!disk) throw notFound('disk');
  const [server] = disk.serverId
    ? await tx
        .select({ state: servers.state })
        .from(servers)
        .where(and(eq(servers.accountId, accountId), eq(servers.id, disk.serverId)))
        .for('share')
    : [];
  return { ...disk, isAttached: disk.serverId !== null, serverState: server?.state ?? null };
}

/** The row of a new disk with the source that backs it up. @throws `already_exists`, `quota_exceeded`. */
export async function insertDisk(tx: Tx, row: typeof disks.$inferInsert): Promise<void> {
  let made: { id: string }[];
  try {
    made = await tx
      .insert(disks)
      .values(row)
      .onConflictDoNothing({ target: [disks.accountId, disks.region, disks.name] })
      .returning({ id: disks.id });
  } catch (error) {
    throw violates(error, 'quota_exceeded') ? overQuota(error) : error;
  }
  if (made.length === 0) throw nameTaken('disk', row.name);
  await addSource(tx, { ...row, kind: 'disk', config: { kind: 'disk', diskId: row.id } });
}

/** The data source of a disk or a server: there from its first day, so that policies can be bound to it. */
export async function addSource(
  tx: Tx,
  of: { accountId: string; id: string; region: string; name: string; createdBy: string } & (
    | { kind: 'disk'; config: { kind: 'disk'; diskId: string } }
    | { kind: 'server'; config: { kind: 'server'; serverId: string } }
  ),
): Promise<void> {
  const client = await ensureRegionClient(tx, of.accountId, of.region);
  await tx.insert(dataSources).values({
    accountId: of.accountId,
    id: newId('ds'),
    kind: of.kind,
    clientId: client.id,
    item: of.id,
    name: of.name,
    config: of.config,
    createdBy: of.createdBy,
  });
}

/** @throws `state_conflict` while a policy protects it: its bindings are taken away by hand. */
export async function removeSource(
  tx: Tx,
  accountId: string,
  kind: 'disk' | 'server',
  id: string,
): Promise<void> {
  const own = and(eq(dataSources.accountId, accountId), eq(dataSources.kind, kind), eq(dataSources.item, id));
  const [bound] = await tx.execute<{ name: string }>(sql`
    select p.name from policy_bindings b join policies p on p.id = b.policy_id join data_sources s on s.id = b.source_id
    where s.account_id = ${accountId} and s.kind = ${kind} and s.item = ${id} limit 1`);
  if (bound) {
    throw new CrossvaultError(
      'state_conflict',
      `The policy ${bound.name} protects this ${kind}. Take it out of the policy first.`,
      { reason: 'bound_to_policy' },
    );
  }
  await tx.delete(dataSources).where(own);
}

export async function requireKeysAllowed(tx: Tx, accountId: string, region: string): Promise<void> {
  const [found] = await tx
    .select({ region: diskKeyPermissions.region })
    .from(diskKeyPermissions)
    .where(and(eq(diskKeyPermissions.accountId, accountId), eq(diskKeyPermissions.region, region)));
  if (!found) throw keysNotAllowed(regionName(region));
}

export function nameTaken(what: string, name: string): CrossvaultError {
  return new CrossvaultError('already_exists', `There is a ${what} ${name} in this region already.`, {
    fields: { name: 'Choose another name.' },
  });
}

export function overQuota(cause: unknown): CrossvaultError {
  return new CrossvaultError(
    'quota_exceeded',
    'The account has reached its limit of disks, of their size together, of servers or of images. Delete some first.',
    { reason: 'disk_quota', cause },
  );
}
