import { and, asc, count, eq, inArray } from 'drizzle-orm';
import { cutPage, keyset } from '@/db/keyset';
import { policies, policyBindings, policyRuns } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { getPolicyDto, listBindings, toPolicies, toRun } from './internal';
import { GetPolicy, ListPolicies, ListPolicyBindings, ListPolicyRuns, type RunState } from './schemas';

/** All policies of the account, by name; their quota keeps the list short. */
export const listPolicies = readVerb({
  action: 'policies.list',
  permission: 'policies.read',
  input: ListPolicies,
  async run({ ctx, tx, now }) {
    const rows = await tx
      .select()
      .from(policies)
      .where(eq(policies.accountId, ctx.accountId))
      .orderBy(asc(policies.name), asc(policies.id));
    return { items: await toPolicies(tx, ctx.accountId, rows, now) };
  },
});

export const getPolicy = readVerb({
  action: 'policies.get',
  permission: 'policies.read',
  input: GetPolicy,
  run: ({ ctx, tx, input, now }) => getPolicyDto(tx, ctx.accountId, input.id, now),
});

/** What policies are bound to: all of it, or that of one policy, vault or data source. */
export const listPolicyBindings = readVerb({
  action: 'policies.list_bindings',
  permission: 'policies.read',
  input: ListPolicyBindings,
  async run({ ctx, tx, input, now }) {
    const matching = and(
      input.policyId ? eq(policyBindings.policyId, input.policyId) : undefined,
      input.vaultId ? eq(policyBindings.vaultId, input.vaultId) : undefined,
      input.sourceId ? eq(policyBindings.sourceId, input.sourceId) : undefined,
    );
    return { items: await listBindings(tx, ctx.accountId, matching, now) };
  },
});

/** What became of the runs, newest first; those of deleted policies too. */
export const listPolicyRuns = readVerb({
  action: 'policies.list_runs',
  permission: 'policies.read',
  input: ListPolicyRuns,
  async run({ ctx, tx, input }) {
    const states = input.state?.split(',').filter(Boolean) as RunState[] | undefined;
    const matching = and(
      eq(policyRuns.accountId, ctx.accountId),
      input.policyId ? eq(policyRuns.policyId, input.policyId) : undefined,
      input.bindingId ? eq(policyRuns.bindingId, input.bindingId) : undefined,
      states?.length ? inArray(policyRuns.state, states) : undefined,
    );
    const page = keyset(policyRuns.runAt, policyRuns.id, 'desc', input.cursor);
    const found = await tx
      .select({ run: policyRuns, cursor: page.cursor })
      .from(policyRuns)
      .where(and(matching, page.after))
      .orderBy(...page.orderBy)
      .limit(input.limit + 1);
    const [counted] = await tx.select({ total: count() }).from(policyRuns).where(matching);
    const { rows, nextCursor } = cutPage(found, input.limit);
    return { items: rows.map(({ run }) => toRun(run)), nextCursor, total: counted?.total ?? 0 };
  },
});
