import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { RegionStorage, VaultStorage } from './schemas';

export const regionStorageQuery = () =>
  queryOptions({
    queryKey: ['storage', 'regions'],
    queryFn: ({ signal }) => apiFetch(listOf(RegionStorage), '/storage/regions', { signal }),
    refetchInterval: 15_000,
  });

export const vaultStorageQuery = (vaultId: string) =>
  queryOptions({
    queryKey: ['storage', 'vault', vaultId],
    queryFn: ({ signal }) =>
      apiFetch(VaultStorage, `/vaults/${encodeURIComponent(vaultId)}/storage`, { signal }),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? 1_500 : 10_000),
  });

function isMoving({ verifications, zones, key }: VaultStorage): boolean {
  return (
    key.isRotating ||
    verifications.some(({ state }) => state === 'queued' || state === 'running') ||
    zones.some(({ progress, owedObjects }) => progress !== null || owedObjects > 0)
  );
}
