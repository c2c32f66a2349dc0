import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { Replication, ReplicationPoint, ReplicationSample, ReplicationTarget } from './schemas';

const pathOf = (id: string) => `/replications/${encodeURIComponent(id)}`;
const pace = (replication: Replication | undefined) => (replication?.state === 'active' ? 2_000 : 30_000);

export const replicationsQuery = () =>
  queryOptions({
    queryKey: ['replications', 'list'],
    queryFn: ({ signal }) => apiFetch(listOf(Replication), '/replications', { signal }),
    refetchInterval: 5_000,
  });

export const replicationQuery = (id: string) =>
  queryOptions({
    queryKey: ['replications', 'one', id],
    queryFn: ({ signal }) => apiFetch(Replication, pathOf(id), { signal }),
    refetchInterval: ({ state }) => pace(state.data),
  });

export const replicationPointsQuery = (id: string) =>
  queryOptions({
    queryKey: ['replications', 'points', id],
    queryFn: ({ signal }) => apiFetch(listOf(ReplicationPoint), `${pathOf(id)}/points`, { signal }),
    refetchInterval: 5_000,
  });

/** Newest last: copied bytes and lag over time. */
export const replicationSamplesQuery = (id: string) =>
  queryOptions({
    queryKey: ['replications', 'samples', id],
    queryFn: ({ signal }) => apiFetch(listOf(ReplicationSample), `${pathOf(id)}/samples`, { signal }),
    refetchInterval: 10_000,
  });

/** Every vault that the source could name as its target, with the reason for those that cannot be chosen. */
export const replicationTargetsQuery = (sourceVaultId: string, region?: string) =>
  queryOptions({
    queryKey: ['replications', 'targets', sourceVaultId, region ?? ''],
    queryFn: ({ signal }) =>
      apiFetch(
        listOf(ReplicationTarget),
        `/vaults/${encodeURIComponent(sourceVaultId)}/replication-targets`,
        {
          query: { region },
          signal,
        },
      ),
  });
