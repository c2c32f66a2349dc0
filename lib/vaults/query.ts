import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch } from '@/lib/api/fetch';
import { listOf, type Page, pageOf } from '@/lib/schemas';
import { DeletionPlan, type ListVaults, LockRehearsal, Quota, Vault } from './schemas';

export type VaultFilter = z.input<typeof ListVaults>;

const isMoving = (vault: Vault) =>
  vault.status === 'initializing' || vault.status === 'deleting' || vault.replication?.current != null;

export const vaultsQuery = (filter: VaultFilter = {}) =>
  queryOptions({
    queryKey: ['vaults', 'list', filter],
    queryFn: ({ signal }) => apiFetch(pageOf(Vault), '/vaults', { query: { ...filter }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.items.some(isMoving) ? 2_000 : 10_000),
  });

/** Every vault of a region, or of all regions; an account's limit keeps the list short. */
export const allVaultsQuery = (region?: string) =>
  queryOptions({
    queryKey: ['vaults', 'all', region ?? ''],
    queryFn: ({ signal }) => fetchAllVaults(region, signal),
    refetchInterval: ({ state }) => (state.data?.some(isMoving) ? 2_000 : 10_000),
  });

async function fetchAllVaults(region: string | undefined, signal: AbortSignal): Promise<Vault[]> {
  const vaults: Vault[] = [];
  for (let cursor: string | null = null; ; ) {
    const query: Record<string, string | number | null | undefined> = { region, cursor, limit: 200 };
    const page: Page<Vault> = await apiFetch(pageOf(Vault), '/vaults', { query, signal });
    vaults.push(...page.items);
    cursor = page.nextCursor;
    if (!cursor) return vaults;
  }
}

export const vaultQuery = (id: string) =>
  queryOptions({
    queryKey: ['vaults', 'one', id],
    queryFn: ({ signal }) => apiFetch(Vault, `/vaults/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? 2_000 : 10_000),
  });

/** Asked anew whenever its dialog opens: a plan that is a minute old may leave something out. */
export const deletionPlanQuery = (id: string) =>
  queryOptions({
    queryKey: ['vaults', 'deletion-plan', id],
    queryFn: ({ signal }) =>
      apiFetch(DeletionPlan, `/vaults/${encodeURIComponent(id)}/deletion-plan`, { signal }),
    staleTime: 0,
  });

export const lockRehearsalQuery = (id: string) =>
  queryOptions({
    queryKey: ['vaults', 'lock-rehearsal', id],
    queryFn: ({ signal }) =>
      apiFetch(LockRehearsal, `/vaults/${encodeURIComponent(id)}/lock-rehearsal`, { signal }),
    staleTime: 0,
  });

export const quotasQuery = () =>
  queryOptions({
    queryKey: ['vaults', 'quotas'],
    queryFn: ({ signal }) => apiFetch(listOf(Quota), '/quotas', { signal }),
  });
