import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { wrappingKeyFrom } from '@/lib/engine/core/service-key';
import { openSecret, sealingKeyOf, sealSecret } from './sealed-secret';

const key = wrappingKeyFrom(randomBytes(32));
const owner = { accountId: '1000000000000001', id: 'ds-1' };
const secret = { accessKeyId: 'id', accessKeySecret: 'do not tell' };

test('a secret opens with the service key and for its own source only', () => {
  const sealed = sealSecret(sealingKeyOf(key), owner, secret);
  expect(openSecret(key, owner, sealed)).toEqual(secret);
  expect(sealed.includes('do not tell')).toBe(false);
  for (const other of [
    { ...owner, id: 'ds-2' },
    { ...owner, accountId: '1000000000000002' },
  ])
    expect(() => openSecret(key, other, sealed)).toThrow(expect.objectContaining({ code: 'corrupt_data' }));
  const stranger = wrappingKeyFrom(randomBytes(32));
  expect(() => openSecret(stranger, owner, sealed)).toThrow(
    expect.objectContaining({ code: 'key_unavailable' }),
  );
});

test('a secret sealed before the service key was rotated still opens', () => {
  const sealed = sealSecret(sealingKeyOf(key), owner, secret);
  const rotated = { ...wrappingKeyFrom(randomBytes(32)), earlier: [key] };
  expect(openSecret(rotated, owner, sealed)).toEqual(secret);
});

test('a sealed secret that was changed anywhere does not open', () => {
  const sealed = sealSecret(sealingKeyOf(key), owner, secret);
  for (let at = 0; at < sealed.length; at += 7) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(() => openSecret(key, owner, changed)).toThrow();
  }
});
