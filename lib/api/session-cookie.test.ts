import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { encode } from 'next-auth/jwt';
import { describe, expect, test } from 'vitest';
import { cookieName, decodeSession, encodeSession, readSessionCookie } from './session-cookie';
import { readSettings } from './settings';

const oldSecret = 'the old secret of thirty-two characters';
const newSecret = 'the new secret of thirty-two characters';
const env = {
  DATABASE_URL: 'postgres://x',
  NEXTAUTH_URL: 'http://127.0.0.1:3000',
  NEXTAUTH_SECRET: newSecret,
};
const settings = readSettings(env);
const rotated = readSettings({ ...env, NEXTAUTH_SECRET_PREVIOUS: oldSecret });
const token = {
  sid: 'us-1',
  accountId: '1000000000000001',
  sub: 'u-1',
  expiresAt: Math.floor(Date.now() / 1000) + 3600,
};
const sealed = (secret = newSecret, claims: Record<string, unknown> = token) =>
  encode({ token: claims, secret, maxAge: 3600 });

describe('the session cookie', () => {
  test('comes back as it was written, and carries nothing else', async () => {
    const cookie = await encodeSession(
      { token: { ...token, role: 'administrator', email: 'a@b' }, secret: '' },
      settings,
    );
    expect(await decodeSession({ token: cookie }, settings)).toEqual(token);
  });

  test('is read under the secret before the last change, and under no other', async () => {
    expect(await decodeSession({ token: await sealed(oldSecret) }, rotated)).toEqual(token);
    expect(await decodeSession({ token: await sealed(oldSecret) }, settings)).toBeNull();
    expect(
      await decodeSession({ token: await sealed('yet another secret of many characters') }, rotated),
    ).toBeNull();
  });

  test('does not live longer than its session, however often it is written again', async () => {
    const over = { ...token, expiresAt: Math.floor(Date.now() / 1000) - 1 };
    expect(await decodeSession({ token: await sealed(newSecret, over) }, settings)).toBeNull();
    expect(
      await decodeSession({ token: await encodeSession({ token: over, secret: '' }, settings) }, settings),
    ).toBeNull();
  });

  test('is refused when a byte of it changes', async () => {
    const parts = (await sealed()).split('.');
    for (const part of [2, 3, 4]) {
      const bytes = Buffer.from(parts[part]!, 'base64url');
      bytes[0]! ^= 1;
      const forged = parts.with(part, bytes.toString('base64url')).join('.');
      expect(await decodeSession({ token: forged }, settings)).toBeNull();
    }
  });

  test.each([
    ['no algorithm', { alg: 'none' }],
    ['another cipher', { alg: 'dir', enc: 'A128CBC-HS256' }],
    ['a wrapped key', { alg: 'A256KW', enc: 'A256GCM' }],
    ['compression', { alg: 'dir', enc: 'A256GCM', zip: 'DEF' }],
  ])('is refused with %s, even under the right key', async (_title, header) => {
    expect(await decodeSession({ token: forge(header) }, settings)).toBeNull();
  });

  test('forged the right way under the right key would pass, so that the cases above test the header', async () => {
    expect(await decodeSession({ token: forge({ alg: 'dir', enc: 'A256GCM' }) }, settings)).toEqual(token);
  });

  test.each(['', 'x', 'a.b.c.d.e', '....'])('is refused when it is no token: %j', async (text) => {
    expect(await decodeSession({ token: text }, settings)).toBeNull();
  });

  test('has a name of its own for each port, and the strictest prefix over https', () => {
    expect(cookieName('session', settings)).toBe('crossvault-3000.session');
    const secure = readSettings({ ...env, NEXTAUTH_URL: 'https://backup.example.org' });
    expect(cookieName('session', secure)).toBe('__Host-crossvault-443.session');
  });

  test('is found among others', async () => {
    const cookie = `a=1; crossvault-3001.session=zzz; crossvault-3000.session=${await sealed()}; b=2`;
    expect(await readSessionCookie(new Headers({ cookie }), settings)).toEqual(token);
    expect(await readSessionCookie(new Headers(), settings)).toBeNull();
  });
});

/** A JWE made by hand, so that its header can say what no library would write. */
function forge(header: object): string {
  const key = hkdfSync('sha256', newSecret, '', 'NextAuth.js Generated Encryption Key', 32);
  const protectedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key), iv);
  cipher.setAAD(Buffer.from(protectedHeader));
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const text = Buffer.concat([cipher.update(JSON.stringify({ ...token, exp })), cipher.final()]);
  const [ivText, body, tag] = [iv, text, cipher.getAuthTag()].map((bytes) => bytes.toString('base64url'));
  return `${protectedHeader}..${ivText}.${body}.${tag}`;
}
