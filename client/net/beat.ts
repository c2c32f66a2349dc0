import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { backoffDelay, isRetryable } from './retry';

const maxBackoffMs = 15_000;

/** Repeats heartbeats until `signal` aborts; waits longer and longer while the gateway is away. @throws what cannot pass. */
export async function keepBeating(
  beat: () => Promise<void>,
  { signal, log }: { signal: AbortSignal; log: Logger },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await beat();
      if (failures > 0) log.info('the gateway answers again');
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (!isRetryable(error)) throw error;
      const delayMs = backoffDelay(failures++, 500, maxBackoffMs);
      log.warn(
        { code: error.code, reason: error.message, delayMs: Math.round(delayMs) },
        'the gateway is away',
      );
      await delay(delayMs, undefined, { signal }).catch(() => {});
    }
  }
}
