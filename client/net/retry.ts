import { setTimeout as delay } from 'node:timers/promises';
import { CrossvaultError } from '@/lib/errors';

export interface RetryOptions {
  signal?: AbortSignal;
  /** Gives up this long after the first failure. */
  giveUpAfterMs: number;
  firstDelayMs?: number;
  maxDelayMs?: number;
  onRetry?: (error: CrossvaultError, delayMs: number) => void;
}

export const isRetryable = (error: unknown): error is CrossvaultError =>
  error instanceof CrossvaultError && error.retryable;

/** Grows from first to largest, each time shortened by up to a half at random so that clients do not return at once. */
export function backoffDelay(attempt: number, firstMs = 250, maxMs = 15_000, random = Math.random): number {
  return Math.min(firstMs * 2 ** attempt, maxMs) * (1 - random() / 2);
}

/** Repeats a call that may be repeated while it fails with an error that may pass. */
export async function retrying<T>(options: RetryOptions, call: () => Promise<T>): Promise<T> {
  let failingSince: number | null = null;
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isRetryable(error)) throw error;
      failingSince ??= performance.now();
      const waitMs = backoffDelay(attempt, options.firstDelayMs, options.maxDelayMs);
      if (performance.now() - failingSince + waitMs > options.giveUpAfterMs) throw error;
      options.onRetry?.(error, waitMs);
      await delay(waitMs, undefined, { signal: options.signal }).catch(() =>
        options.signal?.throwIfAborted(),
      );
    }
  }
}
