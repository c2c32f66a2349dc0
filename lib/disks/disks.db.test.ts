import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeBackupPoint, makeDisk, makeKmsKey, makeServer, makeVault } from '@/db/factories';
import { dataSources, diskKeyPermissions, disks, jobs, policyBindings, quotaCounters } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import {
  allowDiskKeys,
  attachDisk,
  createDisk,
  deleteDisk,
  detachDisk,
  listDisks,
  resizeDisk,
  restoreDisk,
  updateDisk,
  withdrawDiskKeys,
} from '.';
import { mib } from './schemas';

const database = await testDatabase();
const { owner } = database;
const region = 'cn-hangzhou';
const nowhere = 'd-00000000000000000000';
const rowOf = async (id: string) => (await owner.select().from(disks).where(eq(disks.id, id)))[0];
const empty = (name: string, sizeBytes = 16 * mib) => ({
  name,
  region,
  from: { kind: 'empty' as const, sizeBytes },
});

async function makeBackup(account: TestAccount, given: Parameters<typeof makeBackupPoint>[1] | object = {}) {
  const vault = await makeVault(owner, {
    accountId: account.id,
    resourceGroupId: account.groupId,
    kind: 'disk_backup',
    region,
  });
  return makeBackupPoint(owner, { accountId: account.id, vaultId: vault.id, sourceKind: 'disk', ...given });
}

describeWriteVerb(database, {
  verb: createDisk,
  arrange: async () => empty('data'),
  check: async ({ out, account }) => {
    expect(await rowOf(out.id)).toMatchObject({ accountId: account.id, state: 'creating', format: 'qcow2' });
    const [source] = await owner.select().from(dataSources).where(eq(dataSources.item, out.id));
    expect(source).toMatchObject({ kind: 'disk', region, config: { kind: 'disk', diskId: out.id } });
  },
  missing: null,
  other: () => empty('other'),
  audit: { resourceKind: 'disk', resourceId: (out) => out.id },
});

const arrangeDisk = async (account: TestAccount, given = {}) =>
  (await makeDisk(owner, { accountId: account.id, ...given })).id;

