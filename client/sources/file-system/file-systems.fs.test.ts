import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { loseSource, makeWorld, tick, visibleCopies } from '@/lib/engine/transfer/test-world';
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
import { createHardTree } from '../../testing/hard-tree';
import { TestHost } from '../../testing/test-host';
import { TestRegion } from '../../testing/test-region';

const database = await testDatabase();
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());

/** The newest copy in the other account, once the first account and its vault are gone. */
async function replicateAndLose(world: Awaited<ReturnType<typeof makeWorld>>): Promise<string> {
  expect((await tick(world, world.target.accountId)).errors).toEqual([]);
  const copies = await visibleCopies(world);
  await loseSource(world);
  return copies.at(-1)!.id;
}

describe.each([
  ['nas', 'ext4'],
  ['cpfs', 'xfs'],
] as const)('%s on %s', (kind, type) => {
  test('is backed up in one account, replicated, and restored in another one when the first is lost', async () => {
    const world = await makeWorld(database, { environment: engine.vaults });
    const [from, to] = [await LoopMount.make(type), await LoopMount.make(type)];
    const regionA = await TestRegion.make(database, engine, world.source);
    const regionB = await TestRegion.make(database, engine, world.target);
    await createHardTree(await makeFolder(from.path, 'projects'));
    await writeFile(join(from.path, 'at the top'), 'top');
    const before = await contentsOf(from.path);
    const source = await registerMount(database, regionA, kind, from);
    const target = await registerMount(database, regionB, kind, to);
    await runMover(engine, fingerprint);

    const backup = await regionA.until(await regionA.queueBackup(source), 'complete');
    expect(backup.report).toMatchObject({ skippedCount: 0, symlinks: 5 });
    const again = await regionA.until(await regionA.queueBackup(source), 'complete');
    const { files, unchangedFiles } = again.report as JobReport;
    expect(unchangedFiles).toBe(files);

    const pointId = await replicateAndLose(world);
    const spec = restoreTo({ kind: 'file_system', sourceId: target, path: '/come back' });
    const restore = await regionB.until(await regionB.queueRestore(pointId, spec), 'complete');
    expect(restore.report).toMatchObject({ skippedCount: 0, symlinks: 5 });
    expect(await contentsOf(join(to.path, 'come back'))).toEqual(before);
  });
});

describe.each([
  ['ecs_file', { placement: 'ecs', region: 'cn-hangzhou' }],
  ['local_file', { placement: 'server', region: 'cn-hangzhou' }],
] as const)('%s', (_, place) => {
  test('are backed up in one account, replicated, and restored in another one when the first is lost', async () => {
    const world = await makeWorld(database, { environment: engine.vaults });
    const enrolled = (address: typeof world.source) =>
      TestHost.enrolled(database, engine, fingerprint, { address, place });
    const [from, to] = [await enrolled(world.source), await enrolled(world.target)];
    const source = await makeFolder((await LoopMount.make('xfs')).path, 'srv');
    const target = (await LoopMount.make('ext4')).path;
    await createHardTree(source);
    await from.backup([source]);
    const pointId = await replicateAndLose(world);
    expect(await to.restore(pointId, { targetPath: target })).toMatchObject({ outcome: 'complete' });
    expect(await contentsOf(join(target, source))).toEqual(await contentsOf(source));
  });
});

describe('common_nas', () => {
  test('is backed up in one account, replicated, and restored in another one when the first is lost', async () => {
    const world = await makeWorld(database, { environment: engine.vaults });
    const place = { placement: 'server', region: 'cn-hangzhou' } as const;
    const enrolled = (address: typeof world.source) =>
      TestHost.enrolled(database, engine, fingerprint, { address, place });
    const [hostA, hostB] = [await enrolled(world.source), await enrolled(world.target)];
    const [from, to] = [await LoopMount.make('ext4'), await LoopMount.make('xfs')];
    await createHardTree(await makeFolder(from.path, 'share'));
    const before = await contentsOf(join(from.path, 'share'));
    const [atA, atB] = [
      TestRegion.ofHost(database, engine, hostA),
      TestRegion.ofHost(database, engine, hostB),
    ];
    const source = await atA.addSource({ kind: 'common_nas', mountPath: from.path });
    const target = await atB.addSource({ kind: 'common_nas', mountPath: to.path });
    runDaemon(hostA);
    runDaemon(hostB);

    await atA.until(await atA.queueBackup(source, { paths: ['/share'] }), 'complete');
    const pointId = await replicateAndLose(world);
    const destination = { kind: 'host', sourceId: target, targetPath: join(to.path, 'back') };
    await atB.until(await atB.queueRestore(pointId, restoreTo(destination)), 'complete');
    expect(await contentsOf(join(to.path, 'back', 'share'))).toEqual(before);
  });
});
