import { and, count, eq, inArray, ne, or, sql } from 'drizzle-orm';
import { backupPoints, dataSources, jobs, policyBindings, vaults } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { lockSource, requireRegistered } from './internal';
import { RemoveSource } from './schemas';

/**
 * Removes a source with its secret and what policies do for it; its open jobs end. Its backup points stay and can be
 * restored, to another source of its kind.
 */
export const removeSource = writeVerb({
  action: 'sources.remove',
  permission: 'sources.manage',
  input: RemoveSource,
  async run({ ctx, tx, input, now, audit }) {
    const { accountId } = ctx;
    const source = await lockSource(tx, accountId, input.id);
    requireRegistered(source);
    if (input.confirm !== source.name) {
      throw new CrossvaultError('invalid_input', 'The name does not match. Nothing was removed.', {
        fields: { confirm: 'Type the name of the data source.' },
      });
    }
    const about = or(
      eq(sql`${jobs.spec} ->> 'sourceId'`, source.id),
      eq(sql`${jobs.spec} -> 'destination' ->> 'sourceId'`, source.id),
    );
    const isOpen = inArray(jobs.status, ['queued', 'running']);
    const cancelled = await tx
      .update(jobs)
      .set({
        cancelRequestedAt: now,
        status: sql`case when ${jobs.status} = 'queued' then 'cancelled' else ${jobs.status} end`,
        finishedAt: sql`case when ${jobs.status} = 'queued' then ${now.toISOString()}::timestamptz else null end`,
      })
      .where(and(eq(jobs.accountId, accountId), isOpen, about))
      .returning({ id: jobs.id });
    const bindings = await tx
      .delete(policyBindings)
      .where(and(eq(policyBindings.accountId, accountId), eq(policyBindings.sourceId, source.id)))
      .returning({ id: policyBindings.id });
    const [kept] = await tx
      .select({ points: count() })
      .from(backupPoints)
      .innerJoin(vaults, eq(vaults.id, backupPoints.vaultId))
      .where(
        and(
          eq(backupPoints.accountId, accountId),
          eq(backupPoints.sourceId, source.id),
          eq(backupPoints.status, 'visible'),
          ne(vaults.kind, 'replication_target'),
        ),
      );
    await tx.delete(dataSources).where(eq(dataSources.id, source.id));
    const removed = {
      id: source.id,
      bindings: bindings.length,
      cancelledJobs: cancelled.length,
      keptPoints: kept?.points ?? 0,
    };
    await audit({
      resourceKind: 'data_source',
      resourceId: source.id,
      resourceName: source.name,
      before: { kind: source.kind, region: source.region, config: source.config },
      after: removed,
    });
    return removed;
  },
});
