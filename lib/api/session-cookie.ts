import { decode, encode, type JWTDecodeParams, type JWTEncodeParams } from 'next-auth/jwt';
import { z } from 'zod';
import type { WebSettings } from './settings';

/** What the cookie tells: which session, and of which account it is. Nothing that grants anything by itself. */
const SessionToken = z.object({
  sid: z.string(),
  accountId: z.string(),
  sub: z.string(),
  expiresAt: z.number(),
});
export type SessionToken = z.infer<typeof SessionToken>;

/** With the port in the name, because browsers give cookies of one host to all its ports, other installations' too. */
export function cookieName(kind: 'session' | 'csrf' | 'callback', { isSecure, port }: WebSettings): string {
  return `${isSecure ? '__Host-' : ''}crossvault-${port}.${kind}`;
}

/** Encrypted with the newest secret, for exactly as long as the session lasts, however often it is written again. */
export function encodeSession({ token }: JWTEncodeParams, settings: WebSettings): Promise<string> {
  const { sid, accountId, sub, expiresAt } = SessionToken.parse(token);
  const maxAge = Math.max(0, Math.floor(expiresAt - Date.now() / 1000));
  return encode({ token: { sid, accountId, sub, expiresAt }, secret: settings.secrets[0], maxAge });
}

/** Null for anything but a live token under one of the secrets, encrypted the one way that we encrypt. */
export async function decodeSession(
  { token }: Pick<JWTDecodeParams, 'token'>,
  settings: WebSettings,
): Promise<SessionToken | null> {
  if (!token || !isDirectA256Gcm(token)) return null;
  for (const secret of settings.secrets) {
    const payload = await decode({ token, secret }).catch(() => null);
    const parsed = SessionToken.safeParse(payload);
    if (parsed.success) return parsed.data.expiresAt * 1000 > Date.now() ? parsed.data : null;
  }
  return null;
}

export function readSessionCookie(headers: Headers, settings: WebSettings): Promise<SessionToken | null> {
  const name = cookieName('session', settings);
  const pair = (headers.get('cookie') ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`));
  return decodeSession({ token: pair?.slice(name.length + 1) }, settings);
}

/** Pins the algorithm before any key is tried; a `zip` header would let a small cookie unpack into a large one. */
function isDirectA256Gcm(token: string): boolean {
  try {
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'));
    return header.alg === 'dir' && header.enc === 'A256GCM' && header.zip === undefined;
  } catch {
    return false;
  }
}
