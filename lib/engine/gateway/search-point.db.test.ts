import { expect, test } from 'vitest';
import type { z } from 'zod';
import { testDatabase } from '@/db/testing/harness';
import type { EntrySearch } from '@/lib/backup-points/schemas';
import { makeAccount, makeVault } from '../vaults/test-environment';
import { listEntries } from './browse-point';
import { searchEntries } from './search-point';
import { TestClient, TestGateway } from './test-gateway';
import type { TestTree } from './test-tree';

const database = await testDatabase();
const { owner } = database;
const gateway = await TestGateway.start(database);

async function backUp(tree: TestTree) {
  const account = await makeAccount(owner);
  const vaultId = await makeVault(gateway.vaults, owner, account);
  const client = await TestClient.make(gateway, owner, account.accountId);
  const { pointId } = await client.backUp(vaultId, tree);
  return { accountId: account.accountId, pointId };
}
type Found = z.output<typeof EntrySearch>;

/** Every page, as a reader who scrolls to the end gets them. */
async function searchAll(
  { accountId, pointId }: Awaited<ReturnType<typeof backUp>>,
  query: string,
  limit: number,
) {
  const paths: string[] = [];
  let pages = 0;
  let scanned = 0;
  for (let cursor: string | undefined; ; ) {
    const page: Found = await searchEntries(gateway.vaults, accountId, { pointId, query, limit, cursor });
    pages++;
    scanned += page.scannedCount;
    paths.push(...page.entries.map(({ path }) => path));
    if (page.nextCursor === null) return { paths, pages, scanned };
    cursor = page.nextCursor;
  }
}

const file = Buffer.alloc(0);

test('a search finds names wherever they lie, folders too, whatever the capitals, and pages in the order of the tree', async () => {
  const world = await backUp({
    'Report.txt': file,
    docs: { deep: { 'report-2.txt': file, other: file }, reports: { inside: file } },
    zz: { 'my report': file },
  });
  const expected = ['Report.txt', 'docs/deep/report-2.txt', 'docs/reports', 'zz/my%20report'];
  for (const limit of [1, 2, 100]) expect((await searchAll(world, 'REPORT', limit)).paths).toEqual(expected);
  expect((await searchAll(world, 'docs/deep', 100)).paths).toEqual([
    'docs/deep',
    'docs/deep/other',
    'docs/deep/report-2.txt',
  ]);
  expect(await searchAll(world, 'nowhere', 100)).toMatchObject({ paths: [], pages: 1, scanned: 9 });
  const { accountId, pointId } = await backUp({ mine: file });
  await expect(
    searchEntries(gateway.vaults, accountId, { pointId: world.pointId, query: 'report', limit: 1 }),
  ).rejects.toMatchObject({ code: 'not_found' });
  await expect(
    searchEntries(gateway.vaults, accountId, { pointId, query: 'a', limit: 1, cursor: 'not/there' }),
  ).rejects.toMatchObject({ code: 'invalid_input' });
});

/** `CROSSVAULT_MILLION=1` makes it a million. */
const many = process.env.CROSSVAULT_MILLION ? 1_000_000 : 41_000;

test(`a folder of ${many.toLocaleString('en')} entries opens at once anywhere, and a search looks at a part at a time`, async () => {
  const folder: TestTree = {};
  for (let i = 0; i < many; i++) folder[`file-${String(i).padStart(7, '0')}`] = file;
  const world = await backUp({ big: folder });
  const list = (cursor?: string) =>
    listEntries(gateway.vaults, world.accountId, { pointId: world.pointId, path: 'big', limit: 200, cursor });
  const timed = async <T>(act: () => Promise<T>): Promise<[T, number]> => {
    const before = performance.now();
    return [await act(), performance.now() - before];
  };
  const [first, firstMs] = await timed(() => list());
  expect(first.entries).toHaveLength(200);
  const middle = Buffer.from(`file-${String(Math.floor(many / 2)).padStart(7, '0')}`).toString('hex');
  const [, middleMs] = await timed(() => list(middle));
  expect(Math.max(firstMs, middleMs)).toBeLessThan(1000);
  const last = `file-${String(many - 1).padStart(7, '0')}`;
  const [found, searchMs] = await timed(() => searchAll(world, last.slice(-6), 100));
  expect(found).toMatchObject({ paths: expect.arrayContaining([`big/${last}`]), scanned: many + 1 });
  expect(found.pages).toBeGreaterThan(1);
  if (process.env.CROSSVAULT_MILLION) console.log({ firstMs, middleMs, searchMs, pages: found.pages });
}, 600_000);
