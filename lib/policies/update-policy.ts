import { eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { policies, policyRules } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { requireArchiveVaults } from './archive-vaults';
import { asPolicyError, describePolicy, insertRules } from './create-policy';
import { getPolicyDto, lockPolicy } from './internal';
import { replicateBoundVaults } from './replicate-vaults';
import { ruleColumns } from './rule-rows';
import { type PolicyRule, type RuleInput, UpdatePolicy } from './schemas';
import { syncTimers } from './timers';

/**
 * Changes a policy for what it does from now on. Points that exist keep their dates and a run under way goes on; a rule
 * whose schedule did not change keeps its next run.
 */
export const updatePolicy = writeVerb({
  action: 'policies.update',
  permission: 'policies.manage',
  input: UpdatePolicy,
  async run({ ctx, tx, input, now, audit }) {
    const row = await lockPolicy(tx, ctx.accountId, input.id);
    const before = await getPolicyDto(tx, ctx.accountId, input.id, now);
    if (row.version !== input.version) {
      throw new CrossvaultError(
        'state_conflict',
        `${row.updatedBy} has changed this policy since you opened it. Your change was not saved: look at the policy and make it again.`,
        { reason: 'changed_meanwhile' },
      );
    }
    const { name, description, keepsNewest, replicates } = input;
    const changed = { name, description, keepsNewest, replicates, version: row.version + 1 };
    try {
      await tx
        .update(policies)
        .set({ ...changed, updatedAt: now, updatedBy: ctx.actor.name })
        .where(eq(policies.id, row.id));
    } catch (error) {
      throw asPolicyError(error, name);
    }
    const rescheduled = await writeRules(tx, ctx.accountId, before, input.rules);
    await requireArchiveVaults(tx, ctx.accountId, row.id);
    await replicateBoundVaults(tx, ctx, { id: row.id, replicates }, input.targets, now);
    await syncTimers(tx, ctx.accountId, row.id, now, rescheduled);
    const after = await getPolicyDto(tx, ctx.accountId, row.id, now);
    await audit({
      resourceKind: 'policy',
      resourceId: row.id,
      resourceName: name,
      before: describePolicy(before),
      after: describePolicy(after),
    });
    return after;
  },
});

/** @returns the rules whose schedule is another one now. */
async function writeRules(
  tx: Tx,
  accountId: string,
  before: { id: string; rules: PolicyRule[] },
  rules: RuleInput[],
): Promise<Set<string>> {
  requireOwnRules(before.rules, rules);
  const gone = before.rules.filter(({ id }) => !rules.some((rule) => rule.id === id)).map(({ id }) => id);
  if (gone.length > 0) await tx.delete(policyRules).where(inArray(policyRules.id, gone));
  const rescheduled = new Set<string>();
  for (const [position, rule] of rules.entries()) {
    const old = before.rules.find(({ id }) => id === rule.id);
    if (!old) continue;
    await tx
      .update(policyRules)
      .set({ ...ruleColumns(rule), position })
      .where(eq(policyRules.id, old.id));
    if (JSON.stringify(scheduleColumns(rule)) !== JSON.stringify(scheduleColumns(old)))
      rescheduled.add(old.id);
  }
  const added = rules.flatMap((rule, position) => (rule.id === undefined ? [{ rule, position }] : []));
  await insertRules(tx, accountId, before.id, added);
  return rescheduled;
}

function scheduleColumns(rule: Pick<RuleInput, 'schedule'>) {
  const { schedule } = rule;
  const { kind, timeZone } = schedule;
  const rhythm = kind === 'cron' ? schedule.expression : [schedule.every, schedule.unit];
  return [kind, timeZone, Date.parse(schedule.startAt), rhythm];
}

function requireOwnRules(known: PolicyRule[], rules: RuleInput[]): void {
  const ids = rules.flatMap(({ id }) => id ?? []);
  const strange = ids.find((id) => !known.some((rule) => rule.id === id));
  if (strange === undefined && new Set(ids).size === ids.length) return;
  const index = rules.findIndex(({ id }) => id === (strange ?? ids.find((one, i) => ids.indexOf(one) !== i)));
  throw new CrossvaultError('invalid_input', 'A rule is not one of this policy. Nothing was changed.', {
    fields: { [`rules.${index}.id`]: 'The policy has no such rule, or it stands here twice.' },
  });
}
