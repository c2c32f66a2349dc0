import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { AlertContactList, AlertDelivery } from './schemas';

export const alertContactsQuery = () =>
  queryOptions({
    queryKey: ['alerts', 'contacts'],
    queryFn: ({ signal }) => apiFetch(AlertContactList, '/alert-contacts', { signal }),
    refetchInterval: 10_000,
  });

export const alertDeliveriesQuery = () =>
  queryOptions({
    queryKey: ['alerts', 'deliveries'],
    queryFn: ({ signal }) => apiFetch(listOf(AlertDelivery), '/alert-deliveries', { signal }),
    refetchInterval: 10_000,
  });
