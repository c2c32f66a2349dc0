import { and, asc, desc, eq, gte, or, sql } from 'drizzle-orm';
import { replicationPoints, replicationSamples, replications } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { getReplicationRow, isEitherSide } from './internal';
import { GetReplication, ListReplications, type ReplicationPoint, type ReplicationSample } from './schemas';
import { toReplication } from './to-replication';

const shownPoints = 1000;
const sampleHours = 24;

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

/** The last 24 hours of copied bytes and lag, oldest first. */
export const listReplicationSamples = readVerb({
  action: 'replications.list_samples',
  permission: 'vaults.read',
  input: GetReplication,
  async run({ ctx, tx, input, now }) {
    const { id } = await getReplicationRow(tx, ctx.accountId, input.id);
    const since = new Date(now.getTime() - sampleHours * 3_600_000);
    const rows = await tx
      .select()
      .from(replicationSamples)
      .where(and(eq(replicationSamples.replicationId, id), gte(replicationSamples.at, since)))
      .orderBy(asc(replicationSamples.at));
    const items = rows.map(
      ({ at, copiedBytes, lagPoints, lagSeconds }): ReplicationSample => ({
        at: at.toISOString(),
        copiedBytes,
        lagPoints,
        lagSeconds,
      }),
    );
    return { items };
  },
});

const inGroup = (accountId: string, groupId: string) => sql`exists (select 1 from vaults v
  where v.account_id = ${accountId} and v.resource_group_id = ${groupId}
    and v.id in (${replications.sourceVaultId}, ${replications.targetVaultId}))`;
