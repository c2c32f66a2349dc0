import { mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import type { RestoreChanges } from '@/lib/jobs/schemas';
import { encodePath } from './restore/selection';
import { snapshot } from './testing/snapshot';
import { TestHost } from './testing/test-host';

const database = await testDatabase();
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());

let host: TestHost;
let source: string;
let pointId: string;

beforeAll(async () => {
  host = await TestHost.enrolled(database, engine, fingerprint);
  source = host.at('source');
  await mkdir(join(source, 'docs', 'deep'), { recursive: true });
  for (const name of ['a.txt', 'b.txt', 'docs/c.txt', 'docs/deep/d.txt'])
    await writeFile(join(source, name), `content of ${name}`);
  await symlink('a.txt', join(source, 'link'));
  pointId = String((await host.backup([source])).result!.summary.pointId);
});

/** Two of the files are there already, one of them changed later than the backup's. */
async function prepare() {
  const targetPath = host.newFolder('there');
  const at = (name: string) => join(targetPath, source, name);
  await mkdir(at('docs'), { recursive: true });
  await writeFile(at('a.txt'), 'mine');
  await writeFile(at('docs/c.txt'), 'mine, older');
  await utimes(at('docs/c.txt'), 1000, 1000);
  await utimes(at('a.txt'), 4_000_000_000, 4_000_000_000);
  return { targetPath, at };
}

const items = ({ created, overwritten, skipped, keptBoth }: RestoreChanges) => [
  created.items,
  overwritten.items,
  skipped.items,
  keptBoth.items,
];

describe('a dry run', () => {
  test.each([
    ['overwrite', [3, 2, 0, 0]],
    ['skip', [3, 0, 2, 0]],
    ['keep_both', [3, 0, 0, 2]],
    ['only_if_newer', [3, 1, 1, 0]],
  ] as const)(
    'with %s says what the restore would do, and changes nothing',
    async (conflictPolicy, expected) => {
      const { targetPath } = await prepare();
      const before = await snapshot(targetPath);
      const dry = await host.restore(pointId, { targetPath, conflictPolicy, isDryRun: true });
      expect(dry.outcome).toBe('complete');
      const changes = dry.result!.report.changes!;
      expect(items(changes)).toEqual(expected);
      expect(changes.created.bytes).toBe('content of b.txt'.length + 'content of docs/deep/d.txt'.length);
      expect(changes.freeBytes).toBeGreaterThan(0);
      expect(changes.listed.map(({ path }) => path.slice(source.length - 1)).sort()).toEqual([
        '/a.txt',
        '/docs/c.txt',
      ]);
      expect(dry.result!.report).toMatchObject({ files: 4, symlinks: 1, folders: 1 });
      expect(await snapshot(targetPath)).toEqual(before);

      await host.restore(pointId, { targetPath, conflictPolicy });
      const after = await snapshot(targetPath);
      const [created, overwritten, , keptBoth] = items(changes);
      const dirs = dry.result!.report.folders;
      expect(after.size - before.size).toBe(created! + keptBoth! + dirs);
      const isReplaced = async (name: string) =>
        (await readFile(join(targetPath, source, name), 'utf8')).startsWith('content');
      const replaced = await Promise.all(['a.txt', 'docs/c.txt'].map(isReplaced));
      expect(replaced.filter(Boolean)).toHaveLength(overwritten!);
    },
  );

  test('into a folder that is not there creates everything, and does not make it', async () => {
    const targetPath = host.newFolder('missing');
    const dry = await host.restore(pointId, { targetPath, isDryRun: true, conflictPolicy: 'skip' });
    expect(items(dry.result!.report.changes!)).toEqual([5, 0, 0, 0]);
    await expect(snapshot(targetPath)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('of chosen items counts only those', async () => {
    const { targetPath } = await prepare();
    const paths = [
      encodePath([...source.split('/'), 'docs'].filter(Boolean).map((name) => Buffer.from(name))),
    ];
    const spec = { targetPath, isDryRun: true, selection: { mode: 'include' as const, paths } };
    expect(items((await host.restore(pointId, spec)).result!.report.changes!)).toEqual([1, 1, 0, 0]);
  });

  test.each([
    ['overwrite', [4, 2, 0, 0], 0],
    ['skip', [3, 0, 0, 0], 1],
  ] as const)(
    'with %s says what stands in the way of a folder, and follows no link',
    async (conflictPolicy, expected, left) => {
      const targetPath = host.newFolder('linked');
      const elsewhere = host.newFolder('elsewhere');
      await mkdir(join(targetPath, source), { recursive: true });
      await mkdir(elsewhere);
      await writeFile(join(elsewhere, 'c.txt'), 'not to be touched');
      await symlink(elsewhere, join(targetPath, source, 'docs'));
      if (conflictPolicy === 'overwrite') await writeFile(join(targetPath, source, 'a.txt'), 'mine');
      const dry = await host.restore(pointId, { targetPath, conflictPolicy, isDryRun: true });
      expect(items(dry.result!.report.changes!)).toEqual(expected);
      expect(dry.result!.report.skippedCount).toBe(left);
      expect(dry.outcome).toBe(left > 0 ? 'partial' : 'complete');
    },
  );

  test('of a folder that cannot be one fails as the restore would', async () => {
    await writeFile(host.at('a file'), '');
    const targetPath = host.at('a file', 'below');
    const end = await host.start(await host.offerRestore(pointId, { targetPath, isDryRun: true })).ended;
    expect(end).toMatchObject({
      outcome: 'failed',
      error: { code: 'state_conflict', reason: 'target_unusable' },
    });
  });
});
