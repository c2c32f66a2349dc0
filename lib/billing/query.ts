import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { PriceList } from './price-list';
import { CapacityPlanUse, MonthTotal, Statement } from './statement-schemas';

/** For the estimates of `lib/billing/estimates`. */
export const priceListQuery = () =>
  queryOptions({
    queryKey: ['price-list'],
    queryFn: ({ signal }) => apiFetch(PriceList, '/price-list', { signal }),
    staleTime: 5 * 60_000,
  });

const minute = 60_000;

/** @param month such as `2026-01`; the current one without it. */
export const statementQuery = (month?: string) =>
  queryOptions({
    queryKey: ['billing', 'statement', month ?? 'now'],
    queryFn: ({ signal }) =>
      apiFetch(Statement, month ? `/billing/statement?month=${month}` : '/billing/statement', { signal }),
    refetchInterval: minute,
  });

export const monthsQuery = () =>
  queryOptions({
    queryKey: ['billing', 'months'],
    queryFn: ({ signal }) => apiFetch(listOf(MonthTotal), '/billing/months', { signal }),
    staleTime: minute,
  });

export const capacityPlansQuery = () =>
  queryOptions({
    queryKey: ['billing', 'capacity-plans'],
    queryFn: ({ signal }) => apiFetch(listOf(CapacityPlanUse), '/billing/capacity-plans', { signal }),
  });
