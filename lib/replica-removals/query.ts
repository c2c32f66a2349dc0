import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { ReplicaRemovalList } from './schemas';

export const replicaRemovalsQuery = (vaultId: string) =>
  queryOptions({
    queryKey: ['replica-removals', vaultId],
    queryFn: ({ signal }) =>
      apiFetch(ReplicaRemovalList, `/vaults/${encodeURIComponent(vaultId)}/removals`, { signal }),
    refetchInterval: 10_000,
  });
