import { and, asc, count, desc, eq, inArray, max, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  backupPoints,
  clients,
  dataSources,
  policies,
  policyBindings,
  policyRules,
  policyRuns,
  policyTimers,
  replications,
  vaults,
} from '@/db/schema';
import { clientStatus } from '@/lib/clients';
import { invariant, notFound } from '@/lib/errors';
import { toRule } from './rule-rows';
import type { Policy, PolicyBinding, PolicyRun } from './schemas';

export type PolicyRow = typeof policies.$inferSelect;
export type RunRow = typeof policyRuns.$inferSelect;

/** Everyone who changes a policy or what it is bound to locks the policy first. */
export async function lockPolicy(tx: Tx, accountId: string, id: string): Promise<PolicyRow> {
  const [policy] = await tx
    .select()
    .from(policies)
    .where(and(eq(policies.accountId, accountId), eq(policies.id, id)))
    .for('no key update');
  if (!policy) throw notFound('policy');
  return policy;
}

/** Locks the policy of a binding, then the binding. */
export async function lockBinding(tx: Tx, accountId: string, id: string) {
  const found = () =>
    tx
      .select()
      .from(policyBindings)
      .where(and(eq(policyBindings.accountId, accountId), eq(policyBindings.id, id)));
  const [seen] = await found();
  if (!seen) throw notFound('binding');
  const policy = await lockPolicy(tx, accountId, seen.policyId);
  const [binding] = await found().for('no key update');
  if (!binding) throw notFound('binding');
  return { policy, binding };
}

export async function getPolicyDto(tx: Tx, accountId: string, id: string, now: Date): Promise<Policy> {
  const rows = await tx
    .select()
    .from(policies)
    .where(and(eq(policies.accountId, accountId), eq(policies.id, id)));
  const [policy] = await toPolicies(tx, accountId, rows, now);
  if (!policy) throw notFound('policy');
  return policy;
}

/** Policies as the API shows them, with the same few queries however many they are. */
export async function toPolicies(tx: Tx, accountId: string, rows: PolicyRow[], now: Date): Promise<Policy[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const rules = await tx
    .select()
    .from(policyRules)
    .where(and(eq(policyRules.accountId, accountId), inArray(policyRules.policyId, ids)))
    .orderBy(asc(policyRules.position));
  const bindings = await listBindings(tx, accountId, inArray(policyBindings.policyId, ids), now);
  const points = await countPoints(tx, accountId, ids);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    rules: rules.filter((rule) => rule.policyId === row.id).map(toRule),
    keepsNewest: row.keepsNewest,
    replicates: row.replicates,
    bindings: bindings.filter((binding) => binding.policy.id === row.id),
    points: points.get(row.id) ?? { count: 0, lastExpiryAt: null, keptNewest: 0 },
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    updatedAt: row.updatedAt.toISOString(),
    updatedBy: row.updatedBy,
  }));
}

async function countPoints(tx: Tx, accountId: string, policyIds: string[]) {
  const rows = await tx
    .select({
      policyId: policyRuns.policyId,
      points: count(),
      lastExpiryAt: max(backupPoints.expiresAt),
      keptNewest: sql<number>`(count(*) filter (where is_kept_as_newest(backup_points)))::int`,
    })
    .from(backupPoints)
    .innerJoin(policyRuns, eq(policyRuns.id, backupPoints.policyRunId))
    .where(
      and(
        eq(backupPoints.accountId, accountId),
        eq(backupPoints.status, 'visible'),
        inArray(policyRuns.policyId, policyIds),
      ),
    )
    .groupBy(policyRuns.policyId);
  return new Map(
    rows.map(({ policyId, points, lastExpiryAt, keptNewest }) => [
      policyId,
      { count: points, lastExpiryAt: lastExpiryAt?.toISOString() ?? null, keptNewest },
    ]),
  );
}

