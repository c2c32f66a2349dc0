import { expect, test } from 'vitest';
import { matchRoute, methodsOf } from './match-route';
import type { Method, Route } from './route';

const paths: [Method, `/${string}`][] = [
  ['GET', '/vaults'],
  ['POST', '/vaults'],
  ['GET', '/vaults/{id}'],
  ['GET', '/vaults/newest'],
  ['POST', '/vaults/{id}/lock'],
];
const routes = paths.map(([method, path]) => ({ method, path }) as Route);
const match = (method: string, path: string) => {
  const found = matchRoute(routes, method, path);
  return found && [found.route.path, found.params];
};

test.each<[string, string, ReturnType<typeof match>]>([
  ['GET', '/vaults', ['/vaults', {}]],
  ['GET', '/vaults/v-1', ['/vaults/{id}', { id: 'v-1' }]],
  ['GET', '/vaults/newest', ['/vaults/newest', {}]],
  ['POST', '/vaults/a%2Fb/lock', ['/vaults/{id}/lock', { id: 'a/b' }]],
  ['GET', '/vaults/', null],
  ['GET', '/vaults//lock', null],
  ['GET', '/vaults/%E0%A4%A', null],
  ['DELETE', '/vaults', null],
  ['GET', '', null],
])('%s %s', (method, path, expected) => {
  expect(match(method, path)).toEqual(expected);
});

test('a path knows its methods', () => {
  expect(methodsOf(routes, '/vaults')).toEqual(['GET', 'POST']);
  expect(methodsOf(routes, '/elsewhere')).toEqual([]);
});
