'use client';

import { ErrorState } from '@/components/ui/error-state';
import { CrossvaultError } from '@/lib/errors';

interface LoadFailureProps {
  error: Error;
  onRetry: () => void;
  isRetrying: boolean;
}

/** Stands where a page's subject should be. What does not exist is not asked for again. */
export function LoadFailure({ error, onRetry, isRetrying }: LoadFailureProps) {
  const isMissing = error instanceof CrossvaultError && error.code === 'not_found';
  return (
    <ErrorState
      title={isMissing ? 'This does not exist' : undefined}
      onRetry={isMissing ? undefined : onRetry}
      isRetrying={isRetrying}
    >
      {error.message}
    </ErrorState>
  );
}