/** What policies are bound to, with the next run and the last one of each. */
export async function listBindings(
  tx: Tx,
  accountId: string,
  condition: SQL | undefined,
  now: Date,
): Promise<PolicyBinding[]> {
  const rows = await tx
    .select({
      binding: policyBindings,
      policy: policies,
      source: dataSources,
      client: clients,
      vault: vaults,
    })
    .from(policyBindings)
    .innerJoin(policies, eq(policies.id, policyBindings.policyId))
    .innerJoin(dataSources, eq(dataSources.id, policyBindings.sourceId))
    .innerJoin(clients, eq(clients.id, dataSources.clientId))
    .innerJoin(vaults, eq(vaults.id, policyBindings.vaultId))
    .where(and(eq(policyBindings.accountId, accountId), condition))
    .orderBy(asc(dataSources.name), asc(policyBindings.id));
  if (rows.length === 0) return [];
  const ids = rows.map(({ binding }) => binding.id);
  const next = await listNextRuns(tx, ids);
  const last = await listLastRuns(tx, ids);
  const running = await tx
    .select()
    .from(replications)
    .where(
      and(
        eq(replications.state, 'active'),
        inArray(
          replications.sourceVaultId,
          rows.map(({ vault }) => vault.id),
        ),
      ),
    );
  return rows.map(({ binding, policy, source, client, vault }) => {
    const run = last.get(binding.id);
    const replication = running.find(({ sourceVaultId }) => sourceVaultId === vault.id);
    return {
      id: binding.id,
      policy: { id: policy.id, name: policy.name },
      source: { id: source.id, kind: source.kind, name: source.name },
      client: { id: client.id, name: client.name, status: clientStatus(client, now) },
      vault: { id: vault.id, name: vault.name, region: vault.region },
      paths: binding.paths,
      includes: binding.includes,
      excludes: binding.excludes,
      isEnabled: binding.isEnabled,
      nextRun: next.get(binding.id) ?? null,
      lastRun: run ? toRun(run) : null,
      replication: replication
        ? {
            id: replication.id,
            targetVaultName: replication.targetVaultName,
            targetAccountName: replication.targetAccountName,
          }
        : null,
      createdAt: binding.createdAt.toISOString(),
    };
  });
}

async function listNextRuns(tx: Tx, bindingIds: string[]) {
  const rows = await tx
    .selectDistinctOn([policyTimers.bindingId], { timer: policyTimers, ruleName: policyRules.name })
    .from(policyTimers)
    .innerJoin(policyRules, eq(policyRules.id, policyTimers.ruleId))
    .where(and(inArray(policyTimers.bindingId, bindingIds), sql`${policyTimers.runAt} is not null`))
    .orderBy(policyTimers.bindingId, asc(policyTimers.runAt));
  return new Map(
    rows.map(({ timer, ruleName }) => {
      invariant(timer.runAt, 'only timers with a time were asked for');
      return [
        timer.bindingId,
        {
          at: timer.runAt.toISOString(),
          ruleId: timer.ruleId,
          ruleName,
          waitingFor: timer.waitingExplanation,
        },
      ];
    }),
  );
}

async function listLastRuns(tx: Tx, bindingIds: string[]) {
  const rows = await tx
    .selectDistinctOn([policyRuns.bindingId])
    .from(policyRuns)
    .where(inArray(policyRuns.bindingId, bindingIds))
    .orderBy(policyRuns.bindingId, desc(policyRuns.runAt), desc(policyRuns.id));
  return new Map(rows.map((row) => [row.bindingId, row]));
}

export async function getBindingDto(
  tx: Tx,
  accountId: string,
  id: string,
  now: Date,
): Promise<PolicyBinding> {
  const [binding] = await listBindings(tx, accountId, eq(policyBindings.id, id), now);
  if (!binding) throw notFound('binding');
  return binding;
}

export function toRun(row: RunRow): PolicyRun {
  return {
    id: row.id,
    policy: { id: row.policyId, name: row.policyName },
    rule: { id: row.ruleId, name: row.ruleName },
    bindingId: row.bindingId,
    source: { id: row.sourceId, name: row.sourceName },
    vault: { id: row.vaultId, name: row.vaultName, region: row.vaultRegion },
    cause: row.cause,
    state: row.state,
    runAt: row.runAt.toISOString(),
    runCount: row.runCount,
    reason: row.reason,
    explanation: row.explanation,
    jobId: row.jobId,
    pointId: row.pointId,
    retentionDays: row.retentionDays,
    retentionReason: row.retentionReason,
    startedBy: row.startedBy,
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
