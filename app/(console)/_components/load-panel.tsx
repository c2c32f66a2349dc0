'use client';

import { SkeletonText } from '@/components/ui/skeleton';
import { LoadFailure } from './load-failure';

interface LoadPanelProps {
  query: { error: Error | null; isFetching: boolean; refetch: () => unknown };
}

/** Stands where a page's subject will be: it loads, or says why it did not. */
export function LoadPanel({ query }: LoadPanelProps) {
  return (
    <section className="panel">
      {query.error ? (
        <LoadFailure error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      ) : (
        <div className="p-4">
          <SkeletonText lines={5} />
        </div>
      )}
    </section>
  );
}
