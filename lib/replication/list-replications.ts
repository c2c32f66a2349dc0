import { and, desc, eq, or, sql } from 'drizzle-orm';
import { replicationPoints, replications } from '@/db/schema';
import { invariant } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { getReplicationRow, isEitherSide } from './internal';
import { sampleRanges } from './samples';
import {
  GetReplication,
  ListReplicationSamples,
  ListReplications,
  type ReplicationPoint,
  type ReplicationSample,
  type ReplicationSamples,
  type StopPlan,
} from './schemas';
import { toReplication } from './to-replication';

const shownPoints = 1000;

/** Replications out of this account and into it, newest first. */
export const listReplications = readVerb({
  action: 'replications.list',
  permission: 'vaults.read',
  input: ListReplications,
  async run({ ctx, tx, input, now }) {
    const rows = await tx
      .select()
      .from(replications)
      .where(
        and(
          isEitherSide(ctx.accountId),
          input.state ? eq(replications.state, input.state) : undefined,
          input.vaultId
            ? or(eq(replications.sourceVaultId, input.vaultId), eq(replications.targetVaultId, input.vaultId))
            : undefined,
          input.resourceGroupId ? inGroup(ctx.accountId, input.resourceGroupId) : undefined,
        ),
      )
      .orderBy(desc(replications.createdAt), desc(replications.id));
    return { items: rows.map((row) => toReplication(row, ctx.accountId, now)) };
  },
});

export const getReplication = readVerb({
  action: 'replications.get',
  permission: 'vaults.read',
  input: GetReplication,
  async run({ ctx, tx, input, now }) {
    return toReplication(await getReplicationRow(tx, ctx.accountId, input.id), ctx.accountId, now);
  },
});

/** What became of the newest points of the source, by capture time. Either side may look. */
export const listReplicationPoints = readVerb({
  action: 'replications.list_points',
  permission: 'vaults.read',
  input: GetReplication,
  async run({ ctx, tx, input }) {
    const { id } = await getReplicationRow(tx, ctx.accountId, input.id);
    const rows = await tx
      .select()
      .from(replicationPoints)
      .where(eq(replicationPoints.replicationId, id))
      .orderBy(desc(replicationPoints.capturedAt), desc(replicationPoints.sourcePointId))
      .limit(shownPoints);
    const items = rows.map(
      (row): ReplicationPoint => ({
        sourcePointId: row.sourcePointId,
        targetPointId: row.targetPointId,
        state: row.state,
        reason: row.reason,
        isHistory: row.isHistory,
        capturedAt: row.capturedAt.toISOString(),
        sourceBytes: row.sourceBytes,
        copiedBytes: row.copiedBytes,
        finishedAt: row.finishedAt?.toISOString() ?? null,
      }),
    );
    return { items };
  },
});

/** Copied bytes and lag over a range, oldest first, as coarse as a plot of it can show. */
export const listReplicationSamples = readVerb({
  action: 'replications.list_samples',
  permission: 'vaults.read',
  input: ListReplicationSamples,
  async run({ ctx, tx, input, now }): Promise<ReplicationSamples> {
    const { id } = await getReplicationRow(tx, ctx.accountId, input.id);
    const { hours, stepSeconds } = sampleRanges[input.range];
    const from = new Date(now.getTime() - hours * 3_600_000);
    const rows = await tx.execute<{ at_ms: number; copied: string; points: number; seconds: number }>(sql`
      select extract(epoch from span)::float8 * 1000 as at_ms, max(copied_bytes) as copied,
        max(lag_points) as points, max(lag_seconds) as seconds
      from (select date_bin(make_interval(secs => ${stepSeconds}), at, timestamptz 'epoch') as span,
          copied_bytes, lag_points, lag_seconds
        from replication_samples where replication_id = ${id} and at >= ${from.toISOString()}::timestamptz) as binned
      group by span order by span`);
    const items = rows.map(
      (row): ReplicationSample => ({
        at: new Date(row.at_ms).toISOString(),
        copiedBytes: Number(row.copied),
        lagPoints: row.points,
        lagSeconds: row.seconds,
      }),
    );
    return { range: input.range, stepSeconds, from: from.toISOString(), to: now.toISOString(), items };
  },
});

/** What stopping a replication leaves at the target, and what will not arrive there. Either side may ask. */
export const getStopPlan = readVerb({
  action: 'replications.get_stop_plan',
  permission: 'vaults.read',
  input: GetReplication,
  async run({ ctx, tx, input }): Promise<StopPlan> {
    const { id } = await getReplicationRow(tx, ctx.accountId, input.id);
    const [facts] = await tx.execute<Record<string, string | null>>(
      sql`select points, source_bytes, stored_bytes, pending_points, pending_bytes,
        extract(epoch from first_expires_at) * 1000 as first_ms, extract(epoch from last_expires_at) * 1000 as last_ms
        from replication_stop_facts(${id})`,
    );
    invariant(facts, 'a replication that is seen has facts');
    const at = (ms: string | null | undefined) => (ms == null ? null : new Date(Number(ms)).toISOString());
    return {
      staying: {
        points: Number(facts.points),
        sourceBytes: Number(facts.source_bytes),
        storedBytes: Number(facts.stored_bytes),
        firstExpiresAt: at(facts.first_ms),
        lastExpiresAt: at(facts.last_ms),
      },
      missing: { points: Number(facts.pending_points), bytes: Number(facts.pending_bytes) },
    };
  },
});

const inGroup = (accountId: string, groupId: string) => sql`exists (select 1 from vaults v
  where v.account_id = ${accountId} and v.resource_group_id = ${groupId}
    and v.id in (${replications.sourceVaultId}, ${replications.targetVaultId}))`;
