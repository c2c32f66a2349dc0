'use client';

import { useQuery } from '@tanstack/react-query';
import { TickerState } from '@/lib/ticker/schemas';

const wakeEveryMs = 60_000;

/** Wakes the signed-in account's ticker at sign-in and while a tab is open. */
export function useTickerWake() {
  return useQuery({
    queryKey: ['ticker', 'wake'],
    queryFn: wakeTicker,
    refetchInterval: wakeEveryMs,
    staleTime: wakeEveryMs,
    retry: false,
  });
}

async function wakeTicker(): Promise<TickerState> {
  const response = await fetch('/api/replication/ticker', { method: 'POST', credentials: 'same-origin' });
  if (!response.ok) throw new Error(`The ticker answered with status ${response.status}.`);
  return TickerState.parse(await response.json());
}
