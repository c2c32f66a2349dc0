import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { and, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import {
  accounts,
  auditEvents,
  backupPoints,
  chunkSpaces,
  chunks,
  kmsKeys,
  packs,
  quotaCounters,
  replications,
  vaultKeys,
  vaultLineages,
  vaults,
} from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { computeName } from '@/lib/engine/core/names';
import { openPin } from '../index/pins';
import {
  adoptLineage,
  checkVault,
  createKeyMaterial,
  deleteVault,
  initialiseVault,
  openVault,
  vaultFolder,
} from '.';
import { makeAccount, makeKey, makeVault, makeVaultRow, testEnvironment } from './test-environment';

const database = await testDatabase();
const { owner, engine } = database;
const environment = await testEnvironment(database);

async function statusOf(vaultId: string) {
  const [row] = await owner.select().from(vaults).where(eq(vaults.id, vaultId));
  return row && { status: row.status, reason: row.statusReason };
}

async function putSomething(accountId: string, vaultId: string) {
  const vault = await openVault(environment, { accountId, vaultId });
  const lineage = vault.lineages[0]!;
  const { pinNo } = await openPin(engine, accountId, { vaultId, workKind: 'backup', workId: 'job' });
  const bytes = Buffer.from('some bytes');
  const name = computeName(lineage.namingKey, 'data', bytes);
  const writer = vault.writer(lineage, pinNo);
  await writer.put({ name, type: 'data', bytes });
  await writer.flush();
  return { vault, lineage, name, bytes };
}

describe('a new vault', () => {
  test('gets its header, key, lineage and space, and is created', async () => {
    const account = await makeAccount(owner);
    const vaultId = await makeVault(environment, owner, account);
    expect(await statusOf(vaultId)).toEqual({ status: 'created', reason: null });
    const { vault, lineage, name, bytes } = await putSomething(account.accountId, vaultId);
    const [location] = await vault.index(lineage).lookup([name]);
    expect(Buffer.from(await vault.reader(lineage).read(name, location!))).toEqual(bytes);
    const audit = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, vaultId));
    expect(audit.map((event) => event.action)).toEqual(['vaults.initialised']);
  });

  test('is initialised once, by any number of engines at once', async () => {
    const account = await makeAccount(owner);
    const vaultId = await makeVaultRow(owner, account);
    const address = { accountId: account.accountId, vaultId };
    await Promise.allSettled([1, 2, 3].map(() => initialiseVault(environment, address)));
    await initialiseVault(environment, address);
    expect((await statusOf(vaultId))?.status).toBe('created');
    expect(await owner.select().from(chunkSpaces).where(eq(chunkSpaces.vaultId, vaultId))).toHaveLength(1);
    expect((await openVault(environment, address)).lineages).toHaveLength(1);
  });

  test('keeps its keys when a crash comes between storage and database', async () => {
    const account = await makeAccount(owner);
    const vaultId = await makeVault(environment, owner, account);
    const address = { accountId: account.accountId, vaultId };
    const before = await openVault(environment, address);
    await owner.delete(vaultLineages).where(eq(vaultLineages.vaultId, vaultId));
    await owner.delete(vaultKeys).where(eq(vaultKeys.vaultId, vaultId));
    await owner.update(vaults).set({ status: 'initializing' }).where(eq(vaults.id, vaultId));
    await initialiseVault(environment, address);
    const after = await openVault(environment, address);
    expect(after.keys.current.key).toEqual(before.keys.current.key);
    expect(after.lineages[0]!.lineageId).toBe(before.lineages[0]!.lineageId);
    expect(after.lineages[0]!.namingKey).toEqual(before.lineages[0]!.namingKey);
  });

  test('is not opened before it is ready, nor by another account', async () => {
    const account = await makeAccount(owner);
    const stranger = await makeAccount(owner);
    const vaultId = await makeVaultRow(owner, account);
    const address = { accountId: account.accountId, vaultId };
    await expect(openVault(environment, address)).rejects.toMatchObject({ reason: 'vault_not_ready' });
    await initialiseVault(environment, address);
    await expect(openVault(environment, { accountId: stranger.accountId, vaultId })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(
      openVault(environment, { accountId: stranger.accountId, vaultId, replicationId: 'made-up' }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a vault under a KMS key', () => {
  async function setUp() {
    const account = await makeAccount(owner);
    const keyId = await makeKey(owner, account.accountId);
    await createKeyMaterial(environment, { accountId: account.accountId, keyId });
    const vaultId = await makeVault(environment, owner, account, { kmsKeyId: keyId, name: 'Payroll' });
    return { keyId, vaultId, address: { accountId: account.accountId, vaultId } };
  }
  const setState = (id: string, state: 'enabled' | 'disabled' | 'destroyed') =>
    owner.update(kmsKeys).set({ state }).where(eq(kmsKeys.id, id));

  test('is closed at once when the key is disabled, and opens again with it', async () => {
    const { keyId, vaultId, address } = await setUp();
    await openVault(environment, address);
    await setState(keyId, 'disabled');
    const refusal = openVault(environment, address);
    await expect(refusal).rejects.toMatchObject({ code: 'key_unavailable', reason: 'key_disabled' });
    await expect(refusal).rejects.toThrow(`Payroll cannot be opened: its key alias/${keyId} is disabled`);
    expect(await checkVault(environment, address)).toContain('Payroll');
    expect((await statusOf(vaultId))?.status).toBe('error');
    await setState(keyId, 'enabled');
    expect(await checkVault(environment, address)).toBeNull();
    expect(await statusOf(vaultId)).toEqual({ status: 'created', reason: null });
  });

  test('cannot be opened with another key in its place', async () => {
    const { vaultId, address } = await setUp();
    const otherKey = await makeKey(owner, address.accountId);
    await createKeyMaterial(environment, { accountId: address.accountId, keyId: otherKey });
    await owner.update(vaults).set({ kmsKeyId: otherKey }).where(eq(vaults.id, vaultId));
    await expect(openVault(environment, address)).rejects.toMatchObject({ code: 'key_unavailable' });
  });

  test('stays with the material it has when key creation is repeated', async () => {
    const { keyId, address } = await setUp();
    const [before] = await owner.select().from(kmsKeys).where(eq(kmsKeys.id, keyId));
    await createKeyMaterial(environment, { accountId: address.accountId, keyId });
    const [after] = await owner.select().from(kmsKeys).where(eq(kmsKeys.id, keyId));
    expect(after!.wrappedMaterial).toEqual(before!.wrappedMaterial);
  });

  test('whose key material belongs to another key does not open', async () => {
    const { keyId, address } = await setUp();
    const otherKey = await makeKey(owner, address.accountId);
    await createKeyMaterial(environment, { accountId: address.accountId, keyId: otherKey });
    const [other] = await owner.select().from(kmsKeys).where(eq(kmsKeys.id, otherKey));
    await owner.update(kmsKeys).set({ wrappedMaterial: other!.wrappedMaterial }).where(eq(kmsKeys.id, keyId));
    await expect(openVault(environment, address)).rejects.toMatchObject({ code: 'key_unavailable' });
  });
});

describe('storage that fails', () => {
  test('puts the vault in error with a reason, and it recovers', async () => {
    const account = await makeAccount(owner);
    const vaultId = await makeVault(environment, owner, account);
    const address = { accountId: account.accountId, vaultId };
    const folder = vaultFolder(environment.dataFolder, 'cn-hangzhou', vaultId);
    await rename(folder, `${folder}.away`);
    expect(await checkVault(environment, address)).not.toBeNull();
    expect((await statusOf(vaultId))?.status).toBe('error');
    await rename(`${folder}.away`, folder);
    expect(await checkVault(environment, address)).toBeNull();
    const audit = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, vaultId));
    expect(audit.map((event) => event.action)).toEqual([
      'vaults.initialised',
      'vaults.failed',
      'vaults.recovered',
    ]);
  });

  test('during initialisation leaves the vault in error, and the next check initialises it', async () => {
    const account = await makeAccount(owner);
    const vaultId = await makeVaultRow(owner, account, { region: 'eu-west-1' });
    const address = { accountId: account.accountId, vaultId };
    const region = join(environment.dataFolder, 'regions', 'eu-west-1');
    await mkdir(join(environment.dataFolder, 'regions'), { recursive: true });
    await writeFile(region, 'a file where the region should be');
    await expect(initialiseVault(environment, address)).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    expect((await statusOf(vaultId))?.status).toBe('error');
    await rm(region);
    expect(await checkVault(environment, address)).toBeNull();
    expect((await statusOf(vaultId))?.status).toBe('created');
  });
});

describe('deleting a vault', () => {
  test('removes every object and row, and gives its quota back; repeating is fine', async () => {
    const account = await makeAccount(owner);
    const { accountId } = account;
    const vaultId = await makeVault(environment, owner, account);
    const { lineage } = await putSomething(accountId, vaultId);
    await expect(deleteVault(environment, { accountId, vaultId })).rejects.toMatchObject({
      code: 'state_conflict',
    });
    await owner.update(vaults).set({ status: 'deleting' }).where(eq(vaults.id, vaultId));
    await deleteVault(environment, { accountId, vaultId });
    await deleteVault(environment, { accountId, vaultId });
    expect(await statusOf(vaultId)).toBeUndefined();
    expect(await owner.select().from(packs).where(eq(packs.vaultId, vaultId))).toEqual([]);
    expect(await owner.select().from(chunks).where(eq(chunks.spaceNo, lineage.spaceNo))).toEqual([]);
    await expect(access(vaultFolder(environment.dataFolder, 'cn-hangzhou', vaultId))).rejects.toThrow();
    const [counter] = await owner
      .select()
      .from(quotaCounters)
      .where(and(eq(quotaCounters.accountId, accountId), eq(quotaCounters.name, 'vaults')));
    expect(counter!.used).toBe(0);
  });

  test('leaves every byte of a locked vault with points that have not expired', async () => {
    const account = await makeAccount(owner);
    const { accountId } = account;
    const vaultId = await makeVault(environment, owner, account);
    const { vault, lineage, name } = await putSomething(accountId, vaultId);
    const at = new Date();
    await owner.insert(backupPoints).values({
      accountId,
      id: 'bp-locked',
      vaultId,
      sourceId: 's',
      sourceKind: 'local_file',
      sourceName: 'host',
      clientId: 'c',
      originAccountId: accountId,
      originVaultId: vaultId,
      originPointId: 'bp-locked',
      spaceNo: lineage.spaceNo,
      lineageId: lineage.lineageId,
      rootPage: '00000000-0000-0000-0000-000000000000',
      paths: ['/'],
      sourceBytes: 1,
      addedBytes: 1,
      fileCount: 1,
      folderCount: 0,
      retentionDays: 30,
      expiresAt: new Date(at.getTime() + 86_400_000),
      startedAt: at,
      createdAt: at,
    });
    await owner.update(vaults).set({ lockedAt: at, status: 'deleting' }).where(eq(vaults.id, vaultId));
    await expect(deleteVault(environment, { accountId, vaultId })).rejects.toMatchObject({ code: 'locked' });
    const [location] = await vault.index(lineage).lookup([name]);
    expect(await vault.reader(lineage).read(name, location!)).toBeTruthy();
  });
});

describe('a replication', () => {
  async function setUp() {
    const source = await makeAccount(owner);
    const target = await makeAccount(owner);
    const sourceVault = await makeVault(environment, owner, source);
    const targetVault = await makeVault(environment, owner, target, {
      kind: 'replication_target',
      region: 'cn-shanghai',
    });
    const put = await putSomething(source.accountId, sourceVault);
    const id = `rep-${target.accountId}`;
    await owner.insert(replications).values({
      accountId: target.accountId,
      id,
      sourceAccountId: source.accountId,
      sourceAccountName: 's',
      sourceVaultId: sourceVault,
      sourceVaultName: 's',
      sourceRegion: 'cn-hangzhou',
      targetVaultId: targetVault,
      targetVaultName: 't',
      targetAccountName: 't',
      targetRegion: 'cn-shanghai',
      createdBy: 'test',
    });
    const asTarget = { accountId: target.accountId, vaultId: sourceVault, replicationId: id };
    return { ...put, source, target, sourceVault, targetVault, asTarget, id };
  }

  test('lets the target read the source vault, and write nothing to it', async () => {
    const { asTarget, name, bytes, sourceVault } = await setUp();
    const opened = await openVault(environment, asTarget);
    const lineage = opened.lineages[0]!;
    const index = opened.index(lineage);
    const [location] = await index.lookup([name]);
    expect(Buffer.from(await opened.reader(lineage).read(name, location!))).toEqual(bytes);
    const pack = { ...location!.pack, objectName: `packs/aa/aa${'0'.repeat(62)}` };
    await expect(index.add(pack, [])).rejects.toThrow();
    expect(await owner.select().from(packs).where(eq(packs.vaultId, sourceVault))).toHaveLength(1);
  });

  test('closes the source to the target when it ends', async () => {
    const { asTarget, name, id } = await setUp();
    const opened = await openVault(environment, asTarget);
    await owner.update(replications).set({ state: 'stopped' }).where(eq(replications.id, id));
    await expect(openVault(environment, asTarget)).rejects.toMatchObject({ code: 'not_found' });
    expect(await opened.index(opened.lineages[0]!).lookup([name])).toEqual([null]);
  });

  test('gives the target the lineage under its own key, which survives the source account', async () => {
    const { asTarget, target, targetVault, source, sourceVault, name, bytes } = await setUp();
    const own = { accountId: target.accountId, vaultId: targetVault };
    const from = (await openVault(environment, asTarget)).lineages[0]!;
    const adopted = await adoptLineage(environment, await openVault(environment, own), from);
    expect(await adoptLineage(environment, await openVault(environment, own), from)).toEqual(adopted);
    expect(adopted.namingKey).toEqual(from.namingKey);
    await owner.delete(replications).where(eq(replications.sourceVaultId, sourceVault));
    await owner.update(vaults).set({ status: 'deleting' }).where(eq(vaults.id, sourceVault));
    await deleteVault(environment, { accountId: source.accountId, vaultId: sourceVault });
    await owner.update(accounts).set({ state: 'closed' }).where(eq(accounts.accountId, source.accountId));
    const opened = await openVault(environment, own);
    expect(computeName(opened.lineages[0]!.namingKey, 'data', bytes)).toEqual(name);
  });
});
