import { expect, test } from 'vitest';
import { chooseTables } from './choose-tables';

const tables = ['orders', 'orders_tmp', 'users'];
const choose = (given: Partial<Parameters<typeof chooseTables>[1]>) =>
  chooseTables(tables, { paths: ['/'], excludes: [], ...given }).chosen;

test.each([
  ['all without a pattern', {}, tables],
  ['those that are named', { paths: ['/users/'] }, ['users']],
  ['those that an include takes', { includes: ['orders*'] }, ['orders', 'orders_tmp']],
  ['those of them that no exclude leaves out', { includes: ['orders*'], excludes: ['*_tmp'] }, ['orders']],
  ['of the named ones those that an include takes', { paths: ['/users'], includes: ['orders*'] }, []],
])('a backup takes %s', (_, given, expected) => expect(choose(given)).toEqual(expected));

test('a table that is named and not there is told of', () => {
  expect(chooseTables(tables, { paths: ['/gone', '/users'], excludes: [] })).toEqual({
    chosen: ['users'],
    missing: ['gone'],
  });
});
