import { and, desc, eq, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { backupPoints, clients, dataSources } from '@/db/schema';
import { newId } from '@/lib/context';
import { nameFromUuid } from '@/lib/engine/core/names';
import { CrossvaultError, notFound } from '@/lib/errors';
import { BackupSpec, type StreamSource } from '@/lib/jobs/schemas';
import { openPinIn } from '../index/pins';
import { openVault, type VaultEnvironment } from '../vaults';
import { type BackupParent, BackupSession } from './backup-session';
import { type JobClaim, requireRunningJob } from './job-guard';

/**
 * Begins a backup, or goes on with it: the pin is made once for the job and keeps its parent, so the same attempt, or the
 * next one, continues with what has arrived. Nothing is looked up before the pin is committed.
 */
export async function openBackup(environment: VaultEnvironment, claim: JobClaim): Promise<BackupSession> {
  const { accountId, jobId } = claim;
  const begun = await inAccount(environment.db, accountId, async (tx) => {
    const job = await requireRunningJob(tx, claim, { lock: true });
    const { paths, stream, sourceId: registered } = BackupSpec.parse(job.spec);
    const sourceId = registered
      ? await getOwnSource(tx, claim, registered)
      : await findOrAddSource(tx, claim, stream);
    const newest = await findParent(tx, { accountId, vaultId: job.vaultId, sourceId, paths });
    const work = {
      vaultId: job.vaultId,
      workKind: 'backup',
      workId: jobId,
      pointId: newest?.pointId,
    } as const;
    const pin = await openPinIn(tx, accountId, work);
    const isNewest = pin.pointId === (newest?.pointId ?? null);
    const parent = isNewest ? newest : await findPinnedParent(tx, accountId, pin.pointId);
    return { vaultId: job.vaultId, sourceId, pinNo: pin.pinNo, parent };
  });
  const vault = await openVault(environment, { accountId, vaultId: begun.vaultId });
  const lineage = vault.lineages[0];
  if (!lineage) {
    throw new CrossvaultError(
      'not_eligible',
      'Backups go to standard vaults; this one takes replicas only.',
      {
        reason: 'not_a_standard_vault',
      },
    );
  }
  return BackupSession.open({ ...begun, jobId, attempt: claim.attempt, vault, lineage });
}

/** @throws `not_found` for a source that was removed meanwhile, or that another client serves. */
async function getOwnSource(tx: Tx, { accountId, clientId }: JobClaim, id: string): Promise<string> {
  const mine = and(
    eq(dataSources.accountId, accountId),
    eq(dataSources.clientId, clientId),
    eq(dataSources.id, id),
  );
  const [source] = await tx.select({ id: dataSources.id }).from(dataSources).where(mine).for('share');
  if (!source) throw notFound('data source');
  return source.id;
}

/** A client has one source for its host's files and one for each stream by name, made when it is first backed up. */
async function findOrAddSource(
  tx: Tx,
  { accountId, clientId }: JobClaim,
  stream?: StreamSource,
): Promise<string> {
  const [client] = await tx
    .select()
    .from(clients)
    .where(and(eq(clients.accountId, accountId), eq(clients.id, clientId)));
  if (!client || client.placement === 'region') throw notFound('backup client');
  const files = {
    kind: client.placement === 'ecs' ? 'ecs_file' : 'local_file',
    item: '',
    name: client.name,
  } as const;
  const { kind, item, name } = stream ? { kind: stream.kind, item: stream.name, name: stream.name } : files;
  const [source] = await tx
    .insert(dataSources)
    .values({ accountId, id: newId('ds'), kind, clientId, item, name })
    .onConflictDoUpdate({ target: [dataSources.clientId, dataSources.kind, dataSources.item], set: { kind } })
    .returning({ id: dataSources.id });
  return source!.id;
}

/** The newest visible point of the same source and paths; locked against deletion until the pin is committed. */
async function findParent(
  tx: Tx,
  of: { accountId: string; vaultId: string; sourceId: string; paths: string[] },
): Promise<BackupParent | null> {
  const [point] = await tx
    .select({ id: backupPoints.id, rootPage: backupPoints.rootPage })
    .from(backupPoints)
    .where(
      and(
        eq(backupPoints.accountId, of.accountId),
        eq(backupPoints.vaultId, of.vaultId),
        eq(backupPoints.sourceId, of.sourceId),
        eq(backupPoints.status, 'visible'),
        // Nothing is deduplicated against the archive.
        eq(backupPoints.tier, 'standard'),
        sql`${backupPoints.paths} = ${JSON.stringify(of.paths)}::jsonb`,
      ),
    )
    .orderBy(desc(backupPoints.createdAt))
    .limit(1)
    .for('share');
  return point ? { pointId: point.id, rootPage: nameFromUuid(point.rootPage) } : null;
}

/** The parent an earlier attempt chose; without it, everything that has not arrived is sent. */
async function findPinnedParent(
  tx: Tx,
  accountId: string,
  pointId: string | null,
): Promise<BackupParent | null> {
  if (!pointId) return null;
  const [point] = await tx
    .select({ id: backupPoints.id, rootPage: backupPoints.rootPage })
    .from(backupPoints)
    .where(
      and(
        eq(backupPoints.accountId, accountId),
        eq(backupPoints.id, pointId),
        eq(backupPoints.status, 'visible'),
        eq(backupPoints.tier, 'standard'),
      ),
    )
    .for('share');
  return point ? { pointId: point.id, rootPage: nameFromUuid(point.rootPage) } : null;
}
