import type { TestDatabase } from '@/db/testing/harness';
import { createAccount, createUser, signIn } from '@/lib/accounts';
import { dispatch } from '@/lib/api/dispatch';
import { routes } from '@/lib/api/routes';
import { cookieName, encodeSession } from '@/lib/api/session-cookie';
import { readSettings } from '@/lib/api/settings';
import { systemClock } from '@/lib/clock';
import type { Role } from '@/lib/context';

export const testSettings = readSettings({
  DATABASE_URL: 'postgres://unused',
  NEXTAUTH_URL: 'http://console.test:3000',
  NEXTAUTH_SECRET: 'a secret of at least thirty-two characters',
});
export const origin = testSettings.publicOrigin;

/** Sends requests to `/api/v1` as the web process would get them, without a server in between. */
export function apiOf({ app }: TestDatabase) {
  return (
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: BodyInit } = {},
  ) =>
    dispatch(
      { db: app, settings: testSettings },
      routes,
      new Request(`${origin}/api/v1${path}`, {
        method,
        headers,
        body,
        ...(body instanceof ReadableStream && { duplex: 'half' }),
      }),
    );
}

/** A user who signed in with a password, and the headers that their browser sends from the console. */
export async function signedIn({ owner, app }: TestDatabase, role: Role = 'administrator') {
  const { accountId, resourceGroupId } = await createAccount(owner, { name: 'North' });
  const credentials = { email: `${accountId}@example.test`, password: 'correct horse battery staple' };
  const user = await createUser(owner, { accountId, ...credentials, name: 'Ada', role });
  const session = await signIn({ db: app, clock: systemClock, ip: null, userAgent: null }, credentials);
  const token = await encodeSession(
    {
      token: {
        sid: session.sessionId,
        accountId,
        sub: user.id,
        expiresAt: session.expiresAt.getTime() / 1000,
      },
      secret: '',
    },
    testSettings,
  );
  const cookie = `${cookieName('session', testSettings)}=${token}`;
  return { accountId, resourceGroupId, userId: user.id, session, token, headers: { cookie, origin } };
}
