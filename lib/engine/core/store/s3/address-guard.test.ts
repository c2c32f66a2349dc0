import { expect, it } from 'vitest';
import { isPrivateAddress, lookupPublic, requirePublicHost } from './address-guard';

it.each([
  '127.0.0.1',
  '127.8.9.10',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '169.254.169.254',
  '172.31.255.255',
  '192.168.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'fd00::1',
  'fe80::1',
  'not an address',
])('%s is closed', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

it.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
  '%s is open',
  (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  },
);

it.each([
  'http://127.0.0.1:9000',
  'http://0x7f.1',
  'http://2130706433',
  'http://0177.0.0.1',
  'http://[::1]:9000',
  'http://[::ffff:127.0.0.1]',
  'http://user:secret@169.254.169.254/',
])('%s is refused however it is written', (endpoint) => {
  expect(() => requirePublicHost(endpoint)).toThrow(/private network/);
});

it('a name is refused by what it resolves to', async () => {
  const answer = new Promise((resolve) => lookupPublic('localhost', {}, (error) => resolve(error)));
  expect(await answer).toMatchObject({ code: 'storage_unavailable', reason: 'private_endpoint' });
});
