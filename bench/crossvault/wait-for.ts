import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 30 * 60_000;

/** Asks again and again until the answer is something. @throws after half an hour. */
export async function waitFor<T>(ask: () => Promise<T | null | undefined | false>, pauseMs = 20): Promise<T> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await delay(pauseMs)) {
    const answer = await ask();
    if (answer) return answer;
  }
  throw new Error('What was waited for has not happened within half an hour');
}
