import { and, count, eq, ilike, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { cutPage, keyset } from '@/db/keyset';
import { clients, dataSources, jobs, vaults } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { getJobRow, isSourceOfJob, jobColumns, sourceIdOfJob, toJob } from './internal';
import { GetJob, type Job, ListJobs } from './schemas';

/** The account's jobs, newest first. `status` may name several, separated by commas. */
export const listJobs = readVerb({
  action: 'jobs.list',
  permission: 'jobs.read',
  input: ListJobs,
  async run({ ctx, tx, input, now }) {
    const matching = and(eq(jobs.accountId, ctx.accountId), ...conditions(input));
    const page = keyset(jobs.createdAt, jobs.id, 'desc', input.cursor);
    const found = await tx
      .select({ ...jobColumns, cursor: page.cursor })
      .from(jobs)
      .innerJoin(clients, eq(clients.id, jobs.clientId))
      .leftJoin(vaults, and(eq(vaults.id, jobs.vaultId), eq(vaults.accountId, jobs.accountId)))
      .leftJoin(dataSources, isSourceOfJob)
      .where(and(matching, page.after))
      .orderBy(...page.orderBy)
      .limit(input.limit + 1);
    const [counted] = await tx
      .select({ total: count() })
      .from(jobs)
      .innerJoin(clients, eq(clients.id, jobs.clientId))
      .leftJoin(vaults, and(eq(vaults.id, jobs.vaultId), eq(vaults.accountId, jobs.accountId)))
      .leftJoin(dataSources, isSourceOfJob)
      .where(matching);
    const { rows, nextCursor } = cutPage(found, input.limit);
    return { items: rows.map((row) => toJob(row, now)), nextCursor, total: counted?.total ?? 0 };
  },
});

export const getJob = readVerb({
  action: 'jobs.get',
  permission: 'jobs.read',
  input: GetJob,
  async run({ ctx, tx, input, now }) {
    return toJob(await getJobRow(tx, ctx.accountId, input.id), now);
  },
});

function conditions(input: z.output<typeof ListJobs>): (SQL | undefined)[] {
  const statuses = input.status?.split(',').filter(Boolean) as Job['status'][] | undefined;
  const like = input.query && `%${input.query.replace(/[\\%_]/g, '\\$&')}%`;
  return [
    input.kind && eq(jobs.kind, input.kind),
    statuses?.length ? inArray(jobs.status, statuses) : undefined,
    input.sourceKind ? sql`${jobs.spec} ->> 'sourceKind' = ${input.sourceKind}` : undefined,
    input.vaultId ? eq(jobs.vaultId, input.vaultId) : undefined,
    input.clientId ? eq(jobs.clientId, input.clientId) : undefined,
    input.sourceId ? eq(sourceIdOfJob, input.sourceId) : undefined,
    input.resourceGroupId ? eq(vaults.resourceGroupId, input.resourceGroupId) : undefined,
    like
      ? or(
          ilike(jobs.id, like),
          ilike(clients.name, like),
          ilike(vaults.name, like),
          ilike(dataSources.name, like),
          sql`${jobs.spec}::text ilike ${like}`,
        )
      : undefined,
  ];
}
