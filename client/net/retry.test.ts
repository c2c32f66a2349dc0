import { describe, expect, test } from 'vitest';
import { CrossvaultError } from '@/lib/errors';
import { backoffDelay, retrying } from './retry';

const away = () => new CrossvaultError('unavailable', 'away');
const quick = { giveUpAfterMs: 500, firstDelayMs: 1, maxDelayMs: 4 };

describe('retrying', () => {
  test('repeats what may pass until it does', async () => {
    let calls = 0;
    const answer = await retrying(quick, async () => {
      if (++calls < 4) throw away();
      return 'here';
    });
    expect([answer, calls]).toEqual(['here', 4]);
  });

  test('does not repeat what is final', async () => {
    let calls = 0;
    const final = new CrossvaultError('forbidden', 'no');
    await expect(
      retrying(quick, async () => {
        calls++;
        throw final;
      }),
    ).rejects.toBe(final);
    expect(calls).toBe(1);
  });

  test('gives up after its time with the last error', async () => {
    await expect(retrying({ ...quick, giveUpAfterMs: 10 }, () => Promise.reject(away()))).rejects.toThrow(
      'away',
    );
  });

  test('stops waiting when it is cancelled', async () => {
    const cancel = new AbortController();
    const reason = new Error('cancelled');
    const pending = retrying(
      {
        giveUpAfterMs: 60_000,
        firstDelayMs: 50_000,
        maxDelayMs: 50_000,
        signal: cancel.signal,
        onRetry: () => setImmediate(() => cancel.abort(reason)),
      },
      () => Promise.reject(away()),
    );
    await expect(pending).rejects.toBe(reason);
  });
});

test('delays grow to a limit and are spread over their upper half', () => {
  const longest = Array.from({ length: 9 }, (_, i) => backoffDelay(i, 250, 15_000, () => 0));
  expect(longest).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  expect(backoffDelay(9, 250, 15_000, () => 1)).toBe(7500);
});
