import { expect, test } from 'vitest';
import { deleteRefusal, renameRefusal } from './rules';

test.each([
  ['an empty group', { name: 'finance', vaultCount: 0 }, true, true],
  ['a group with a vault', { name: 'finance', vaultCount: 1 }, true, false],
  ['the default group', { name: 'default', vaultCount: 0 }, false, false],
])('%s', (_, group, canRename, canDelete) => {
  expect([renameRefusal(group) === null, deleteRefusal(group) === null]).toEqual([canRename, canDelete]);
});

test('a group that is not empty says how many vaults are in it', () => {
  expect(deleteRefusal({ name: 'finance', vaultCount: 3 })).toContain('3 vaults');
});
