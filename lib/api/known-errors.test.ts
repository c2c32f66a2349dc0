import { describe, expect, test } from 'vitest';
import { CrossvaultError, errorCodes } from '@/lib/errors';
import { httpMeanings, toErrorResponse } from './http-errors';
import { toKnownError } from './known-errors';
import { log } from './log';

log.level = 'silent';

const about = { action: 'vaults.list' };
const withCode = (code: string) =>
  new Error('Failed query: select secret', { cause: Object.assign(new Error('hidden cause'), { code }) });

describe('toKnownError', () => {
  test('leaves a known error as it is', () => {
    const error = new CrossvaultError('locked', 'The vault is locked.');
    expect(toKnownError(error, about)).toBe(error);
  });

  test.each(['CONNECTION_CLOSED', 'ECONNREFUSED', '57P01', '40001', '57014'])(
    'takes %s for something that passes',
    (code) => {
      expect(toKnownError(withCode(code), about)).toMatchObject({ code: 'unavailable', retryable: true });
    },
  );

  test.each(['22021', '22003', '22007'])('takes %s for bad input', (code) => {
    expect(toKnownError(withCode(code), about).code).toBe('invalid_input');
  });

  test.each([new TypeError('secret of the house'), withCode('23505'), 'a string', null])(
    'hides the text of %j behind a reference',
    async (error) => {
      const known = toKnownError(error, about);
      expect(known.reference).toMatch(/^[0-9a-f]{12}$/);
      const text = await toErrorResponse(known).text();
      expect(text).toContain(known.reference);
      expect(text).not.toMatch(/secret|select|hidden/);
    },
  );
});

test('each code of the closed list has its meaning in the API', () => {
  const codes = Object.keys(errorCodes).sort();
  expect(Object.keys(httpMeanings).sort()).toEqual(codes);
});

test('an error that may pass tells when to try again', () => {
  expect(toErrorResponse(new CrossvaultError('rate_limited', 'Wait.')).headers.get('retry-after')).toBe('5');
  expect(toErrorResponse(new CrossvaultError('locked', 'No.')).headers.get('retry-after')).toBeNull();
});
