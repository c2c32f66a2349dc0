import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeDisk, makeServer, makeVault } from '@/db/factories';
import { dataSources, disks, imageDisks, images, jobs, servers } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { deleteImage, listImages, registerImage } from '@/lib/images';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import {
  createServer,
  deleteServer,
  listServers,
  restoreServer,
  startServer,
  stopServer,
  updateServer,
} from '.';

const database = await testDatabase();
const { owner } = database;
const region = 'cn-hangzhou';
const nowhere = 'i-00000000000000000000';
const mib = 2 ** 20;
const rowOf = async (id: string) => (await owner.select().from(servers).where(eq(servers.id, id)))[0];

async function arrangeServer(account: TestAccount, state: 'stopped' | 'running' = 'stopped', name?: string) {
  const server = await makeServer(owner, { accountId: account.id, ...(name && { name }) });
  await makeDisk(owner, { accountId: account.id, serverId: server.id, position: 0, sizeBytes: mib });
  await owner.update(servers).set({ state }).where(eq(servers.id, server.id));
  return server.id;
}

async function makeBackup(account: TestAccount) {
  const vault = await makeVault(owner, {
    accountId: account.id,
    resourceGroupId: account.groupId,
    kind: 'server_backup',
    region,
  });
  return makeBackupPoint(owner, { accountId: account.id, vaultId: vault.id, sourceKind: 'server' });
}

