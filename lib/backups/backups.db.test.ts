import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { backupPoints } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { sharingFixtures } from '@/lib/backup-shares/test-shares';
import { pageOf } from '@/lib/schemas';
import { testAccount } from '@/lib/testing/world';
import { getBackup, listBackups } from '.';
import { Backup } from './schemas';

const database = await testDatabase();
const { makeBackup, makeDiskVault, arrangeShare, accept, arrive } = sharingFixtures(database);

describe('the list of backups', () => {
  test('holds servers and disks, own and shared ones, and filters by kind, state, name and whose they are', async () => {
    const account = await testAccount(database);
    const ctx = account.as('auditor');
    const files = await makeDiskVault(account, { kind: 'standard', capacityBytes: null });
    await makeBackup(account, { sourceKind: 'local_file', vaultId: files.id });
    const disk = await makeBackup(account, { backupName: 'nightly-disk' });
    const servers = await makeDiskVault(account, { kind: 'server_backup' });
    const server = await makeBackup(account, { sourceKind: 'server', vaultId: servers.id });
    const leaving = await makeBackup(account, { status: 'deleting' });
    const sharer = await testAccount(database);
    const { share } = await arrangeShare(sharer, account);
    await accept(account, share.id);
    const shared = await arrive(share.id);
    const ids = async (filter: Parameters<typeof listBackups>[1]) =>
      (await listBackups(ctx, filter)).items.map(({ id }) => id).toSorted();
    expect(await ids({})).toEqual([disk.id, server.id, leaving.id, shared.id].toSorted());
    expect(await ids({ kind: 'server' })).toEqual([server.id]);
    expect(await ids({ state: 'deleting' })).toEqual([leaving.id]);
    expect(await ids({ own: 'shared' })).toEqual([shared.id]);
    expect(await ids({ own: 'own', state: 'available' })).toEqual([disk.id, server.id].toSorted());
    expect(await ids({ query: 'nightly' })).toEqual([disk.id]);
    expect(await ids({ region: 'eu-west-1' })).toEqual([]);
    const page = await listBackups(ctx, {});
    expect(pageOf(Backup).parse(page)).toEqual(page);
    const received = await getBackup(ctx, { id: shared.id });
    expect(received).toMatchObject({ sharedBy: { name: sharer.name } });
    expect(received.shareRefusal).toMatch(/cannot be shared on/);
    expect((await getBackup(ctx, { id: disk.id })).shareRefusal).toBeNull();
  });

  test('says with how many projects a backup is shared, and hides it from strangers', async () => {
    const [sharer, stranger] = [await testAccount(database), await testAccount(database)];
    const { backup } = await arrangeShare(sharer);
    expect(await getBackup(sharer.as('auditor'), { id: backup.id })).toMatchObject({ shareCount: 1 });
    await expect(getBackup(stranger.as('auditor'), { id: backup.id })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await listBackups(stranger.as('auditor'), {})).items).toEqual([]);
    await database.owner.delete(backupPoints).where(eq(backupPoints.id, backup.id));
  });
});
