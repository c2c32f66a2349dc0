import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  clients,
  dataSources,
  policies,
  policyBindings,
  policyRules,
  policyRuns,
  policyTimers,
} from '@/db/schema';
import { isOnline } from '@/lib/clients';
import { type Context, newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { backupRefusal, findVaultWithKey, getAccountState, queueJob } from '@/lib/jobs';
import { findRegisteredKind } from '@/lib/sources/schemas';
import { sourceRefusal } from './binding-rules';
import type { Obstacle } from './due-run';
import { planRetention } from './retention';
import { type RuleRow, toRule } from './rule-rows';

/** Everything that a run of one rule for one binding is about. */
export interface RunSubject {
  policy: typeof policies.$inferSelect;
  rule: RuleRow;
  binding: typeof policyBindings.$inferSelect;
  source: typeof dataSources.$inferSelect;
  client: typeof clients.$inferSelect;
  timer: typeof policyTimers.$inferSelect;
  vault: NonNullable<Awaited<ReturnType<typeof findVaultWithKey>>>['vault'];
  keyState: NonNullable<Awaited<ReturnType<typeof findVaultWithKey>>>['keyState'];
  hasOpenRun: boolean;
}

/** Locks the binding, so that its runs begin one after the other. Null when it or the rule is gone. */
export async function lockRunSubject(
  tx: Tx,
  accountId: string,
  bindingId: string,
  ruleId: string,
): Promise<RunSubject | null> {
  const [binding] = await tx
    .select()
    .from(policyBindings)
    .where(and(eq(policyBindings.accountId, accountId), eq(policyBindings.id, bindingId)))
    .for('no key update');
  if (!binding) return null;
  const [timer] = await tx
    .select()
    .from(policyTimers)
    .where(and(eq(policyTimers.bindingId, bindingId), eq(policyTimers.ruleId, ruleId)))
    .for('no key update');
  const [found] = await tx
    .select({ policy: policies, rule: policyRules, source: dataSources, client: clients })
    .from(policies)
    .innerJoin(policyRules, and(eq(policyRules.policyId, policies.id), eq(policyRules.id, ruleId)))
    .innerJoin(dataSources, eq(dataSources.id, binding.sourceId))
    .innerJoin(clients, eq(clients.id, dataSources.clientId))
    .where(and(eq(policies.accountId, accountId), eq(policies.id, binding.policyId)));
  const vault = await findVaultWithKey(tx, accountId, binding.vaultId);
  if (!timer || !found || !vault) return null;
  const [open] = await tx
    .select({ id: policyRuns.id })
    .from(policyRuns)
    .where(and(eq(policyRuns.bindingId, bindingId), eq(policyRuns.state, 'open')));
  return { binding, timer, ...found, ...vault, hasOpenRun: open !== undefined };
}

/**
 * What stands in the way of a run now, or null: the same rules as for a backup by hand, and one run at a time. Whether the
 * client is there matters to a run by the clock only: one that is asked for by hand waits for its client like any backup.
 */
export async function findObstacle(
  tx: Tx,
  subject: RunSubject,
  now: Date,
  { isClientNeeded }: { isClientNeeded: boolean },
): Promise<CrossvaultError | null> {
  const { vault, keyState, source, client, binding, hasOpenRun } = subject;
  const refusal =
    sourceRefusal(source.kind) ??
    backupRefusal(vault, keyState, await getAccountState(tx, binding.accountId), {
      sourceKind: source.kind,
      now,
    });
  if (refusal) return refusal;
  if (client.revokedAt) {
    return new CrossvaultError(
      'not_eligible',
      `The client ${client.name} was revoked. Enrol the host again.`,
      {
        reason: 'client_revoked',
      },
    );
  }
  if (hasOpenRun) {
    return new CrossvaultError('state_conflict', 'The run before it has not ended.', {
      reason: 'previous_running',
    });
  }
  if (!isClientNeeded || isOnline(client, now)) return null;
  return new CrossvaultError('unavailable', `The client ${client.name} was offline.`, {
    reason: 'client_offline',
  });
}

export function toObstacle(error: CrossvaultError): Obstacle {
  return { reason: error.reason ?? error.code, explanation: error.message };
}

/**
 * Queues the backup of a run. How long its point is kept is decided here, once: the job's spec carries it to the commit, and
 * the database compares the point with the run.
 */
export async function startRun(
  tx: Tx,
  ctx: Context,
  subject: RunSubject,
  run: { cause: 'schedule' | 'manual'; runAt: Date; now: Date },
): Promise<{ runId: string; jobId: string }> {
  const { policy, binding, source, client, vault, timer } = subject;
  const rule = toRule(subject.rule);
  const retention = planRetention(rule.retention, rule.schedule.timeZone, run.runAt, timer.lastPointAt);
  const runId = newId('run');
  const spec = {
    // A host's own files are found by their client.
    sourceId: findRegisteredKind(source.kind) ? source.id : undefined,
    paths: binding.paths,
    ...(binding.includes.length > 0 && { includes: binding.includes }),
    excludes: binding.excludes,
    retentionDays: retention.days,
    archiveAfterDays: rule.archiveAfterDays,
    archiveVaultId: rule.archiveVaultId,
  };
  const plan = {
    kind: 'backup',
    clientId: client.id,
    vaultId: vault.id,
    pointId: null,
    spec,
    policyRunId: runId,
  } as const;
  const job = await queueJob(tx, ctx, plan, run.now);
  await tx.insert(policyRuns).values({
    ...describeRun(subject),
    id: runId,
    cause: run.cause,
    state: 'open',
    runAt: run.runAt,
    jobId: job.id,
    retentionDays: retention.days,
    retentionBy: retention.by,
    retentionReason: retention.reason,
    archiveAfterDays: rule.archiveAfterDays,
    keepsNewest: policy.keepsNewest,
    startedBy: ctx.actor.name,
    startedAt: run.now,
  });
  return { runId, jobId: job.id };
}

/** What a run's row keeps of things that may be renamed or gone when it is read. */
export function describeRun({ policy, rule, binding, source, vault }: RunSubject) {
  return {
    accountId: binding.accountId,
    policyId: policy.id,
    policyName: policy.name,
    ruleId: rule.id,
    ruleName: rule.name,
    bindingId: binding.id,
    sourceId: source.id,
    sourceName: source.name,
    vaultId: vault.id,
    vaultName: vault.name,
    vaultRegion: vault.region,
  };
}
