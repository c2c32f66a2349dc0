import { and, desc, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupPoints } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { comparePolicies } from './compare';
import { getPolicyDto } from './internal';
import { estimateHeldBytes, planNextRuns, planSample, type Sample } from './preview';
import { type Policy, type PolicyPreview, PreviewPolicy } from './schemas';

const shownRuns = 10;

/**
 * What a policy would do: its next runs, a year of its points with what each rule keeps, what that comes to for each
 * binding, and against the policy as it is, what would change.
 */
export const previewPolicy = readVerb({
  action: 'policies.preview',
  permission: 'policies.read',
  input: PreviewPolicy,
  async run({ ctx, tx, input, now }): Promise<PolicyPreview> {
    const policy = input.id === undefined ? null : await getPolicyDto(tx, ctx.accountId, input.id, now);
    const samples = input.rules.map((rule) => ({ rule, sample: planSample(rule, now) }));
    const held = samples.reduce((sum, { sample }) => sum + sample.heldPoints, 0);
    return {
      nextRuns: planNextRuns(input.rules, now, shownRuns).map(({ rule, at }) => ({
        at: at.toISOString(),
        rule: rule.name,
      })),
      rules: samples.map(({ rule, sample }) => ({ name: rule.name, ...describeSample(sample) })),
      bindings: policy ? await describeBindings(tx, ctx.accountId, policy, held) : [],
      changes: policy ? comparePolicies(policy, input, now) : [],
    };
  },
});

function describeSample({ until, totals, heldPoints, heldArchived }: Sample) {
  return { until: until.toISOString(), totals, heldPoints, heldArchived };
}

async function describeBindings(tx: Tx, accountId: string, { bindings }: Policy, heldPoints: number) {
  if (bindings.length === 0) return [];
  const points = await tx
    .select({
      bindingId: backupPoints.bindingId,
      expiresAt: backupPoints.expiresAt,
      sourceBytes: backupPoints.sourceBytes,
      addedBytes: backupPoints.addedBytes,
    })
    .from(backupPoints)
    .where(
      and(
        eq(backupPoints.accountId, accountId),
        eq(backupPoints.status, 'visible'),
        inArray(
          backupPoints.bindingId,
          bindings.map(({ id }) => id),
        ),
      ),
    )
    .orderBy(desc(backupPoints.createdAt), desc(backupPoints.id));
  return bindings.map(({ id, source, vault }) => {
    const mine = points.filter(({ bindingId }) => bindingId === id);
    const dates = mine.map(({ expiresAt }) => expiresAt.toISOString()).sort();
    return {
      id,
      sourceName: source.name,
      vaultName: vault.name,
      points: mine.length,
      firstExpiryAt: dates[0] ?? null,
      lastExpiryAt: dates.at(-1) ?? null,
      heldPoints,
      heldBytes: estimateHeldBytes(heldPoints, mine),
    };
  });
}