describeWriteVerb(database, {
  verb: createServer,
  arrange: async (account) => ({
    name: 'web',
    region,
    from: { kind: 'disks' as const, diskIds: [(await makeDisk(owner, { accountId: account.id })).id] },
  }),
  check: async ({ out, account }) => {
    expect(await rowOf(out.id)).toMatchObject({ accountId: account.id, state: 'stopped', flavour: 'small' });
    expect(out.disks).toHaveLength(1);
    const [source] = await owner.select().from(dataSources).where(eq(dataSources.item, out.id));
    expect(source).toMatchObject({ kind: 'server', name: 'web' });
  },
  missing: (input) => ({ ...input, from: { kind: 'disks' as const, diskIds: ['d-00000000000000000000'] } }),
  audit: { resourceKind: 'server', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: updateServer,
  arrange: async (account) => ({
    id: await arrangeServer(account),
    name: 'renamed',
    flavour: 'tiny' as const,
  }),
  check: async ({ input }) =>
    expect(await rowOf(input.id)).toMatchObject({ name: 'renamed', flavour: 'tiny' }),
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'server', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: startServer,
  arrange: async (account) => ({ id: await arrangeServer(account) }),
  check: async ({ input }) => {
    expect((await rowOf(input.id))?.state).toBe('starting');
    const [disk] = await owner.select().from(disks).where(eq(disks.serverId, input.id));
    expect(disk?.generation).toBe(2);
  },
  missing: () => ({ id: nowhere }),
  audit: { resourceKind: 'server', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: stopServer,
  arrange: async (account) => ({ id: await arrangeServer(account, 'running') }),
  check: async ({ input }) => expect((await rowOf(input.id))?.state).toBe('stopping'),
  missing: () => ({ id: nowhere }),
  audit: { resourceKind: 'server', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: deleteServer,
  arrange: async (account) => ({
    id: await arrangeServer(account, 'stopped', 'old'),
    isWithDisks: true,
    confirm: 'old',
  }),
  check: async ({ input, account }) => {
    expect((await rowOf(input.id))?.state).toBe('deleting');
    const rows = await owner.select().from(disks).where(eq(disks.accountId, account.id));
    expect(rows.every(({ serverId, state }) => serverId === null && state === 'deleting')).toBe(true);
  },
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'server', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: restoreServer,
  arrange: async (account) => ({
    id: await arrangeServer(account, 'stopped', 'back'),
    pointId: (await makeBackup(account)).id,
    confirm: 'back',
  }),
  check: async ({ input, account }) => {
    expect((await rowOf(input.id))?.state).toBe('restoring');
    expect(await owner.select().from(jobs).where(eq(jobs.accountId, account.id))).toHaveLength(1);
  },
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'server', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: registerImage,
  arrange: async (account) => ({ pointId: (await makeBackup(account)).id, name: 'golden' }),
  check: async ({ out, input }) => {
    const [image] = await owner.select().from(images).where(eq(images.id, out.id));
    expect(image).toMatchObject({ state: 'creating', pointId: input.pointId, flavour: 'small' });
    expect(await owner.select().from(imageDisks).where(eq(imageDisks.imageId, out.id))).toHaveLength(1);
  },
  missing: (input) => ({ ...input, pointId: 's-00000000000000000000' }),
  audit: { resourceKind: 'image', resourceId: (out) => out.id },
});

async function makeImage(account: TestAccount) {
  const id = newId('img');
  const common = { accountId: account.id, name: 'golden' };
  await owner.insert(images).values({
    ...common,
    id,
    region,
    state: 'available',
    pointId: 's-gone',
    sourceName: 'web',
    createdBy: 'u',
  });
  await owner.insert(imageDisks).values({
    ...common,
    id: newId('imgd'),
    imageId: id,
    position: 0,
    pool: 'default',
    format: 'raw',
    sizeBytes: mib,
  });
  return id;
}

describeWriteVerb(database, {
  verb: deleteImage,
  arrange: async (account) => ({ id: await makeImage(account), confirm: 'golden' }),
  check: async ({ input }) => {
    const [image] = await owner.select().from(images).where(eq(images.id, input.id));
    expect(image?.state).toBe('deleting');
  },
  missing: (input) => ({ ...input, id: 'img-00000000000000000000' }),
  audit: { resourceKind: 'image', resourceId: (_, input) => input.id },
});

describe('a server', () => {
  test('is made of a backup with a disk for each of its own, and of an image whose backup is gone', async () => {
    const account = await testAccount(database);
    const ctx = account.as('operator');
    const point = await makeBackup(account);
    const made = await createServer(ctx, {
      name: 'copy',
      region,
      from: { kind: 'backup', pointId: point.id },
    });
    expect(made).toMatchObject({
      state: 'creating',
      disks: [{ position: 0, sizeBytes: mib, state: 'creating' }],
    });
    const imageId = await makeImage(account);
    const second = await createServer(ctx, { name: 'clone', region, from: { kind: 'image', imageId } });
    const [disk] = await owner.select().from(disks).where(eq(disks.serverId, second.id));
    expect(disk?.createdFrom).toMatchObject({ kind: 'image' });
    expect((await listServers(ctx, { region })).total).toBe(2);
    expect((await listImages(ctx, {})).items).toHaveLength(1);
  });

  test('takes no disk of another server, of another region, or one that is not ready', async () => {
    const account = await testAccount(database);
    const ctx = account.as('operator');
    const refused = async (given: object, reason: string) => {
      const disk = await makeDisk(owner, { accountId: account.id, ...given });
      const from = { kind: 'disks' as const, diskIds: [disk.id] };
      await expect(createServer(ctx, { name: `s-${reason}`, region, from })).rejects.toMatchObject({
        reason,
      });
    };
    const other = await makeServer(owner, { accountId: account.id });
    await refused({ serverId: other.id, position: 0 }, 'disk_attached');
    await refused({ region: 'eu-west-1' }, 'other_region');
    await refused({ state: 'error' }, 'disk_not_ready');
  });

  test('is not started without a disk, not deleted while it runs, and not stopped while it is backed up', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator');
    const bare = await makeServer(owner, { accountId: account.id });
    await expect(startServer(ctx, { id: bare.id })).rejects.toMatchObject({ reason: 'server_not_startable' });
    const disk = await makeDisk(owner, { accountId: account.id });
    const server = await createServer(ctx, {
      name: 'busy',
      region,
      from: { kind: 'disks', diskIds: [disk.id] },
    });
    await owner.update(servers).set({ state: 'running' }).where(eq(servers.id, server.id));
    await expect(deleteServer(ctx, { id: server.id, confirm: 'busy' })).rejects.toMatchObject({
      reason: 'server_not_stopped',
    });
    const vault = await makeVault(owner, {
      accountId: account.id,
      kind: 'server_backup',
      resourceGroupId: account.groupId,
    });
    const [source] = await owner.select().from(dataSources).where(eq(dataSources.id, server.sourceId!));
    await owner.insert(jobs).values({
      accountId: account.id,
      id: newId('job'),
      kind: 'backup',
      status: 'running',
      clientId: source!.clientId,
      vaultId: vault.id,
      spec: { paths: ['/'], sourceId: source!.id },
      createdBy: 'u',
    });
    await expect(stopServer(ctx, { id: server.id })).rejects.toMatchObject({ reason: 'backup_running' });
  });
});
