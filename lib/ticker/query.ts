import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { TickerState } from './schemas';

/** Reads the ticker's state; waking it is `POST /api/replication/ticker`. */
export const tickerQuery = () =>
  queryOptions({
    queryKey: ['ticker'],
    queryFn: ({ signal }) => apiFetch(TickerState, '/ticker', { signal }),
    refetchInterval: 5_000,
  });
