'use client';

import { ErrorState } from '@/components/ui/error-state';

interface ErrorPageProps {
  error: Error & { digest?: string };
  reset: () => void;
}

/** A server error keeps its text to the log; the reader gets the reference under which it is found there. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <section className="panel">
      <ErrorState title="This page could not be shown" onRetry={reset}>
        Your data is not affected. Try again in a moment.
        {error.digest && <p className="mt-1 font-mono text-sm">Reference {error.digest}</p>}
      </ErrorState>
    </section>
  );
}
