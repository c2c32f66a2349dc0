import { and, eq, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { backupPoints, pointEvents, vaults } from '@/db/schema';
import { deletePoint } from '@/lib/engine/core/point-store';
import { engineContext, type VaultEnvironment } from '@/lib/engine/vaults';
import { writeAudit } from '@/lib/verb';

const pointsAtATime = 100;

/**
 * `visible` → `deleting` for points whose retention has passed by the believed clock; locked ones too, because a lock
 * ends with the retention, but not the newest ones that their policy keeps. One transaction for the points of one vault.
 * @returns whether there may be more.
 */
export async function expirePoints(environment: VaultEnvironment, accountId: string): Promise<boolean> {
  return inAccount(environment.db, accountId, async (tx) => {
    const [first] = await tx
      .select({ vaultId: backupPoints.vaultId })
      .from(backupPoints)
      .where(
        and(
          eq(backupPoints.accountId, accountId),
          eq(backupPoints.status, 'visible'),
          sql`${backupPoints.expiresAt} <= expiry_now()`,
          sql`not is_kept_as_newest(backup_points)`,
        ),
      )
      .orderBy(backupPoints.expiresAt)
      .limit(1);
    if (!first) return false;
    const due = await tx.execute<{ id: string }>(sql`
      select id from backup_points
      where account_id = ${accountId} and vault_id = ${first.vaultId} and status = 'visible' and expires_at <= expiry_now()
        and not is_kept_as_newest(backup_points)
      order by expires_at limit ${pointsAtATime}`);
    // In the order that all take: what is shared, its shares, the vaults of its copies too, then the rest.
    const dueIds = `{${due.map(({ id }) => id).join(',')}}`;
    await tx.execute(sql`select hold_vaults_of_shares(${dueIds}::text[], null)`);
    const expired = await tx.execute<{ id: string }>(sql`
      update backup_points set status = 'deleting'
      where id = any(${dueIds}::text[]) and status = 'visible' and expires_at <= expiry_now()
        and not is_kept_as_newest(backup_points)
      returning id`);
    if (expired.length > 0) {
      const ids = expired.map(({ id }) => id);
      await writeAudit(engineContext(environment.db, accountId), tx, 'backup_points.expired', {
        resourceKind: 'vault',
        resourceId: first.vaultId,
        after: { pointIds: ids },
      });
      await appendDeletedEvents(tx, accountId, first.vaultId, ids);
    }
    return true;
  });
}

export async function appendDeletedEvents(
  tx: Tx,
  accountId: string,
  vaultId: string,
  pointIds: string[],
): Promise<void> {
  const [vault] = await tx
    .update(vaults)
    .set({ head: sql`${vaults.head} + ${pointIds.length}` })
    .where(eq(vaults.id, vaultId))
    .returning({ head: vaults.head });
  const firstSeq = vault!.head - pointIds.length + 1;
  await tx.insert(pointEvents).values(
    pointIds.map((pointId, i) => ({
      accountId,
      vaultId,
      seq: firstSeq + i,
      kind: 'deleted' as const,
      pointId,
    })),
  );
}

/**
 * `deleting` → gone, for points that no running work reads: the manifest and the facts first, so that no reader of the bare
 * vault finds a point whose row is gone, then the row. Repeatable. @returns whether there may be more.
 */
export async function removePoints(environment: VaultEnvironment, accountId: string): Promise<boolean> {
  const { db, storage } = environment;
  const points = await inAccount(db, accountId, (tx) =>
    tx.execute<{ id: string; vault_id: string; region: string; redundancy: 'LRS' | 'ZRS' }>(sql`
      select p.id, p.vault_id, v.region, v.redundancy from backup_points p join vaults v on v.id = p.vault_id
      where p.account_id = ${accountId} and p.status = 'deleting'
        and not exists (select 1 from pins n where n.vault_id = p.vault_id and n.point_id = p.id)
      limit ${pointsAtATime}`),
  );
  for (const { id, vault_id: vaultId, region, redundancy } of points) {
    const store = storage.vaultStore({ accountId, id: vaultId, region, redundancy });
    await deletePoint(store, id);
    for (;;) {
      const { objects } = await store.list(`facts/${id}/`);
      if (objects.length === 0) break;
      for (const { name } of objects) await store.delete(name);
    }
    await inAccount(db, accountId, (tx) =>
      tx.delete(backupPoints).where(and(eq(backupPoints.id, id), eq(backupPoints.status, 'deleting'))),
    );
  }
  return points.length === pointsAtATime;
}
