import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { backupPoints, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import type { JobReport } from '@/lib/jobs/schemas';
import { LoopMount } from '@/lib/testing/loop-mount';
import {
  contentsOf,
  makeFolder,
  registerMount,
  restoreTo,
  runDaemon,
  runMover,
} from '../../testing/file-system-world';
import { TestHost } from '../../testing/test-host';
import { TestRegion } from '../../testing/test-region';
import type { AdapterRegistry } from '../adapter';
import { nasFileSystem } from './region-file-system';

const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());

const pointsOf = async ({ accountId }: TestRegion) =>
  (await owner.select().from(backupPoints).where(eq(backupPoints.accountId, accountId))).length;
const failureOf = async (region: TestRegion, id: string) => (await region.until(id, 'failed')).errorMessage;
const skippedOf = ({ report }: { report: unknown }) => (report as JobReport).skipped;

describe('a NAS that is not what was registered', () => {
  let mount: LoopMount;
  let region: TestRegion;
  let source: string;
  beforeAll(async () => {
    mount = await LoopMount.make('ext4');
    region = await TestRegion.make(database, engine);
    source = await registerMount(database, region, 'nas', mount);
    await writeFile(join(mount.path, 'file'), 'data');
  });

  test('is neither backed up as empty nor written to while it is unmounted', async () => {
    await runMover(engine, fingerprint);
    const { pointId } = await region.until(await region.queueBackup(source), 'complete');
    await mount.unmount();
    expect(await failureOf(region, await region.queueBackup(source))).toContain('Nothing is mounted');
    const spec = restoreTo({ kind: 'file_system', sourceId: source, path: '/' });
    expect(await failureOf(region, await region.queueRestore(pointId!, spec))).toContain(
      'Nothing is mounted',
    );
    expect(await readdir(mount.path)).toEqual([]);
    expect(await pointsOf(region)).toBe(1);
    await mount.mount();
    await region.until(await region.queueBackup(source), 'complete');
  });

  test('is refused while another file system stands in its place', async () => {
    await runMover(engine, fingerprint);
    const before = await pointsOf(region);
    await mount.cover(await LoopMount.make('ext4'));
    expect(await failureOf(region, await region.queueBackup(source))).toContain('Another file system');
    await mount.unmount();
    expect(await pointsOf(region)).toBe(before);
  });

  test.each([
    ['goes away', async () => mount.unmountLazily(), async () => mount.mount()],
    [
      'is mounted anew',
      async () => {
        await mount.unmountLazily();
        await mount.mount();
      },
      async () => {},
    ],
  ])('makes no point when it %s after the backup has begun', async (_, disturb, mend) => {
    const before = await pointsOf(region);
    const adapters: AdapterRegistry = async () => ({
      ...nasFileSystem,
      backup: (context, offer) =>
        nasFileSystem.backup(
          {
            ...context,
            // Asked for after the mount was looked at, and before the walk begins.
            post: async (verb, ...rest) => {
              if (verb === 'backup/begin') await disturb();
              return context.post(verb, ...rest);
            },
          },
          offer,
        ),
    });
    await runMover(engine, fingerprint, adapters);
    expect(await failureOf(region, await region.queueBackup(source))).toMatch(/mount|Nothing could be read/);
    expect(await pointsOf(region)).toBe(before);
    await mend();
  });
});

