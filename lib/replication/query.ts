import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import type { SampleRange } from './samples';
import {
  Replication,
  ReplicationPoint,
  ReplicationSamples,
  ReplicationTarget,
  StopPlan,
  VaultGrowth,
} from './schemas';

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
export const replicationSamplesQuery = (id: string, range: SampleRange = '24h') =>
  queryOptions({
    queryKey: ['replications', 'samples', id, range],
    queryFn: ({ signal }) =>
      apiFetch(ReplicationSamples, `${pathOf(id)}/samples`, { query: { range }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: range === '24h' ? 15_000 : 60_000,
  });

/** What stopping it would leave: asked anew whenever it is to be shown. */
export const stopPlanQuery = (id: string) =>
  queryOptions({
    queryKey: ['replications', 'stop-plan', id],
    queryFn: ({ signal }) => apiFetch(StopPlan, `${pathOf(id)}/stop-plan`, { signal }),
    staleTime: 0,
    refetchInterval: 5_000,
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

/** Stored size and growth of one vault, or of the account's targets that hold a replica. */
export const vaultGrowthQuery = (vaultId?: string) =>
  queryOptions({
    queryKey: ['replications', 'growth', vaultId ?? null],
    queryFn: ({ signal }) =>
      apiFetch(listOf(VaultGrowth), '/vault-growth', {
        query: vaultId === undefined ? {} : { vaultId },
        signal,
      }),
    staleTime: 60_000,
  });
