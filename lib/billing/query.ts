import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { PriceList } from './price-list';

/** For the estimates of `lib/billing/estimates`. */
export const priceListQuery = () =>
  queryOptions({
    queryKey: ['price-list'],
    queryFn: ({ signal }) => apiFetch(PriceList, '/price-list', { signal }),
    staleTime: 5 * 60_000,
  });
