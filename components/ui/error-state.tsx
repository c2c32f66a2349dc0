'use client';

import { CircleAlert, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button';

interface ErrorStateProps {
  title?: string;
  /** What happened, what is safe, what to do. */
  children?: ReactNode;
  onRetry?: () => void;
  isRetrying?: boolean;
}

export function ErrorState({
  title = 'This could not be loaded',
  children,
  onRetry,
  isRetrying,
}: ErrorStateProps) {
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center px-4 py-12 text-center">
      <CircleAlert className="mb-3 size-8 stroke-[1.25] text-danger" aria-hidden />
      <p className="font-semibold">{title}</p>
      {children && <div className="mt-1 text-muted">{children}</div>}
      {onRetry && (
        <Button className="mt-4" icon={<RotateCw />} onClick={onRetry} isLoading={isRetrying}>
          Try again
        </Button>
      )}
    </div>
  );
}