describe('what a tenant puts into a NAS', () => {
  let mount: LoopMount;
  let region: TestRegion;
  let source: string;
  beforeAll(async () => {
    mount = await LoopMount.make('ext4');
    region = await TestRegion.make(database, engine);
    source = await registerMount(database, region, 'nas', mount);
    await symlink('/etc', join(mount.path, 'door'));
    await writeFile(join(await makeFolder(mount.path, 'work'), 'kept.txt'), 'text');
    await writeFile(join(mount.path, 'work', 'left.tmp'), 'temporary');
    await writeFile(join(await makeFolder(mount.path, 'other'), 'file'), 'other');
  });

  test("a chosen link shows nothing of the engine's machine", async () => {
    await runMover(engine, fingerprint);
    expect(await failureOf(region, await region.queueBackup(source, { paths: ['/door/ssl'] }))).toContain(
      'Nothing could be read',
    );
    const job = await region.until(
      await region.queueBackup(source, { paths: ['/door/ssl', '/work'] }),
      'partial',
    );
    expect(skippedOf(job)).toEqual([
      { path: '/door/ssl', reason: expect.stringContaining('leads through a link') },
    ]);
  });

  test('a link in the path of a restore is not gone through', async () => {
    await runMover(engine, fingerprint);
    const { pointId } = await region.until(
      await region.queueBackup(source, { paths: ['/work'] }),
      'complete',
    );
    const outside = await readdir('/etc');
    for (const isDryRun of [true, false]) {
      const spec = restoreTo({ kind: 'file_system', sourceId: source, path: '/door/x' }, { isDryRun });
      const why = await failureOf(region, await region.queueRestore(pointId!, spec));
      expect(why).toContain('leads through a link');
    }
    expect(await readdir('/etc')).toEqual(outside);
  });

  test('what else is mounted in it is left out, and said', async () => {
    await runMover(engine, fingerprint);
    const inner = await LoopMount.make('xfs');
    await writeFile(join(inner.path, 'secret'), 'of somebody else');
    const place = await makeFolder(mount.path, 'work', 'inner');
    const covered = { path: place, cover: LoopMount.prototype.cover, unmount: LoopMount.prototype.unmount };
    await covered.cover.call(covered as unknown as LoopMount, inner);
    const job = await region.until(await region.queueBackup(source, { paths: ['/work'] }), 'partial');
    await covered.unmount.call(covered as unknown as LoopMount);
    expect(skippedOf(job)).toEqual([{ path: '/work/inner', reason: 'another file system is mounted here' }]);
  });

  test('patterns choose what is taken', async () => {
    await runMover(engine, fingerprint);
    const spec = { paths: ['/'], includes: ['*.txt', 'other/'], excludes: ['*.tmp', 'inner', 'lost+found'] };
    const { pointId } = await region.until(await region.queueBackup(source, spec), 'complete');
    const target = restoreTo({ kind: 'file_system', sourceId: source, path: '/chosen' });
    await region.until(await region.queueRestore(pointId!, target), 'complete');
    const restored = await contentsOf(join(mount.path, 'chosen'));
    expect([...restored.keys()]).toEqual(['other', 'other/file', 'work', 'work/kept.txt']);
    expect(await readFile(join(mount.path, 'chosen', 'work', 'kept.txt'), 'utf8')).toBe('text');
  });
});

describe('an on-premises NAS', () => {
  test('is remembered by its host: unmounted or replaced it is refused, and a restore stays inside it', async () => {
    const host = await TestHost.enrolled(database, engine, fingerprint);
    const mount = await LoopMount.make('ext4');
    const region = TestRegion.ofHost(database, engine, host);
    const source = await region.addSource({ kind: 'common_nas', mountPath: mount.path });
    await writeFile(join(mount.path, 'file'), 'data');
    runDaemon(host);
    const { pointId } = await region.until(await region.queueBackup(source), 'complete');
    await mount.unmount();
    await writeFile(join(mount.path, 'on the host itself'), '');
    expect(await failureOf(region, await region.queueBackup(source))).toContain('Nothing is mounted');
    await mount.cover(await LoopMount.make('ext4'));
    expect(await failureOf(region, await region.queueBackup(source))).toContain('Another file system');
    await mount.unmount();
    await mount.mount();
    const destination = { kind: 'host', sourceId: source, targetPath: '/tmp/elsewhere' };
    const outside = await region.queueRestore(pointId!, restoreTo(destination));
    expect(await failureOf(region, outside)).toContain('Choose a folder below');
    expect(await pointsOf(region)).toBe(1);
    await owner.delete(jobs).where(eq(jobs.id, outside));
  });

  test('named by its source is refused when that is not what is mounted', async () => {
    const host = await TestHost.enrolled(database, engine, fingerprint);
    const mount = await LoopMount.make('ext4');
    const region = TestRegion.ofHost(database, engine, host);
    const source = await region.addSource({
      kind: 'common_nas',
      mountPath: mount.path,
      mountSource: 'nas.example.com:/export',
    });
    runDaemon(host);
    const why = await failureOf(region, await region.queueBackup(source));
    expect(why).toContain('instead of nas.example.com:/export');
  });
});