describeWriteVerb(database, {
  verb: updateDisk,
  arrange: async (account) => ({ id: await arrangeDisk(account), name: 'renamed' }),
  check: async ({ input }) => expect((await rowOf(input.id))?.name).toBe('renamed'),
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'disk', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: resizeDisk,
  arrange: async (account) => ({ id: await arrangeDisk(account), sizeBytes: 32 * mib }),
  check: async ({ input }) =>
    expect(await rowOf(input.id)).toMatchObject({ state: 'resizing', wantedBytes: 32 * mib }),
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'disk', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: attachDisk,
  arrange: async (account) => ({
    id: await arrangeDisk(account),
    serverId: (await makeServer(owner, { accountId: account.id })).id,
  }),
  check: async ({ input }) =>
    expect(await rowOf(input.id)).toMatchObject({ serverId: input.serverId, position: 0 }),
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'disk', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: detachDisk,
  arrange: async (account) => {
    const { id: serverId } = await makeServer(owner, { accountId: account.id });
    return { id: await arrangeDisk(account, { serverId, position: 0 }) };
  },
  check: async ({ input }) => expect(await rowOf(input.id)).toMatchObject({ serverId: null, position: null }),
  missing: () => ({ id: nowhere }),
  audit: { resourceKind: 'disk', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: deleteDisk,
  arrange: async (account) => ({ id: await arrangeDisk(account, { name: 'old' }), confirm: 'old' }),
  check: async ({ input }) => expect((await rowOf(input.id))?.state).toBe('deleting'),
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'disk', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: restoreDisk,
  arrange: async (account) => ({
    id: await arrangeDisk(account, { name: 'target', sizeBytes: mib }),
    pointId: (await makeBackup(account)).id,
    confirm: 'target',
  }),
  check: async ({ input, account }) => {
    expect((await rowOf(input.id))?.state).toBe('restoring');
    const [job] = await owner.select().from(jobs).where(eq(jobs.accountId, account.id));
    expect(job).toMatchObject({ kind: 'restore', pointId: input.pointId });
  },
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'disk', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: allowDiskKeys,
  arrange: async () => ({ region }),
  check: async ({ account }) =>
    expect(
      await owner.select().from(diskKeyPermissions).where(eq(diskKeyPermissions.accountId, account.id)),
    ).toHaveLength(1),
  missing: null,
  other: () => ({ region: 'eu-west-1' }),
  audit: { resourceKind: 'project', resourceId: (_, input) => input.region },
});

describeWriteVerb(database, {
  verb: withdrawDiskKeys,
  arrange: async () => ({ region }),
  check: async ({ out }) => expect(out.isGranted).toBe(false),
  missing: null,
  other: () => ({ region: 'eu-west-1' }),
  audit: { resourceKind: 'project', resourceId: (_, input) => input.region },
});

describe('a disk', () => {
  test('that is encrypted asks the project once for the use of its keys, and stays encrypted', async () => {
    const account = await testAccount(database);
    const key = await makeKmsKey(owner, { accountId: account.id });
    const input = { ...empty('secret'), kmsKey: key.id };
    const ctx = account.as('administrator');
    await expect(createDisk(ctx, input)).rejects.toMatchObject({
      code: 'not_eligible',
      reason: 'disk_keys_not_allowed',
    });
    await allowDiskKeys(ctx, { region });
    const disk = await createDisk(ctx, input);
    expect(disk).toMatchObject({ isEncrypted: true, format: 'raw', kmsKey: { id: key.id } });
    const decrypt = owner
      .update(disks)
      .set({ isEncrypted: false, kmsKeyId: null })
      .where(eq(disks.id, disk.id));
    await expect(decrypt).rejects.toMatchObject({ cause: { code: 'CV061' } });
    await createDisk(ctx, { ...input, name: 'second' });
  });

  test('only grows, by the verb and by the database', async () => {
    const account = await testAccount(database);
    const id = await arrangeDisk(account);
    await expect(resizeDisk(account.as('operator'), { id, sizeBytes: 8 * mib })).rejects.toMatchObject({
      reason: 'disk_shrinks',
    });
    const shrink = owner
      .update(disks)
      .set({ sizeBytes: 8 * mib })
      .where(eq(disks.id, id));
    await expect(shrink).rejects.toMatchObject({ cause: { code: 'CV062' } });
  });

  test('of a server that runs is neither resized, detached, restored nor deleted, and the database holds it too', async () => {
    const account = await testAccount(database);
    const server = await makeServer(owner, { accountId: account.id });
    const id = await arrangeDisk(account, { serverId: server.id, position: 0, name: 'busy' });
    await owner.execute(`update servers set state = 'running' where id = '${server.id}'`);
    const ctx = account.as('administrator');
    await expect(resizeDisk(ctx, { id, sizeBytes: 32 * mib })).rejects.toMatchObject({
      reason: 'disk_in_use',
    });
    await expect(detachDisk(ctx, { id })).rejects.toMatchObject({ reason: 'disk_in_use' });
    await expect(deleteDisk(ctx, { id, confirm: 'busy' })).rejects.toMatchObject({ reason: 'disk_attached' });
    const byHand = inAccount(database.app, account.id, (tx) =>
      tx.update(disks).set({ serverId: null, position: null }).where(eq(disks.id, id)),
    );
    await expect(byHand).rejects.toMatchObject({ cause: { code: 'CV063' } });
    expect((await listDisks(ctx, { attached: 'yes' })).items.map((disk) => disk.id)).toEqual([id]);
  });

  test('goes beyond no limit of number or size, however many ask at once', async () => {
    const account = await testAccount(database);
    await owner
      .insert(quotaCounters)
      .values({ accountId: account.id, name: 'disk_gib', region: '', used: 0, maximum: 5 });
    const made = await Promise.allSettled(
      Array.from({ length: 5 }, (_, i) => createDisk(account.as('operator'), empty(`d${i}`, 1024 * mib))),
    );
    const refused = made.filter((one) => one.status === 'rejected');
    expect(made.length - refused.length).toBe(2);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'quota_exceeded', reason: 'disk_quota' });
  });

  test('that a policy protects is not deleted until it is taken out of it', async () => {
    const account = await testAccount(database);
    const disk = await createDisk(account.as('administrator'), empty('kept'));
    await owner.update(disks).set({ state: 'available' }).where(eq(disks.id, disk.id));
    const vault = await makeVault(owner, {
      accountId: account.id,
      kind: 'disk_backup',
      resourceGroupId: account.groupId,
    });
    const policyId = newId('po');
    await owner.execute(`insert into policies (account_id, id, name, created_by, updated_by)
      values ('${account.id}', '${policyId}', 'nightly', 'u', 'u')`);
    await owner.insert(policyBindings).values({
      accountId: account.id,
      id: newId('pb'),
      policyId,
      sourceId: disk.sourceId!,
      vaultId: vault.id,
      paths: ['/'],
      createdBy: 'u',
    });
    await expect(
      deleteDisk(account.as('administrator'), { id: disk.id, confirm: 'kept' }),
    ).rejects.toMatchObject({
      reason: 'bound_to_policy',
      message: expect.stringContaining('nightly'),
    });
  });

  test('is made of a backup of its region, keeps its size, and is as encrypted as the backup', async () => {
    const account = await testAccount(database);
    const ctx = account.as('operator');
    const point = await makeBackup(account);
    const from = { kind: 'backup' as const, pointId: point.id };
    const disk = await createDisk(ctx, { name: 'copy', region, from });
    expect(disk).toMatchObject({ sizeBytes: mib, state: 'creating', createdFrom: { kind: 'backup' } });
    expect(disk.progress?.jobId).not.toBeNull();
    await expect(createDisk(ctx, { name: 'far', region: 'eu-west-1', from })).rejects.toMatchObject({
      reason: 'other_region',
    });
    const key = await makeKmsKey(owner, { accountId: account.id });
    await expect(createDisk(ctx, { name: 'sealed', region, kmsKey: key.id, from })).rejects.toMatchObject({
      reason: 'encryption_is_fixed',
    });
    const stranger = await testAccount(database);
    await expect(createDisk(stranger.as('operator'), { name: 'theft', region, from })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('whose restore ends is available with the new bytes, or as it was with the reason', async () => {
    const account = await testAccount(database);
    const point = await makeBackup(account);
    const restoreInto = async (name: string) => {
      const id = await arrangeDisk(account, { name, sizeBytes: mib });
      await restoreDisk(account.as('operator'), { id, pointId: point.id, confirm: name });
      return id;
    };
    const end = async (id: string, status: 'complete' | 'failed') => {
      const open = await owner.select().from(jobs).where(eq(jobs.accountId, account.id));
      const job = open.find(({ spec }) => JSON.stringify(spec).includes(id))!;
      await owner
        .update(jobs)
        .set({ status, errorMessage: status === 'failed' ? 'no space' : null })
        .where(eq(jobs.id, job.id));
    };
    const [good, bad] = [await restoreInto('good'), await restoreInto('bad')];
    await end(good, 'complete');
    await end(bad, 'failed');
    expect(await rowOf(good)).toMatchObject({ state: 'available', stateReason: null, generation: 2 });
    expect(await rowOf(bad)).toMatchObject({ state: 'available', stateReason: 'no space' });
  });
});
