import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { type EstimateRestore, RestoreDestination, RestoreEstimate } from './schemas';

/** Clients as destinations of a restore from one vault, with the reason for those that cannot be chosen. */
export const restoreDestinationsQuery = (vaultId: string) =>
  queryOptions({
    queryKey: ['restores', 'destinations', vaultId],
    queryFn: ({ signal }) =>
      apiFetch(listOf(RestoreDestination), `/vaults/${encodeURIComponent(vaultId)}/restore-destinations`, {
        signal,
      }),
    refetchInterval: 5_000,
  });

/** A POST, because a selection may be longer than an address; it changes nothing. */
export const restoreEstimateQuery = (input: z.input<typeof EstimateRestore>) =>
  queryOptions({
    queryKey: ['restores', 'estimate', input],
    queryFn: ({ signal }) =>
      apiFetch(RestoreEstimate, `/backup-points/${encodeURIComponent(input.pointId)}/restore-estimate`, {
        method: 'POST',
        body: { selection: input.selection },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
