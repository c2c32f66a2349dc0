import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { notify } from '@/lib/notifications';
import { describeReplicas, type ReplicaFacts } from './describe-replicas';

interface Replication {
  id: string;
  accountId: string;
  targetVaultId: string;
  targetVaultName: string;
  targetRegion: string;
  sourceVaultName: string;
}

/**
 * Writes down that replicas are to go because their source points were archived, and tells the target's account beforehand:
 * which points, how much, and when. The date comes from the database: its own time and the target vault's guard days.
 */
export async function announceRemovals(
  tx: Tx,
  replication: Replication,
  sourcePointIds: readonly string[],
): Promise<void> {
  if (sourcePointIds.length === 0) return;
  const announced = await tx.execute<{ point_id: string; days: number; remove_at: string }>(sql`
    with announced as (
      insert into replica_removals
        (account_id, replication_id, vault_id, point_id, source_point_id, archived_at, announced_at, remove_at)
      select p.account_id, rp.replication_id, p.vault_id, p.id, rp.source_point_id,
        coalesce((select max(e.at) from point_events e where e.point_id = rp.source_point_id and e.kind = 'archived'), now()),
        now(), now()
      from replication_points rp join backup_points p on p.id = rp.target_point_id
      where rp.replication_id = ${replication.id} and rp.state = 'copied'
        and rp.source_point_id = any(${`{${sourcePointIds.join(',')}}`}::text[])
        and p.account_id = ${replication.accountId} and p.vault_id = ${replication.targetVaultId}
        and p.status = 'visible' and p.expires_at > now()
      on conflict do nothing
      returning point_id, announced_at, remove_at)
    select point_id, round(extract(epoch from remove_at - announced_at) / 86400)::int as days,
      to_char(remove_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as remove_at from announced`);
  const [first] = announced;
  // Without guard days there is no "beforehand": the removal itself says what went.
  if (!first || first.days === 0) return;
  const ids = announced.map((row) => row.point_id);
  const points = await tx.execute<ReplicaFacts & Record<string, unknown>>(sql`
    select source_name as "sourceName", created_at::text as "createdAt", source_bytes::float8 as "sourceBytes"
    from backup_points where id = any(${`{${ids.join(',')}}`}::text[]) order by created_at desc`);
  await notify(tx, replication.accountId, {
    kind: 'replication.removals_announced',
    severity: 'warning',
    title: `${replication.targetVaultName}: ${countOf(ids.length)} will be removed in ${daysOf(first.days)}`,
    body:
      `They were archived in the source vault ${replication.sourceVaultName}. On ${first.remove_at} UTC their copies ` +
      `leave this vault, unless you hold them: ${describeReplicas(points)}.`,
    href: `/${replication.targetRegion}/vaults/${replication.targetVaultId}?tab=removals`,
  });
}

export const countOf = (count: number) => `${count} replica${count === 1 ? '' : 's'}`;
const daysOf = (days: number) => `${days} day${days === 1 ? '' : 's'}`;
