import type { quotaCounters } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { findRegion } from '@/lib/regions';
import type { Quota } from './schemas';

type Row = Pick<typeof quotaCounters.$inferSelect, 'name' | 'region' | 'used' | 'maximum'>;

/** What the database's trigger starts a counter with; a counter that exists tells its own maximum. */
const defaultMaximum: Record<Quota['name'], number> = { vaults: 100, replication_targets: 5 };

/** The counters of an account, with those that nothing has been counted in yet. */
export function completeQuotas(rows: Row[], regionIds: string[]): Quota[] {
  const counters: [Quota['name'], string][] = [
    ['vaults', ''],
    ...regionIds.map((region): [Quota['name'], string] => ['replication_targets', region]),
  ];
  return counters.map(([name, region]) => {
    const row = rows.find((candidate) => candidate.name === name && candidate.region === region);
    return { name, region, used: row?.used ?? 0, maximum: row?.maximum ?? defaultMaximum[name] };
  });
}

/** Tells which of the limits on a new vault is reached. */
export function quotaExceeded(
  quotas: Quota[],
  kind: 'standard' | 'replication_target',
  region: string,
): CrossvaultError {
  const limitOf = (name: Quota['name'], at: string) =>
    quotas.find((quota) => quota.name === name && quota.region === at);
  const targets = limitOf('replication_targets', region);
  const isTargetLimit =
    kind === 'replication_target' && targets !== undefined && targets.used >= targets.maximum;
  const maximum = isTargetLimit ? targets.maximum : (limitOf('vaults', '')?.maximum ?? defaultMaximum.vaults);
  const what = isTargetLimit
    ? `replication target vaults in ${findRegion(region)?.name ?? region}`
    : 'vaults';
  return new CrossvaultError(
    'quota_exceeded',
    `The account may have ${maximum} ${what} and has them all. Delete one first.`,
    {
      reason: isTargetLimit ? 'replication_targets' : 'vaults',
    },
  );
}
