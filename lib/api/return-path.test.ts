import { expect, test } from 'vitest';
import { safeReturnPath, signInHref } from './return-path';

test.each([
  ['/cn-hangzhou/vaults?q=a%20b&page=2', '/cn-hangzhou/vaults?q=a%20b&page=2'],
  ['/cn-hangzhou/vaults#points', '/cn-hangzhou/vaults'],
  ['https://evil.example/', '/'],
  ['//evil.example/', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/./\\/evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/sign-in', '/'],
  ['', '/'],
  [null, '/'],
])('after sign-in, %j leads to %s', (asked, path) => {
  expect(safeReturnPath(asked)).toBe(path);
});

test('the address of the sign-in page carries the page asked for', () => {
  expect(signInHref('/cn-hangzhou/audit?q=x')).toBe('/sign-in?next=%2Fcn-hangzhou%2Faudit%3Fq%3Dx');
  expect(signInHref('/')).toBe('/sign-in');
});
