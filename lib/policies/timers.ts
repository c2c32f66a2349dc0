import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { policyBindings, policyRules, policyTimers } from '@/db/schema';
import { toSchedule } from './rule-rows';
import { nextRunAfter } from './schedule';

/**
 * Sets when each rule of a policy runs next for each of its bindings, and wakes the ticker for the first of them. A time
 * that stands is kept, a run that waits too, except where `rescheduled` names the rule. What is switched off has no time.
 */
export async function syncTimers(
  tx: Tx,
  accountId: string,
  policyId: string,
  now: Date,
  rescheduled: ReadonlySet<string> = new Set(),
): Promise<void> {
  const of = (column: typeof policyRules.policyId | typeof policyBindings.policyId) => eq(column, policyId);
  const rules = await tx
    .select()
    .from(policyRules)
    .where(and(eq(policyRules.accountId, accountId), of(policyRules.policyId)));
  const bindings = await tx
    .select()
    .from(policyBindings)
    .where(and(eq(policyBindings.accountId, accountId), of(policyBindings.policyId)));
  const timers = await tx
    .select({ timer: policyTimers })
    .from(policyTimers)
    .innerJoin(policyBindings, eq(policyBindings.id, policyTimers.bindingId))
    .where(and(eq(policyTimers.accountId, accountId), of(policyBindings.policyId)));
  const times: Date[] = [];
  for (const rule of rules) {
    const next = nextRunAfter(toSchedule(rule), now);
    for (const { id: bindingId, isEnabled } of bindings) {
      const standing = timers.find(
        ({ timer }) => timer.bindingId === bindingId && timer.ruleId === rule.id,
      )?.timer;
      if (isEnabled && standing?.runAt && !rescheduled.has(rule.id)) continue;
      const at = isEnabled ? next : null;
      if (at) times.push(at);
      await setTimer(tx, { accountId, bindingId, ruleId: rule.id }, at);
    }
  }
  const first = times.sort((a, b) => a.getTime() - b.getTime())[0];
  if (first) await tx.execute(sql`select wake_ticker(${accountId}, ${first.toISOString()}::timestamptz)`);
}

async function setTimer(
  tx: Tx,
  key: { accountId: string; bindingId: string; ruleId: string },
  at: Date | null,
): Promise<void> {
  const times = { runAt: at, lookAt: at, waitingReason: null, waitingExplanation: null };
  await tx
    .insert(policyTimers)
    .values({ ...key, ...times })
    .onConflictDoUpdate({ target: [policyTimers.bindingId, policyTimers.ruleId], set: times });
}
