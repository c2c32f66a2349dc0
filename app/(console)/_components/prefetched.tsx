import { dehydrate, HydrationBoundary, QueryClient, type QueryKey } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { requirePageContext } from '@/lib/api/context';
import type { Context } from '@/lib/context';

interface PrefetchedProps {
  /** What the page reads first: the key of the browser's query, and the verb that answers it here. */
  reads: { queryKey: QueryKey; read: (ctx: Context) => Promise<unknown> }[];
  children: ReactNode;
}

/** Sends a page with its first data. A read that fails is left to the browser, which asks again and shows why. */
export async function Prefetched({ reads, children }: PrefetchedProps) {
  const ctx = await requirePageContext();
  const queryClient = new QueryClient();
  await Promise.all(
    reads.map(({ queryKey, read }) =>
      queryClient.prefetchQuery({ queryKey, queryFn: () => read(ctx), retry: false }),
    ),
  );
  return <HydrationBoundary state={dehydrate(queryClient)}>{children}</HydrationBoundary>;
}
