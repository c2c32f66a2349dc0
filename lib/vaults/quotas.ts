import type { quotaCounters, trialUses } from '@/db/schema';
import { CrossvaultError, invariant } from '@/lib/errors';
import { regionName } from '@/lib/regions/schemas';
import { isTrial, VaultKind, vaultKinds } from './kinds';
import type { Quota } from './schemas';

type Row = Pick<typeof quotaCounters.$inferSelect, 'name' | 'region' | 'used' | 'maximum'>;
type TrialUse = Pick<typeof trialUses.$inferSelect, 'kind' | 'region'>;
type TrialName = Exclude<Quota['name'], 'vaults' | 'replication_targets'>;

/** What the database's trigger starts a counter with; a counter that exists tells its own maximum. */
const defaultMaximum = { vaults: 100, replication_targets: 5 };
const trials = VaultKind.options.filter(isTrial) as TrialName[];

/** The counters of an account, with those that nothing has been counted in yet, and the trials it has had. */
export function completeQuotas(rows: Row[], uses: TrialUse[], regionIds: string[]): Quota[] {
  const counter = (name: keyof typeof defaultMaximum, region: string): Quota => {
    const row = rows.find((candidate) => candidate.name === name && candidate.region === region);
    return { name, region, used: row?.used ?? 0, maximum: row?.maximum ?? defaultMaximum[name] };
  };
  const trial = (name: TrialName, region: string): Quota => {
    const isUsed = uses.some((use) => use.kind === name && use.region === region);
    return { name, region, used: isUsed ? 1 : 0, maximum: 1 };
  };
  return [
    counter('vaults', ''),
    ...regionIds.flatMap((region) => [
      counter('replication_targets', region),
      ...trials.map((name) => trial(name, region)),
    ]),
  ];
}

/** Why a new vault of this kind would go beyond a limit, or null: the one that is reached first. */
export function quotaRefusal(quotas: Quota[], kind: VaultKind, region: string): CrossvaultError | null {
  const full = quotas.find((quota) => quota.used >= quota.maximum && limits(quota, kind, region));
  if (!full) return null;
  return new CrossvaultError('quota_exceeded', sentenceOf(full), {
    reason: isTrial(kind) && full.name === kind ? 'trial_used' : full.name,
  });
}

/** The refusal of a limit that the database has just held; it may have been reached after the counters were read. */
export function limitReached(
  quotas: Quota[],
  kind: VaultKind,
  region: string,
  name: string = vaultKinds[kind].ownQuota ?? 'vaults',
): CrossvaultError {
  const raced = quotas.map((quota) => (quota.name === name ? { ...quota, used: quota.maximum } : quota));
  const refusal = quotaRefusal(quotas, kind, region) ?? quotaRefusal(raced, kind, region);
  invariant(refusal, 'a limit that refused is one of the known');
  return refusal;
}

/** Whether a limit concerns a new vault of this kind in this region. */
export function limits(quota: Quota, kind: VaultKind, region: string): boolean {
  if (quota.name === 'vaults') return true;
  return quota.region === region && (quota.name === vaultKinds[kind].ownQuota || quota.name === kind);
}

function sentenceOf({ name, region, maximum }: Quota): string {
  const place = regionName(region);
  if (name === 'vaults') return `The account may have ${maximum} vaults and has them all. Delete one first.`;
  if (name === 'replication_targets') {
    return `The account may have ${maximum} replication target vaults in ${place} and has them all. Delete one first.`;
  }
  return `This account has had its ${vaultKinds[name].word} in ${place}: there is one per region, also when its vault is gone. Create a standard vault.`;
}
