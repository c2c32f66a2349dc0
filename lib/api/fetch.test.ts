import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { apiFetch, apiPath } from './fetch';

const Answer = z.object({ id: z.string() });
const answers = (response: () => Response | Promise<Response>) => {
  const fetch = vi.fn((_path: string, _init: RequestInit) => Promise.resolve(response()));
  vi.stubGlobal('fetch', fetch);
  return fetch;
};
afterEach(() => vi.unstubAllGlobals());

describe('apiFetch', () => {
  test('sends what it is given and parses what comes back', async () => {
    const fetch = answers(() => Response.json({ id: 'v-1', extra: true }));
    const request = { method: 'POST', body: { name: 'x' }, idempotencyKey: 'k' } as const;
    expect(await apiFetch(Answer, '/vaults', request)).toEqual({ id: 'v-1' });
    expect(fetch).toHaveBeenCalledWith('/api/v1/vaults', {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', 'idempotency-key': 'k' },
      body: '{"name":"x"}',
      credentials: 'same-origin',
      signal: undefined,
    });
  });

  test('throws the error that the server names, with all it tells', async () => {
    const error = {
      code: 'invalid_input',
      message: 'No.',
      reason: 'r',
      fields: { name: 'Enter a name.' },
      reference: 'abc',
    };
    answers(() => Response.json({ error }, { status: 400 }));
    await expect(apiFetch(Answer, '/vaults')).rejects.toMatchObject({ name: 'CrossvaultError', ...error });
  });

  test.each([
    ['a page of a proxy', () => new Response('<html>', { status: 502 })],
    [
      'a code of a later version',
      () => Response.json({ error: { code: 'new', message: 'x' } }, { status: 409 }),
    ],
    ['no answer', () => Promise.reject(new TypeError('Failed to fetch'))],
  ])('takes %s for unavailable', async (_title, response) => {
    answers(response);
    await expect(apiFetch(Answer, '/vaults')).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });

  test('lets an abort be an abort', async () => {
    const signal = AbortSignal.abort();
    answers(() => Promise.reject(signal.reason));
    await expect(apiFetch(Answer, '/vaults', { signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('a path leaves out what is empty and escapes the rest', () => {
  const query = { a: 'x y&z', b: undefined, c: null, d: '', e: 0, f: false };
  expect(apiPath('/jobs', query)).toBe('/api/v1/jobs?a=x+y%26z&e=0&f=false');
  expect(apiPath('/jobs')).toBe('/api/v1/jobs');
});
