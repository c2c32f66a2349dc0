import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { prose } from '@/lib/engine/core/test-bytes';
import { makeAccount, makeVault } from '../vaults/test-environment';
import { searchPoints } from './search-points';
import { TestClient, TestGateway } from './test-gateway';
import type { TestTree } from './test-tree';

const database = await testDatabase();
const gateway = await TestGateway.start(database);
const account = await makeAccount(database.owner);
const vaultId = await makeVault(gateway.vaults, database.owner, account);
const client = await TestClient.make(gateway, database.owner, account.accountId);

const big: TestTree = {};
for (let i = 0; i < 15_000; i++) big[`row-${String(i).padStart(5, '0')}.csv`] = Buffer.from('x');
const old: TestTree = { docs: { 'plan.pdf': prose(100, 1), deep: { 'plan.txt': prose(90, 2) } }, big };
const made: string[] = [];
const changes: TestTree[] = [
  {},
  { 'new.pdf': prose(80, 3) },
  { 'new.pdf': prose(81, 4) },
  { last: prose(5, 5) },
];
for (const change of changes) made.unshift((await client.backUp(vaultId, { ...old, ...change })).pointId);

const search = (query: string, pointIds = made, accountId = account.accountId) =>
  searchPoints(gateway.env, accountId, { pointIds, query });
const namesIn = async (query: string) => {
  const { found } = await search(query);
  return found.map(({ entries, matchCount }) => [matchCount, ...entries.map(({ path }) => path)]);
};

test('tells for each point what it holds, by a part of a name, a pattern, and a path', async () => {
  expect(await namesIn('new')).toEqual([[0], [1, 'new.pdf'], [1, 'new.pdf'], [0]]);
  expect((await namesIn('*.pdf'))[1]).toEqual([2, 'docs/plan.pdf', 'new.pdf']);
  expect(await namesIn('/docs/deep/plan.txt')).toEqual(made.map(() => [1, 'docs/deep/plan.txt']));
  expect((await namesIn('/docs/**/plan.*'))[0]).toEqual([2, 'docs/deep/plan.txt', 'docs/plan.pdf']);
});

test('reads a folder that did not change once for all points: four of 15,000 files stay within the bound of one', async () => {
  const { found } = await search('row-0*');
  expect(found.map(({ matchCount, isCut }) => [matchCount, isCut])).toEqual(made.map(() => [10_000, false]));
  expect(found[0]!.entries).toHaveLength(20);
});

test('passes over points that are gone or a stranger’s', async () => {
  const { found } = await search('plan', ['s-none', made[0]!]);
  expect(found.map(({ pointId }) => pointId)).toEqual([made[0]]);
  const stranger = await makeAccount(database.owner);
  expect((await search('plan', made, stranger.accountId)).found).toEqual([]);
});
