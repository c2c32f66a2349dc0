'use client';

import { useQuery } from '@tanstack/react-query';
import { Amount } from '@/components/console/amount';
import { Panel } from '@/components/ui/panel';
import { meQuery } from '@/lib/accounts/query';
import { priceListQuery } from '@/lib/billing/query';
import { regionName } from '@/lib/regions/schemas';
import { replicationsQuery } from '@/lib/replication/query';

/** Copies of this account's vaults that lie in other accounts: who pays for them, and that it is not this one. */
export function PaidByOthers() {
  const accountId = useQuery(meQuery()).data?.account.id;
  const currency = useQuery(priceListQuery()).data?.currency ?? 'USD';
  const replications = useQuery(replicationsQuery()).data?.items ?? [];
  const others = replications.filter(
    ({ source, target }) => source.accountId === accountId && target.accountId !== accountId,
  );
  if (others.length === 0) return null;
  return (
    <Panel
      className="mb-4"
      title="Copies that other accounts pay for"
      description="The owner of a target vault pays for its storage and for the traffic into it. You pay nothing for the replica."
    >
      <ul className="flex flex-col divide-y divide-line">
        {others.map(({ id, source, target, state }) => (
          <li
            key={id}
            className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 py-2 first:pt-0 last:pb-0"
          >
            <span className="wrap-anywhere min-w-0">
              {source.vaultName}, copied to {target.vaultName} in {regionName(target.region)}
              {state === 'stopped' && <span className="text-muted"> · stopped</span>}
            </span>
            <span className="text-muted">
              Paid by {target.accountName} ({target.accountId}) · you pay{' '}
              <span className="text-ink">
                <Amount amountMicros={0} currency={currency} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
