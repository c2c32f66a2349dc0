import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupPoints, replications, vaults } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import { wakeTickerOf } from '@/lib/ticker';
import { writeVerb } from '@/lib/verb';
import { getPointRow, toBackupPoint } from './internal';
import { deletionRefusal } from './rules';
import { DeleteBackupPoint } from './schemas';

/**
 * Deletes one point: it is gone from every list at once, its bytes with the next collection. A copy of it at a
 * replication target stays: deletions by hand do not travel.
 */
export const deleteBackupPoint = writeVerb({
  action: 'backup_points.delete',
  permission: 'points.delete',
  input: DeleteBackupPoint,
  async run({ ctx, tx, input, now, audit }) {
    const found = await getPointRow(tx, ctx.accountId, input.id);
    const vaultId = found.vault.id;
    // In the order that all take: what is shared, its shares, the vaults of its copies too, then the rest.
    await tx.execute(sql`select hold_vaults_of_shares(array[${found.point.id}], null)`);
    const [vault] = await tx.select().from(vaults).where(eq(vaults.id, vaultId)).for('no key update');
    if (!vault) throw notFound('backup point');
    const running = await listRunning(tx, vaultId);
    const isReplicating = running.some((replication) => replication.targetVaultId === vaultId);
    const refusal = deletionRefusal({ ...vault, isReplicating }, found.point, now);
    if (refusal) throw refusal;
    if (input.confirm !== found.point.id) {
      throw new CrossvaultError('invalid_input', 'The typed text is not the id of this backup point.', {
        fields: { confirm: 'Type the id of the backup point.' },
      });
    }
    const shown = await toBackupPoint(tx, found, now);
    const [hidden] = await tx
      .update(backupPoints)
      .set({ status: 'deleting' })
      .where(and(eq(backupPoints.id, found.point.id), eq(backupPoints.status, 'visible')))
      .returning({ id: backupPoints.id });
    if (!hidden) throw notFound('backup point');
    const owners = running.map((replication) => replication.accountId);
    for (const accountId of new Set([ctx.accountId, ...owners])) await wakeTickerOf(tx, accountId);
    await audit({
      resourceKind: 'backup_point',
      resourceId: found.point.id,
      resourceName: found.point.sourceName,
      before: { vaultId, createdAt: found.point.createdAt, sourceBytes: found.point.sourceBytes },
    });
    await appendDeletedEvent(tx, ctx.accountId, vaultId, found.point.id);
    return shown;
  },
});

function listRunning(tx: Tx, vaultId: string) {
  return tx
    .select({ accountId: replications.accountId, targetVaultId: replications.targetVaultId })
    .from(replications)
    .where(
      and(
        eq(replications.state, 'active'),
        sql`${vaultId} in (${replications.sourceVaultId}, ${replications.targetVaultId})`,
      ),
    );
}

/** The last statement: numbers then follow the order of commits, and a reader of events never skips one. */
async function appendDeletedEvent(
  tx: Tx,
  accountId: string,
  vaultId: string,
  pointId: string,
): Promise<void> {
  await tx.execute(sql`
    with numbered as (update vaults set head = head + 1 where id = ${vaultId} returning head)
    insert into point_events (account_id, vault_id, seq, kind, point_id)
    select ${accountId}, ${vaultId}, head, 'deleted', ${pointId} from numbered`);
}
