'use client';

import { useQuery } from '@tanstack/react-query';
import { useResourceGroup } from '@/components/console/use-resource-group';
import { clientsQuery } from '@/lib/clients/query';
import { jobsQuery } from '@/lib/jobs/query';
import type { Job } from '@/lib/jobs/schemas';
import { notificationsQuery } from '@/lib/notifications/query';
import { replicationsQuery } from '@/lib/replication/query';
import type { Replication } from '@/lib/replication/schemas';
import { invitationsQuery, resourceSharesQuery } from '@/lib/resource-shares/query';
import { allVaultsQuery } from '@/lib/vaults/query';
import type { Vault } from '@/lib/vaults/schemas';
import { failedJobs, runningJobs } from './job-filters';

/** Everything the overview shows; `data` is there when all of it is. */
export function useOverview() {
  const vaults = useQuery(allVaultsQuery());
  const replications = useQuery(replicationsQuery());
  const running = useQuery(jobsQuery(runningJobs));
  const failed = useQuery(jobsQuery(failedJobs));
  const clients = useQuery(clientsQuery());
  const invitations = useQuery(invitationsQuery());
  const shares = useQuery(resourceSharesQuery());
  const notifications = useQuery(notificationsQuery());
  const all = [vaults, replications, running, failed, clients, invitations, shares, notifications];
  const error = all.find((query) => query.error)?.error ?? null;
  const retry = () => {
    for (const query of all) if (query.error) void query.refetch();
  };
  const isWhole =
    vaults.data &&
    replications.data &&
    running.data &&
    failed.data &&
    clients.data &&
    invitations.data &&
    shares.data &&
    notifications.data;
  const data = isWhole && {
    vaults: vaults.data,
    replications: replications.data.items,
    running: running.data.items,
    failed: failed.data.items,
    clients: clients.data.items,
    invitations: invitations.data.items,
    shares: shares.data.items,
    notifications: notifications.data.items,
  };
  const [group] = useResourceGroup();
  return { data, shown: data && narrow(data, group), error, retry };
}

interface Narrowed {
  vaults: Vault[];
  replications: Replication[];
  running: Job[];
}

/** What belongs to the vaults of one resource group. */
function narrow({ vaults, replications, running }: Narrowed, group: string | null): Narrowed {
  if (group === null) return { vaults, replications, running };
  const inGroup = vaults.filter(({ resourceGroup }) => resourceGroup.id === group);
  const ids = new Set(inGroup.map(({ id }) => id));
  return {
    vaults: inGroup,
    replications: replications.filter(
      ({ source, target }) => ids.has(source.vaultId) || ids.has(target.vaultId),
    ),
    running: running.filter(({ vault }) => ids.has(vault.id)),
  };
}
