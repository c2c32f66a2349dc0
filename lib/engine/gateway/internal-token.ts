import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { CrossvaultError } from '@/lib/errors';

/**
 * What the web server vouches for when it asks the engine something: it has authorised this user of this account for
 * one operation, mostly on one backup point. The engine still reads as that account, behind its walls.
 */
const Claims = z.object({
  accountId: z.string().regex(/^[0-9]{16}$/),
  userId: z.string().min(1),
  op: z.enum([
    'entries',
    'search',
    'search-points',
    'estimate',
    'audit-head',
    'disk-imports',
    'disk-upload',
    'disk-download',
    'machine',
  ]),
  /** Null for what is not about one point. */
  pointId: z.string().min(1).nullable(),
  /** Unix seconds; no token is good for longer than `maxLifeSeconds`. */
  exp: z.number().int(),
});
export type InternalClaims = z.infer<typeof Claims>;

export const maxLifeSeconds = 30;
const purpose = 'crossvault internal token v1\n';

/** `secret` is the 32 bytes that web and engine processes share. The token is good for `maxLifeSeconds` from `now`. */
export function signInternalToken(
  secret: Uint8Array,
  claims: Omit<InternalClaims, 'exp'>,
  now: Date,
): string {
  requireStrong(secret);
  const exp = Math.floor(now.getTime() / 1000) + maxLifeSeconds;
  const body = Buffer.from(JSON.stringify(Claims.parse({ ...claims, exp }))).toString('base64url');
  return `${body}.${mac(secret, body).toString('base64url')}`;
}

/** @throws `unauthenticated` for a token that is forged, over, for another operation, or no token at all. */
export function verifyInternalToken(
  secret: Uint8Array,
  token: string,
  op: InternalClaims['op'],
  now: Date,
): InternalClaims {
  requireStrong(secret);
  const [body, given, ...rest] = token.split('.');
  if (!body || !given || rest.length > 0) throw refused();
  const expected = mac(secret, body);
  const found = Buffer.from(given, 'base64url');
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) throw refused();
  const claims = Claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  if (!claims.success || claims.data.op !== op) throw refused();
  const secondsLeft = claims.data.exp - now.getTime() / 1000;
  if (secondsLeft <= 0 || secondsLeft > maxLifeSeconds) throw refused();
  return claims.data;
}

function mac(secret: Uint8Array, body: string): Buffer {
  return createHmac('sha256', secret)
    .update(purpose + body)
    .digest();
}

function requireStrong(secret: Uint8Array): void {
  if (secret.length < 32) throw new Error('The internal secret needs at least 32 bytes');
}

function refused(): CrossvaultError {
  return new CrossvaultError(
    'unauthenticated',
    'The request to the engine was not signed by this installation.',
  );
}
