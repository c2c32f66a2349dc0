import type { AuthOptions, User } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { authenticateSession, sessionHours, signIn, signOut } from '@/lib/accounts';
import { systemClock } from '@/lib/clock';
import { signInPath, webDoor } from './context';
import { defaultExport } from './interop';
import { toKnownError } from './known-errors';
import { log } from './log';
import { peerOf } from './peer';
import { cookieName, decodeSession, encodeSession, type SessionToken } from './session-cookie';

/** next-auth keeps the sign-in form's protocol, its CSRF token and the cookies; who may pass is decided in `lib/accounts`. */
export function authOptions(): AuthOptions {
  const { settings } = webDoor();
  const cookie = { httpOnly: true, sameSite: 'lax' as const, path: '/', secure: settings.isSecure };
  const maxAge = sessionHours * 3600;
  return {
    secret: settings.secrets[0],
    session: { strategy: 'jwt', maxAge },
    jwt: {
      maxAge,
      encode: (params) => encodeSession(params, settings),
      decode: (params) => decodeSession(params, settings),
    },
    useSecureCookies: settings.isSecure,
    cookies: {
      sessionToken: { name: cookieName('session', settings), options: cookie },
      csrfToken: { name: cookieName('csrf', settings), options: cookie },
      callbackUrl: { name: cookieName('callback', settings), options: cookie },
    },
    pages: { signIn: signInPath, signOut: signInPath, error: signInPath },
    providers: [
      defaultExport(Credentials)({
        name: 'E-mail and password',
        credentials: { email: { type: 'email' }, password: { type: 'password' } },
        authorize: (credentials, request) =>
          authorize(credentials, new Headers(request.headers as Record<string, string>)),
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user ? { ...(user as User & SessionToken) } : token),
      session: async ({ session, token }) => {
        const { sid, accountId } = token as unknown as SessionToken;
        const { actor } = await authenticateSession(
          webDoor().db,
          { accountId, sessionId: sid },
          systemClock.now(),
        );
        return { ...session, user: { name: actor.name } };
      },
    },
    events: {
      signOut: async ({ token }) => {
        const { sid, accountId } = token as unknown as SessionToken;
        await signOut(webDoor().db, systemClock, { accountId, sessionId: sid });
      },
    },
    logger: {
      error: (code) => log.warn({ code }, 'sign-in protocol'),
      warn: (code) => log.debug({ code }, 'sign-in protocol'),
      debug: () => {},
    },
  };
}

/** The text of what is thrown here is shown under the sign-in form, so only text meant for users leaves. */
async function authorize(credentials: unknown, headers: Headers): Promise<User & SessionToken> {
  const { db, settings } = webDoor();
  const { email, password } = (credentials ?? {}) as { email: string; password: string };
  try {
    const door = {
      db,
      clock: systemClock,
      ip: peerOf(headers, settings.trustedProxies),
      userAgent: headers.get('user-agent'),
    };
    const { sessionId, accountId, userId, expiresAt } = await signIn(door, { email, password });
    return { id: userId, sub: userId, sid: sessionId, accountId, expiresAt: expiresAt.getTime() / 1000 };
  } catch (error) {
    throw new Error(toKnownError(error, { action: 'sessions.open' }).message);
  }
}
