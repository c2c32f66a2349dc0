import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { CrossvaultError } from '@/lib/errors';
import { JobOffer, SourceQuestion } from './wire';

/**
 * What the engine's own mover says beyond the protocol of backup clients. It speaks for the region clients of all
 * accounts, each request for one of them, and signs with the secret that this installation's processes share.
 *
 *   POST /internal/mover/heartbeat          MoverHeartbeat      → MoverWork   (token of no client; waits up to 20 s)
 */
const Claims = z.object({
  accountId: z.string().regex(/^[0-9]{16}$/),
  /** Null for the heartbeat, which is about no account. */
  clientId: z.string().min(1),
  /** Unix seconds. */
  exp: z.number().int(),
});
const HeartbeatClaims = Claims.partial({ accountId: true, clientId: true });
export type MoverClaims = z.infer<typeof HeartbeatClaims>;

export const moverTokenSeconds = 30;
const prefix = 'mover.';

export function isMoverToken(bearer: string): boolean {
  return bearer.startsWith(prefix);
}

/** Good for `moverTokenSeconds` from `now`. */
export function signMoverToken(
  secret: Uint8Array,
  client: { accountId: string; clientId: string } | null,
  now: Date,
): string {
  if (secret.length < 32) throw new Error('The internal secret needs at least 32 bytes');
  const exp = Math.floor(now.getTime() / 1000) + moverTokenSeconds;
  const body = Buffer.from(JSON.stringify({ ...client, exp })).toString('base64url');
  return `${prefix}${body}.${mac(secret, body).toString('base64url')}`;
}

/** @throws `unauthenticated` for a token that is forged, over, or no mover's. */
export function verifyMoverToken(secret: Uint8Array, token: string, now: Date): MoverClaims {
  const [body, given, ...rest] = token.slice(prefix.length).split('.');
  if (!isMoverToken(token) || !body || !given || rest.length > 0) throw refused();
  const [expected, found] = [mac(secret, body), Buffer.from(given, 'base64url')];
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) throw refused();
  const claims = HeartbeatClaims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  if (!claims.success) throw refused();
  const secondsLeft = claims.data.exp - now.getTime() / 1000;
  if (secondsLeft <= 0 || secondsLeft > moverTokenSeconds + 1) throw refused();
  return claims.data;
}

function mac(secret: Uint8Array, body: string): Buffer {
  return createHmac('sha256', secret).update(`crossvault mover token v1\n${body}`).digest();
}

function refused(): CrossvaultError {
  return new CrossvaultError(
    'unauthenticated',
    'The request to the engine was not signed by this installation.',
  );
}

const ofClient = { accountId: z.string(), clientId: z.string() };

export const MoverHeartbeat = z.object({
  version: z.string().max(50),
  /** Jobs that this mover knows of, by the client they belong to. */
  running: z.array(z.object({ ...ofClient, jobIds: z.array(z.string()).max(1000) })).max(10_000),
  /** How many more it would begin. */
  freeSlots: z.number().int().min(0).max(100),
  waitSeconds: z.number().min(0).max(20),
});
export type MoverHeartbeat = z.infer<typeof MoverHeartbeat>;

export const MoverWork = z.object({
  jobs: z.array(z.object({ ...ofClient, offer: JobOffer })),
  cancelledJobs: z.array(z.string()),
  questions: z.array(z.object({ ...ofClient, question: SourceQuestion })),
});
export type MoverWork = z.infer<typeof MoverWork>;
