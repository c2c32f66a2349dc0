import { expect, it } from 'vitest';
import { lookupPublic, requirePublicEndpoint } from './address-guard';

it.each([
  'http://127.0.0.1:9000',
  'http://0x7f.1',
  'http://2130706433',
  'http://0177.0.0.1',
  'http://[::1]:9000',
  'http://[::ffff:127.0.0.1]',
  'http://user:secret@169.254.169.254/',
])('%s is refused however it is written', (endpoint) => {
  expect(() => requirePublicEndpoint(endpoint)).toThrow(/private network/);
});

it('a name is refused by what it resolves to', async () => {
  const answer = new Promise((resolve) => lookupPublic('localhost', {}, (error) => resolve(error)));
  expect(await answer).toMatchObject({ code: 'storage_unavailable', reason: 'private_endpoint' });
});
