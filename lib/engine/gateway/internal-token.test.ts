import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { maxLifeSeconds, signInternalToken, verifyInternalToken } from './internal-token';

const secret = randomBytes(32);
const now = new Date('2026-05-01T12:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const claims = { accountId: '1234567890123456', userId: 'u-1', op: 'entries', pointId: 's-1' } as const;
const token = signInternalToken(secret, claims, now);

const forge = (body: unknown, key: Uint8Array = secret) => {
  const text = Buffer.from(JSON.stringify(body)).toString('base64url');
  const mac = createHmac('sha256', key).update(`crossvault internal token v1\n${text}`).digest('base64url');
  return `${text}.${mac}`;
};
const exp = now.getTime() / 1000 + 10;

describe('an internal token', () => {
  test('carries what was signed, until its end', () => {
    expect(verifyInternalToken(secret, token, 'entries', now)).toMatchObject(claims);
    expect(verifyInternalToken(secret, token, 'entries', later(maxLifeSeconds - 1))).toMatchObject(claims);
  });

  test.each([
    ['after its end', token, 'entries', later(maxLifeSeconds)],
    ['for another operation', token, 'estimate', now],
    ['before it was made, by a clock that is far behind', token, 'entries', later(-60)],
    ['signed with another secret', forge({ ...claims, exp }, randomBytes(32)), 'entries', now],
    ['that lives longer than tokens may', forge({ ...claims, exp: exp + 3600 }), 'entries', now],
    ['without an account', forge({ ...claims, accountId: '', exp }), 'entries', now],
    ['without a signature', token.split('.')[0]!, 'entries', now],
    ['with a short signature', `${token.split('.')[0]}.AAAA`, 'entries', now],
    ['that is empty', '', 'entries', now],
  ] as const)('is refused %s', (_, given, op, at) => {
    expect(() => verifyInternalToken(secret, given, op, at)).toThrow(
      expect.objectContaining({ code: 'unauthenticated' }),
    );
  });

  test('is refused when one bit of it differs', () => {
    const [body, mac] = token.split('.') as [string, string];
    const bytes = Buffer.from(body, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const given = `${changed.toString('base64url')}.${mac}`;
      expect(() => verifyInternalToken(secret, given, 'entries', now)).toThrow(
        expect.objectContaining({ code: 'unauthenticated' }),
      );
    }
  });

  test('is never made with a weak secret', () => {
    expect(() => signInternalToken(randomBytes(16), claims, now)).toThrow('32 bytes');
  });
});
