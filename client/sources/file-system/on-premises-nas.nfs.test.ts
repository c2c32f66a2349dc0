import { chmod, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { loseSource, makeWorld, tick, visibleCopies } from '@/lib/engine/transfer/test-world';
import { LoopMount } from '@/lib/testing/loop-mount';
import { NfsExport } from '@/lib/testing/nfs/nfs-export';
import { contentsOf, makeFolder, restoreTo, runDaemon } from '../../testing/file-system-world';
import { TestHost } from '../../testing/test-host';
import { TestRegion } from '../../testing/test-region';

const database = await testDatabase();
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());

async function fill(folder: string): Promise<void> {
  await writeFile(join(await makeFolder(folder, 'share', 'deep'), 'script'), 'echo\n'.repeat(50_000));
  await chmod(join(folder, 'share', 'deep', 'script'), 0o750);
  await writeFile(join(folder, 'share', 'ümlaut'), 'text');
  await symlink('deep/script', join(folder, 'share', 'link'));
}

test('an NFS export is backed up, replicated, lost, and restored onto another export; unmounted it is never taken as empty', async () => {
  const world = await makeWorld(database, { environment: engine.vaults });
  const place = { placement: 'server', region: 'cn-hangzhou' } as const;
  const enrolled = (address: typeof world.source) =>
    TestHost.enrolled(database, engine, fingerprint, { address, place });
  const [hostA, hostB] = [await enrolled(world.source), await enrolled(world.target)];
  const from = await NfsExport.make((await LoopMount.make('ext4')).path);
  const to = await NfsExport.make((await LoopMount.make('ext4')).path);
  await fill(from.behind);
  const before = await contentsOf(join(from.path, 'share'));
  expect(before.size).toBe(4);
  const [atA, atB] = [TestRegion.ofHost(database, engine, hostA), TestRegion.ofHost(database, engine, hostB)];
  const nas = ({ path, source }: NfsExport) => ({
    ...({ kind: 'common_nas', mountPath: path } as const),
    mountSource: source,
  });
  const source = await atA.addSource(nas(from));
  const target = await atB.addSource(nas(to));
  runDaemon(hostA);
  runDaemon(hostB);

  await atA.until(await atA.queueBackup(source, { paths: ['/share'] }), 'complete');
  await from.unmount();
  const failed = await atA.until(await atA.queueBackup(source, { paths: ['/share'] }), 'failed');
  expect(failed.errorMessage).toContain('Nothing is mounted');
  expect(await readdir(from.path)).toEqual([]);

  expect((await tick(world, world.target.accountId)).errors).toEqual([]);
  const copies = await visibleCopies(world);
  await loseSource(world);
  const destination = { kind: 'host', sourceId: target, targetPath: join(to.path, 'back') };
  await atB.until(await atB.queueRestore(copies.at(-1)!.id, restoreTo(destination)), 'complete');
  expect(await contentsOf(join(to.path, 'back', 'share'))).toEqual(before);
  expect(await contentsOf(join(to.behind, 'back', 'share'))).toEqual(before);
});
