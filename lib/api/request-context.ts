import { randomUUID } from 'node:crypto';
import type { Database } from '@/db/client';
import { accessKeyPrefix, authenticateAccessKey, authenticateSession, signInFirst } from '@/lib/accounts';
import { type Clock, systemClock } from '@/lib/clock';
import { type Context, createContext } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { requireOwnOrigin } from './origin';
import { peerOf } from './peer';
import { readSessionCookie } from './session-cookie';
import type { WebSettings } from './settings';

export interface WebDoor {
  db: Database;
  settings: WebSettings;
  clock?: Clock;
}

/**
 * The context of a request from its headers: by `Authorization: Bearer cvk_…`, else by the session cookie. Reads the
 * user's role anew. Throws `unauthenticated`, and `forbidden` for a change that a cookie asks for from another origin.
 */
export async function contextFromHeaders(
  { db, settings, clock = systemClock }: WebDoor,
  headers: Headers,
  { isChange, idempotencyKey = null }: { isChange: boolean; idempotencyKey?: string | null },
): Promise<Context> {
  const authorization = headers.get('authorization');
  const authenticated = authorization
    ? await authenticateAccessKey(db, bearer(authorization), clock.now())
    : await bySession({ db, settings, clock }, headers, isChange);
  return createContext({
    ...authenticated,
    db,
    clock,
    requestId: randomUUID(),
    ip: peerOf(headers, settings.trustedProxies),
    idempotencyKey: checkIdempotencyKey(idempotencyKey),
  });
}

async function bySession({ db, settings, clock }: Required<WebDoor>, headers: Headers, isChange: boolean) {
  const session = await readSessionCookie(headers, settings);
  if (!session) throw signInFirst();
  if (isChange) requireOwnOrigin(headers, settings.publicOrigin);
  return authenticateSession(db, { accountId: session.accountId, sessionId: session.sid }, clock.now());
}

function bearer(authorization: string): string {
  const [scheme, secret] = authorization.split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !secret?.startsWith(accessKeyPrefix)) {
    throw new CrossvaultError('unauthenticated', 'Send an access key as `Authorization: Bearer cvk_…`.');
  }
  return secret;
}

function checkIdempotencyKey(key: unknown): string | null {
  if (key === null) return null;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,128}$/.test(key)) return key;
  throw new CrossvaultError('invalid_input', 'An idempotency key has 1 to 128 visible ASCII characters.', {
    fields: { idempotencyKey: 'Use 1 to 128 visible ASCII characters.' },
  });
}
