import { randomBytes } from 'node:crypto';
import { InvalidCursor } from '@/db/keyset';
import { CrossvaultError } from '@/lib/errors';
import { log } from './log';

/** SQLSTATEs and driver codes that mean: the database could not serve this now, and nothing is wrong with the request. */
const passing = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  '40001',
  '40P01',
  '53300',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
]);

/**
 * Any failure as one of the closed list. What is not known becomes `internal` with a reference: its text goes to the
 * log and never to the caller.
 */
export function toKnownError(error: unknown, about: { action: string; requestId?: string }): CrossvaultError {
  if (error instanceof CrossvaultError && error.code !== 'internal') return error;
  if (error instanceof InvalidCursor) {
    return new CrossvaultError('invalid_input', 'This page no longer exists. Start from the first page.', {
      cause: error,
      fields: { cursor: 'Not a cursor of this list.' },
    });
  }
  const code = databaseCode(error);
  if (code?.startsWith('22')) {
    return new CrossvaultError('invalid_input', 'A value has characters or a size that cannot be stored.', {
      cause: error,
    });
  }
  if (code && passing.has(code)) {
    log.warn({ err: error, ...about }, 'the database did not serve a request');
    return new CrossvaultError('unavailable', 'The database is busy or restarting. Try again in a moment.', {
      cause: error,
    });
  }
  const reference = randomBytes(6).toString('hex');
  log.error({ err: error, reference, ...about }, 'request failed');
  return new CrossvaultError(
    'internal',
    `Something went wrong inside Crossvault. Its log names it ${reference}.`,
    {
      cause: error,
      reference,
    },
  );
}

function databaseCode(error: unknown): string | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return null;
}
