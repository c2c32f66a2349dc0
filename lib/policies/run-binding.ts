import { and, asc, eq } from 'drizzle-orm';
import { policyBindings, policyRules } from '@/db/schema';
import { violates } from '@/db/violations';
import { CrossvaultError, notFound } from '@/lib/errors';
import { getJobRow, toJob } from '@/lib/jobs';
import { writeVerb } from '@/lib/verb';
import { RunBinding } from './schemas';
import { findObstacle, lockRunSubject, startRun } from './start-run';

/**
 * Runs a rule now for one binding, under the rule's own retention. The schedule goes on as it is. A client that is offline
 * takes the job when it is back.
 */
export const runBinding = writeVerb({
  action: 'policies.run_now',
  permission: 'backup.run',
  input: RunBinding,
  async run({ ctx, tx, input, now, audit }) {
    const [rule] = await tx
      .select({ id: policyRules.id })
      .from(policyRules)
      .innerJoin(policyBindings, eq(policyBindings.policyId, policyRules.policyId))
      .where(
        and(
          eq(policyBindings.accountId, ctx.accountId),
          eq(policyBindings.id, input.id),
          input.ruleId === undefined ? undefined : eq(policyRules.id, input.ruleId),
        ),
      )
      .orderBy(asc(policyRules.position))
      .limit(1);
    const subject = rule && (await lockRunSubject(tx, ctx.accountId, input.id, rule.id));
    if (!subject) throw notFound('binding');
    const obstacle = await findObstacle(tx, subject, now, { isClientNeeded: false });
    if (obstacle) throw obstacle;
    try {
      const started = await startRun(tx, ctx, subject, { cause: 'manual', runAt: now, now });
      await audit({
        resourceKind: 'policy',
        resourceId: subject.policy.id,
        resourceName: subject.policy.name,
        after: { ...started, bindingId: input.id, rule: subject.rule.name },
      });
      return toJob(await getJobRow(tx, ctx.accountId, started.jobId), now);
    } catch (error) {
      if (!violates(error, 'one_open_policy_run')) throw error;
      throw new CrossvaultError('state_conflict', 'The run before it has not ended.', {
        reason: 'previous_running',
      });
    }
  },
});
