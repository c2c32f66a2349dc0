'use client';

import { useQuery } from '@tanstack/react-query';
import { Callout } from '@/components/ui/callout';
import { formatBytes, plural } from '@/components/ui/format';
import { meQuery } from '@/lib/accounts/query';
import { replicationsQuery } from '@/lib/replication/query';
import type { Replication } from '@/lib/replication/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import type { Vault } from '@/lib/vaults/schemas';

/** Who pays, and what this account's copies have cost in bytes until now: the only sizes that are known. */
export function CostWarning({ vault }: { vault: Vault }) {
  const accountId = useQuery(meQuery()).data?.account.id;
  const replications = useQuery(replicationsQuery()).data?.items;
  const vaults = useQuery(allVaultsQuery()).data;
  const incoming = replications?.filter(({ target }) => target.accountId === accountId) ?? [];
  return (
    <Callout kind="warning" title="This account pays for what arrives">
      <p>
        Storage in {vault.name} and the traffic between regions are charged to you, the owner, not to the
        account that replicates. How much that will be depends on the vault it chooses; its size cannot be
        seen from here before it does.
      </p>
      {incoming.length > 0 && <p className="mt-1.5">{tellExperience(incoming, vaults ?? [])}</p>}
    </Callout>
  );
}

function tellExperience(incoming: Replication[], vaults: Vault[]): string {
  const targets = new Set(incoming.map(({ target }) => target.vaultId));
  const stored = vaults
    .filter(({ id }) => targets.has(id))
    .reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const copied = incoming.reduce((sum, { copiedBytes }) => sum + copiedBytes, 0);
  const many = plural(incoming.length, 'replication');
  return `Until now, ${many} into your vaults brought ${formatBytes(copied)} of traffic; ${formatBytes(stored)} are stored.`;
}
