'use client';

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { type ReactNode, useState } from 'react';
import { FlashProvider } from '@/components/ui/flash';
import { TooltipProvider } from '@/components/ui/tooltip';
import { signInHref } from '@/lib/api/return-path';
import { CrossvaultError } from '@/lib/errors';

function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
    mutationCache: new MutationCache({ onError: leaveWhenSignedOut }),
    defaultOptions: {
      queries: { staleTime: 5_000, retry: mayHelp, refetchOnWindowFocus: true },
    },
  });
}

/** A session that has ended, here or elsewhere, leads to the sign-in page and back to where the reader was. */
function leaveWhenSignedOut(error: Error): void {
  if (!(error instanceof CrossvaultError) || error.code !== 'unauthenticated') return;
  const { pathname, search } = window.location;
  if (pathname !== '/sign-in') window.location.assign(signInHref(`${pathname}${search}`));
}

/** A refusal stays one, however often it is asked for; only what may pass by itself is tried again. */
function mayHelp(failures: number, error: Error): boolean {
  return failures < 1 && !(error instanceof CrossvaultError && !error.retryable);
}

/** What every page of the console stands on: live data, state in the address, flashes, tooltips. */
export function Providers({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <NuqsAdapter>
        <TooltipProvider delayDuration={300}>
          <FlashProvider>{children}</FlashProvider>
        </TooltipProvider>
      </NuqsAdapter>
    </QueryClientProvider>
  );
}
