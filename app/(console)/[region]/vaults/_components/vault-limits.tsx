'use client';

import { useQuery } from '@tanstack/react-query';
import { regionName } from '@/lib/regions/schemas';
import { quotasQuery } from '@/lib/vaults/query';
import { isTrial, type Quota, VaultKind, vaultKinds } from '@/lib/vaults/schemas';
import { QuotaMeter } from './create-vault/quota-meter';

/** The limits on vaults that matter in this region, and what is used of them. */
export function VaultLimits({ region }: { region: string }) {
  const quotas = useQuery(quotasQuery()).data?.items.filter(
    (quota) => quota.region === '' || quota.region === region,
  );
  if (!quotas) return null;
  const counters = quotas.filter(({ name }) => name === 'vaults' || name === 'replication_targets');
  return (
    <section aria-labelledby="vault-limits" className="panel mt-5 p-4">
      <h2 id="vault-limits" className="mb-3 font-semibold">
        Limits
      </h2>
      <div className="grid gap-4 sm:grid-cols-3">
        {counters.map((quota) => (
          <QuotaMeter key={quota.name} quota={quota} />
        ))}
        <p className="text-muted text-sm">{describeTrials(quotas, region)}</p>
      </div>
    </section>
  );
}

function describeTrials(quotas: Quota[], region: string): string {
  const place = regionName(region);
  const trials = VaultKind.options.filter(isTrial);
  const left = trials.filter((kind) => quotas.some(({ name, used }) => name === kind && used === 0));
  if (left.length === 0) return `Every free trial of ${place} has been used.`;
  return `Free trials left in ${place}: ${left.map((kind) => vaultKinds[kind].word).join(', ')}. Each is had once.`;
}
