import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { archivings, backupPoints, jobs, pins, pointEvents, replications, vaults } from '@/db/schema';
import { pinnedBytes, releasePin } from '@/lib/engine/index/pins';
import { engineContext } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import { writeAudit } from '@/lib/verb';
import { type ArchivedPointRow, type ClaimedArchiving, lockArchiving } from './claim';
import { targetPointId } from './target-point-id';

/**
 * What became of it. `held`: running work reads the point or builds on its chunks in the standard tier; it is tried again
 * when that has ended. `over`: deleted or expired meanwhile; nothing changes.
 */
export type ArchivingOutcome = 'archived' | 'held' | 'over';

/**
 * Moves a point to the archive. Its chunks, its manifest in an archive vault and the fact that says so are durable by now.
 * One transaction decides: the vaults, then the point, then the work.
 *
 * @throws `ArchivingLost`; `state_conflict` when the target takes no points; `locked` when the point may not leave its vault.
 */
export async function commitArchiving(
  db: Database,
  claimed: ClaimedArchiving,
  spaceNo: number,
): Promise<ArchivingOutcome> {
  const { accountId, targetVaultId, pinNo } = claimed;
  const { vaultId, id } = claimed.point;
  return inAccount(db, accountId, async (tx) => {
    await lockVaults(tx, [vaultId, targetVaultId]);
    const [point] = await tx
      .select()
      .from(backupPoints)
      .where(
        and(
          eq(backupPoints.id, id),
          eq(backupPoints.status, 'visible'),
          eq(backupPoints.tier, 'standard'),
          sql`${backupPoints.expiresAt} > now()`,
        ),
      )
      .for('update');
    if (!point) return 'over';
    await lockArchiving(tx, claimed);
    // A backup or a restore locks the point before it pins it, so that it is either seen here or finds the point archived.
    const held = await tx
      .select({ pinNo: pins.pinNo })
      .from(pins)
      .where(and(eq(pins.vaultId, vaultId), eq(pins.pointId, id)))
      .limit(1);
    if (held.length > 0) return 'held';
    const storedBytes = await pinnedBytes(tx, pinNo);
    const movedId =
      targetVaultId === vaultId
        ? await changeTier(tx, point, spaceNo)
        : await moveTo(tx, point, targetVaultId, spaceNo, storedBytes);
    await tx.delete(archivings).where(eq(archivings.pointId, id));
    await releasePin(tx, pinNo);
    await writeAudit(engineContext(db, accountId), tx, 'backup_points.archived', {
      resourceKind: 'backup_point',
      resourceId: id,
      resourceName: point.sourceName,
      before: { tier: 'standard', vaultId },
      after: { tier: 'archive', vaultId: targetVaultId, pointId: movedId, storedBytes },
    });
    await wakeTargets(tx, vaultId);
    if (movedId !== id) await appendEvent(tx, accountId, targetVaultId, 'committed', movedId);
    await appendEvent(tx, accountId, vaultId, 'archived', id);
    return 'archived';
  });
}

async function lockVaults(tx: Tx, ids: string[]): Promise<void> {
  const locked = await tx
    .select({ id: vaults.id, status: vaults.status })
    .from(vaults)
    .where(inArray(vaults.id, ids))
    .orderBy(asc(vaults.id))
    .for('no key update');
  const isUsable = ids.every((id) =>
    locked.some((vault) => vault.id === id && (vault.status === 'created' || vault.status === 'error')),
  );
  if (!isUsable) throw new CrossvaultError('state_conflict', 'The vault takes no archived points now.');
}

async function changeTier(tx: Tx, { id }: ArchivedPointRow, spaceNo: number): Promise<string> {
  await tx
    .update(backupPoints)
    .set({ tier: 'archive', spaceNo, archivedAt: sql`now()` })
    .where(eq(backupPoints.id, id));
  return id;
}

/** The point keeps its times, its retention and its origin; jobs that name it name it where it is now. */
async function moveTo(
  tx: Tx,
  point: ArchivedPointRow,
  vaultId: string,
  spaceNo: number,
  addedBytes: number,
): Promise<string> {
  const { committedAt: _, ...kept } = point;
  const id = targetPointId(point.id, vaultId);
  await tx.insert(backupPoints).values({
    ...kept,
    id,
    vaultId,
    spaceNo,
    addedBytes,
    tier: 'archive',
    archivedAt: sql`now()`,
  });
  await tx.update(backupPoints).set({ status: 'deleting' }).where(eq(backupPoints.id, point.id));
  await tx.update(jobs).set({ pointId: id }).where(eq(jobs.pointId, point.id));
  await tx
    .update(jobs)
    .set({ vaultId })
    .where(and(eq(jobs.pointId, id), eq(jobs.kind, 'restore'), eq(jobs.status, 'queued')));
  return id;
}

/** Targets remove what is archived here, after their guard days. */
async function wakeTargets(tx: Tx, vaultId: string): Promise<void> {
  const targets = await tx
    .select({ accountId: replications.accountId })
    .from(replications)
    .where(and(eq(replications.sourceVaultId, vaultId), eq(replications.state, 'active')));
  for (const { accountId } of targets) await tx.execute(sql`select wake_ticker(${accountId})`);
}

/** Last, because the rows it changes are what gives events their order. */
async function appendEvent(
  tx: Tx,
  accountId: string,
  vaultId: string,
  kind: 'committed' | 'archived',
  pointId: string,
): Promise<void> {
  const [vault] = await tx
    .update(vaults)
    .set({ head: sql`${vaults.head} + 1` })
    .where(eq(vaults.id, vaultId))
    .returning({ head: vaults.head });
  await tx.insert(pointEvents).values({ accountId, vaultId, seq: vault!.head, kind, pointId });
}
