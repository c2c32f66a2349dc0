import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import {
  type EstimateRestore,
  type ListRestoreDestinations,
  RestoreDestination,
  RestoreEstimate,
  RestoreKind,
} from './schemas';

export const restoreKindsQuery = () =>
  queryOptions({
    queryKey: ['restores', 'kinds'],
    queryFn: ({ signal }) => apiFetch(listOf(RestoreKind), '/restore-kinds', { signal }),
    refetchInterval: 10_000,
  });

/** What a point of this kind can be restored to, with the reason for what cannot be chosen. */
export const restoreDestinationsQuery = (filter: z.input<typeof ListRestoreDestinations>) =>
  queryOptions({
    queryKey: ['restores', 'destinations', filter],
    queryFn: ({ signal }) =>
      apiFetch(listOf(RestoreDestination), '/restore-destinations', { query: { ...filter }, signal }),
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
