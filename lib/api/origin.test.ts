import { expect, test } from 'vitest';
import { requireOwnOrigin } from './origin';

const check = (headers: Record<string, string>) => () =>
  requireOwnOrigin(new Headers(headers), 'https://backup.example.org');

test.each([
  ['the public address', { origin: 'https://backup.example.org', host: '10.0.0.5:3000' }],
  ['the host it was sent to', { origin: 'http://localhost:3000', host: 'localhost:3000' }],
])('%s is own', (_title, headers) => {
  expect(check(headers)).not.toThrow();
});

test.each<[string, Record<string, string>]>([
  ['an absent Origin', { host: 'localhost:3000' }],
  ['an opaque Origin', { origin: 'null', host: 'localhost:3000' }],
  ['another port', { origin: 'http://localhost:3001', host: 'localhost:3000' }],
  ['a longer name', { origin: 'https://backup.example.org.evil.test', host: 'backup.example.org' }],
  ['a name inside a path', { origin: 'https://evil.test/backup.example.org', host: 'backup.example.org' }],
  ['nonsense', { origin: '://', host: '://' }],
])('%s is refused', (_title, headers) => {
  expect(check(headers)).toThrow(/did not come from this console/);
});
