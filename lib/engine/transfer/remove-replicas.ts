import { and, eq, inArray, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { replicaRemovals, replicationPoints, replications, vaults } from '@/db/schema';
import { engineContext, type VaultEnvironment } from '@/lib/engine/vaults';
import { notify } from '@/lib/notifications';
import { writeAudit } from '@/lib/verb';
import { appendDeletedEvents } from '../ticker/points';
import { countOf } from './announce-removals';
import { describeReplicas, type ReplicaFacts } from './describe-replicas';

const atATime = 100;

/**
 * Announced removals that may be carried out when their time comes: nobody holds them, the replication runs, its grant
 * stands and the account is active. Whoever took away the source's access, or stopped, keeps what is there.
 */
export const dueRemovals = (accountId: string) => sql`
  from replica_removals m join vaults v on v.id = m.vault_id
    join replications r on r.id = m.replication_id and r.account_id = m.account_id
  where m.account_id = ${accountId} and m.held_at is null and v.removals_held_at is null and v.locked_at is null
    and v.status in ('created', 'error') and r.state = 'active'
    and (select a.state = 'active' from accounts a where a.account_id = m.account_id)
    and (r.source_account_id = m.account_id or exists (select 1 from grants g
      where g.vault_id = m.vault_id and g.account_id = m.account_id and g.grantee_account_id = r.source_account_id))`;

interface Removed extends ReplicaFacts, Record<string, unknown> {
  id: string;
}

/** `visible` → `deleting` for due replicas of one vault, in one transaction. @returns whether there may be more. */
export async function removeReplicas(environment: VaultEnvironment, accountId: string): Promise<boolean> {
  return inAccount(environment.db, accountId, async (tx) => {
    const [first] = await tx.execute<{ vault_id: string; replication_id: string }>(sql`
      select m.vault_id, m.replication_id ${dueRemovals(accountId)} and m.remove_at <= expiry_now()
      order by m.remove_at limit 1`);
    if (!first) return false;
    const { vault_id: vaultId, replication_id: replicationId } = first;
    // In the order that commits take; a hold or a stop is either before this or after it.
    const [vault] = await tx.select().from(vaults).where(eq(vaults.id, vaultId)).for('no key update');
    await tx.select().from(replications).where(eq(replications.id, replicationId)).for('share');
    const due = await tx.execute<{ point_id: string }>(sql`
      select m.point_id ${dueRemovals(accountId)} and m.remove_at <= expiry_now() and m.vault_id = ${vaultId}
      order by m.remove_at limit ${atATime}`);
    const ids = due.map((row) => row.point_id);
    const removed = await hide(tx, ids);
    if (removed.length > 0) {
      await settle(tx, replicationId, removed);
      await writeAudit(engineContext(environment.db, accountId), tx, 'replication.replicas_removed', {
        resourceKind: 'vault',
        resourceId: vaultId,
        resourceName: vault!.name,
        after: { replicationId, pointIds: removed.map(({ id }) => id), reason: 'archived at the source' },
      });
      await notify(tx, accountId, {
        kind: 'replication.replicas_removed',
        severity: 'info',
        title: `${vault!.name}: ${countOf(removed.length)} removed`,
        body: `Archived in the source vault and removed here: ${describeReplicas(removed)}.`.slice(0, 1000),
        href: `/${vault!.region}/vaults/${vaultId}`,
      });
    }
    await tx.delete(replicaRemovals).where(inArray(replicaRemovals.pointId, ids));
    if (removed.length > 0) {
      await appendDeletedEvents(
        tx,
        accountId,
        vaultId,
        removed.map(({ id }) => id),
      );
    }
    return true;
  });
}

function hide(tx: Tx, ids: string[]): Promise<Removed[]> {
  return tx.execute<Removed>(sql`
    update backup_points set status = 'deleting'
    where id = any(${`{${ids.join(',')}}`}::text[]) and status = 'visible'
    returning id, source_name as "sourceName", created_at::text as "createdAt", source_bytes::float8 as "sourceBytes"`);
}

/** A final state: what the target removed it never copies again. */
async function settle(tx: Tx, replicationId: string, removed: readonly Removed[]): Promise<void> {
  await tx
    .update(replicationPoints)
    .set({
      state: 'archived',
      reason: 'Archived at the source; its copy was removed here when the guard days were over.',
      finishedAt: sql`now()`,
    })
    .where(
      and(
        eq(replicationPoints.replicationId, replicationId),
        inArray(
          replicationPoints.targetPointId,
          removed.map(({ id }) => id),
        ),
      ),
    );
}
