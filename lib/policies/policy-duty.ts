import { and, asc, desc, eq, lte, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { policyRuns, policyTimers } from '@/db/schema';
import { type Context, createContext, newId } from '@/lib/context';
import type { Duty } from '@/lib/engine/ticker/duties';
import { notify } from '@/lib/notifications';
import { writeAudit } from '@/lib/verb';
import { type DuePlan, planDueRun } from './due-run';
import { describeMissed, isNews } from './missed-runs';
import { toSchedule } from './rule-rows';
import {
  describeRun,
  findObstacle,
  lockRunSubject,
  type RunSubject,
  startRun,
  toObstacle,
} from './start-run';

/** Starts the runs of policies whose time has come, by the database's clock. */
export const policyDuty: Duty = {
  kind: 'policies.run',
  dueAt: (accountId) =>
    sql`select min(look_at) from policy_timers where account_id = ${accountId} and look_at is not null`,
  run: (environment, accountId) =>
    inAccount(environment.db, accountId, (tx) => runNext(environment.db, tx, accountId)),
};

async function runNext(db: Context['db'], tx: Tx, accountId: string): Promise<boolean> {
  const now = await readNow(tx);
  const [due] = await tx
    .select({ bindingId: policyTimers.bindingId, ruleId: policyTimers.ruleId })
    .from(policyTimers)
    .where(and(eq(policyTimers.accountId, accountId), lte(policyTimers.lookAt, now)))
    .orderBy(asc(policyTimers.lookAt))
    .limit(1);
  if (!due) return false;
  const subject = await lockRunSubject(tx, accountId, due.bindingId, due.ruleId);
  // What went, or was moved, while this waited for its lock.
  if (!subject?.timer.runAt || !subject.timer.lookAt || subject.timer.lookAt > now) return true;
  const obstacle = await findObstacle(tx, subject, now, { isClientNeeded: true });
  const { timer } = subject;
  const plan = planDueRun(
    {
      schedule: toSchedule(subject.rule),
      dueAt: subject.timer.runAt,
      waitingFor: timer.waitingReason
        ? { reason: timer.waitingReason, explanation: timer.waitingExplanation ?? '' }
        : null,
    },
    now,
    obstacle && toObstacle(obstacle),
  );
  await executePlan(policyContext(db, accountId, subject), tx, subject, plan, now);
  return true;
}

/** The policy acts by itself; its jobs and audit rows say which one it was. */
function policyContext(db: Context['db'], accountId: string, { policy }: RunSubject): Context {
  const name = `Policy ${policy.name}`;
  return createContext({
    accountId,
    db,
    actor: { kind: 'engine', id: policy.id, name, userId: policy.id, role: 'operator' },
  });
}

async function executePlan(
  ctx: Context,
  tx: Tx,
  subject: RunSubject,
  plan: DuePlan,
  now: Date,
): Promise<void> {
  const { binding, rule, policy } = subject;
  if (plan.missed) await recordMissed(ctx, tx, subject, plan.missed, now);
  if (plan.startAt) {
    const started = await startRun(tx, ctx, subject, { cause: 'schedule', runAt: plan.startAt, now });
    await writeAudit(ctx, tx, 'policies.run', {
      resourceKind: 'policy',
      resourceId: policy.id,
      resourceName: policy.name,
      after: {
        ...started,
        bindingId: binding.id,
        rule: rule.name,
        vaultId: binding.vaultId,
        runAt: plan.startAt,
      },
    });
  }
  const { next } = plan;
  await tx
    .update(policyTimers)
    .set({
      runAt: next?.runAt ?? null,
      lookAt: next?.lookAt ?? null,
      waitingReason: next?.waitingFor?.reason ?? null,
      waitingExplanation: next?.waitingFor?.explanation ?? null,
    })
    .where(and(eq(policyTimers.bindingId, binding.id), eq(policyTimers.ruleId, rule.id)));
}

async function recordMissed(
  ctx: Context,
  tx: Tx,
  subject: RunSubject,
  missed: NonNullable<DuePlan['missed']>,
  now: Date,
): Promise<void> {
  const { policy, binding, rule } = subject;
  const [previous] = await tx
    .select()
    .from(policyRuns)
    .where(eq(policyRuns.bindingId, binding.id))
    .orderBy(desc(policyRuns.runAt), desc(policyRuns.id))
    .limit(1);
  await tx.insert(policyRuns).values({
    ...describeRun(subject),
    id: newId('run'),
    cause: 'schedule',
    state: 'missed',
    runAt: missed.lastAt,
    runCount: missed.count,
    reason: missed.reason,
    explanation: missed.explanation,
    startedBy: ctx.actor.name,
    endedAt: now,
  });
  await writeAudit(ctx, tx, 'policies.miss_run', {
    resourceKind: 'policy',
    resourceId: policy.id,
    resourceName: policy.name,
    after: {
      bindingId: binding.id,
      rule: rule.name,
      count: missed.count,
      reason: missed.reason,
      lastAt: missed.lastAt,
    },
  });
  if (!isNews(missed, previous ?? null)) return;
  const { title, body } = describeMissed(missed, subject);
  const href = `/${subject.vault.region}/policies/${policy.id}?tab=runs`;
  await notify(tx, binding.accountId, {
    kind: 'policies.run_missed',
    severity: 'warning',
    title,
    body,
    href,
  });
}

async function readNow(tx: Tx): Promise<Date> {
  const [row] = await tx.execute<{ now_ms: number }>(
    sql`select extract(epoch from clock_timestamp())::float8 * 1000 as now_ms`,
  );
  return new Date(row!.now_ms);
}
