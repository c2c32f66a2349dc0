import type { Logger } from 'pino';
import type { Database } from '@/db/client';
import { createClockGuard } from './clock-guard';

const beatMs = 20_000;

/** Beats until it is stopped. The first beat is over when this resolves, so that nothing expires by an unseen clock. */
export async function watchClock(db: Database, log: Logger): Promise<{ stop(): void }> {
  const guard = createClockGuard(db);
  let isHeld = false;
  const beat = async () => {
    const { heldSince, trustedAt } = await guard.beat();
    if (heldSince && !isHeld) {
      log.error(
        { heldSince, trustedAt },
        'the clock is ahead of the time that has passed: nothing expires until it is confirmed or that time has come',
      );
    }
    if (!heldSince && isHeld) log.warn({ trustedAt }, 'the clock is believed again');
    isHeld = heldSince !== null;
  };
  await beat();
  const timer = setInterval(() => {
    beat().catch((error) => log.error({ err: error }, 'the clock was not compared'));
  }, beatMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
