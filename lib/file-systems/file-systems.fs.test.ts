import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { auditEvents, fileSystems, notifications } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { systemClock } from '@/lib/clock';
import { LoopMount } from '@/lib/testing/loop-mount';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { addFileSystem, checkFileSystems, findMountPlace, listFileSystems, removeFileSystem } from '.';

const database = await testDatabase();
const { owner, app, engine } = database;
let mount: LoopMount;
let account: TestAccount;
let stranger: TestAccount;
let accountId: string;
const wanted = () => ({
  accountId,
  region: 'cn-hangzhou',
  kind: 'nas' as const,
  name: 'Projects',
  mountPath: mount.path,
});
let id: string;

beforeAll(async () => {
  mount = await LoopMount.make('ext4');
  account = await testAccount(database);
  stranger = await testAccount(database);
  accountId = account.id;
});

describe('the operator registers a mounted file system', () => {
  test('for an account, which is told and reads it in its audit', async () => {
    ({ id } = await addFileSystem(owner, wanted()));
    const [row] = await owner.select().from(fileSystems).where(eq(fileSystems.id, id));
    expect(row).toMatchObject({ accountId, mountPath: mount.path, fsType: 'ext4', fsRoot: '/' });
    expect(row!.fsId).toMatch(/^[0-9a-f]{16}$/);
    const [audit] = await owner.select().from(auditEvents).where(eq(auditEvents.accountId, accountId));
    expect(audit).toMatchObject({ action: 'file_systems.add', resourceId: id, actorName: 'operator' });
    expect(JSON.stringify(audit)).not.toContain(mount.path);
    const [notice] = await owner.select().from(notifications).where(eq(notifications.accountId, accountId));
    expect(notice!.title).toBe('The File Storage NAS Projects can be backed up now');
  });

  test.each([
    ['a second time', () => wanted(), 'registered already'],
    ['for another account', () => ({ ...wanted(), accountId: stranger.id }), 'registered already'],
    ['where nothing is mounted', () => ({ ...wanted(), mountPath: '/usr' }), 'Nothing is mounted'],
    ['in no region', () => ({ ...wanted(), region: 'mars' }), 'no region mars'],
    ['for no account', () => ({ ...wanted(), accountId: '0000000000000000' }), 'no account'],
    ['by half a path', () => ({ ...wanted(), mountPath: 'mnt' }), 'whole path'],
  ])('but not %s', async (_, input, why) => {
    await expect(addFileSystem(owner, input())).rejects.toThrow(why);
    expect(await owner.select().from(fileSystems)).toHaveLength(1);
  });
});

describe('the account', () => {
  test('sees its own and nothing of where it lies; another account sees nothing', async () => {
    const list = async (of: TestAccount) => (await listFileSystems(of.as('auditor'), {})).items;
    const [found] = await list(account);
    expect(found).toMatchObject({ id, kind: 'nas', name: 'Projects', check: { state: 'ok' } });
    expect(JSON.stringify(found)).not.toContain(mount.path);
    expect(await list(stranger)).toEqual([]);
    await expect(
      inAccount(app, accountId, (tx) => tx.execute(sql`select mount_path from file_systems`)),
    ).rejects.toMatchObject({ cause: { code: '42501' } });
    const write = (statement: ReturnType<typeof sql>) =>
      inAccount(app, accountId, (tx) => tx.execute(statement));
    for (const statement of [
      sql`update file_systems set mount_path = '/etc'`,
      sql`delete from file_systems`,
      sql`insert into file_systems (account_id, id, region, kind, name, mount_path, fs_type, fs_source, fs_root)
        values (${accountId}, 'fs-mine', 'cn-hangzhou', 'nas', 'x', '/etc', 'ext4', 'x', '/')`,
    ])
      await expect(write(statement)).rejects.toMatchObject({ cause: { code: '42501' } });
  });

  test("has the mover read it where it lies, and no stranger's", async () => {
    const place = (of: TestAccount) =>
      inAccount(engine, of.id, (tx) => findMountPlace(tx, of.id, { id, kind: 'nas' }));
    expect(await place(account)).toMatchObject({ mountPath: mount.path, fsType: 'ext4' });
    expect(await place(stranger)).toBeNull();
  });
});

test('a check finds it unmounted, replaced, and well again', async () => {
  const check = async () =>
    (await checkFileSystems(owner, systemClock)).find(({ row }) => row.id === id)!.problem;
  expect(await check()).toBeNull();
  await mount.unmount();
  expect(await check()).toContain('Nothing is mounted');
  await mount.cover(await LoopMount.make('xfs'));
  expect(await check()).toContain('Another file system is mounted');
  const [item] = (await listFileSystems(account.as('auditor'), {})).items;
  expect(item!.check).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('Another file system'),
  });
  await mount.unmount();
  await mount.mount();
  expect(await check()).toBeNull();
});

test('it is taken away again, but not from under a data source', async () => {
  await owner.execute(sql`insert into clients (account_id, id, name, hostname, placement, region)
    values (${accountId}, ${`c-${accountId}`}, 'r', 'r', 'region', 'cn-hangzhou')`);
  const config = JSON.stringify({ kind: 'nas', fileSystemId: id });
  const addSource = (fileSystem = config) =>
    owner.execute(sql`insert into data_sources (account_id, id, kind, client_id, item, name, config)
      values (${accountId}, ${`ds-${accountId}`}, 'nas', ${`c-${accountId}`}, ${id}, 'd', ${fileSystem}::jsonb)`);
  await expect(addSource('{"fileSystemId": "fs-other"}')).rejects.toMatchObject({ cause: { code: 'CV005' } });
  await addSource();
  await expect(removeFileSystem(owner, id)).rejects.toThrow('has to remove that data source first');
  await expect(owner.delete(fileSystems).where(eq(fileSystems.id, id))).rejects.toMatchObject({
    cause: { code: 'CV005' },
  });
  await owner.execute(sql`delete from data_sources where account_id = ${accountId}`);
  expect(await removeFileSystem(owner, id)).toEqual({ name: 'Projects' });
  await expect(removeFileSystem(owner, id)).rejects.toThrow('There is no file system');
});
