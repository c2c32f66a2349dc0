import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { auditEvents, packs, vaultKeys } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { FaultStore } from '@/lib/engine/core';
import { listPoints, openBareVault } from '@/lib/engine/core/rescue';
import { wrappingKeyFrom } from '@/lib/engine/core/service-key';
import { noise } from '@/lib/engine/core/test-bytes';
import { backUp, type Files, hashesOf, makeWorld, readPoint, tick } from '@/lib/engine/transfer/test-world';
import { createKeyMaterial, openVault, type RegionStorage } from '.';
import { rewrapEverything } from './rewrap-everything';
import { makeKey, makeVault, testEnvironment } from './test-environment';

const database = await testDatabase();
const { owner } = database;
const files: Files = { 'a.bin': noise(300_000, 1) };
const more: Files = { ...files, 'b.bin': noise(200_000, 2) };

describe('rotating the key of a vault', () => {
  it('seals what is new under the new version, keeps the old readable, and rewrites nothing', async () => {
    const world = await makeWorld(database);
    const { environment, source } = world;
    const first = await backUp(world, source, files);
    const store = (await openVault(environment, source)).store;
    const before = (await store.list('packs/')).objects;
    await owner.execute(sql`update vaults set key_rotation_at = now() where id = ${source.vaultId}`);
    expect((await tick(world, source.accountId)).errors).toEqual([]);
    expect((await store.list('packs/')).objects).toEqual(before);
    const second = await backUp(world, source, more);
    const rows = await owner.select().from(packs).where(eq(packs.vaultId, source.vaultId));
    expect([...new Set(rows.map((row) => row.keyVersion))].sort()).toEqual([1, 2]);
    expect((await owner.select().from(vaultKeys).where(eq(vaultKeys.vaultId, source.vaultId))).length).toBe(
      2,
    );
    expect(await readPoint(world, source, first)).toEqual(hashesOf(files));
    expect(await readPoint(world, source, second)).toEqual(hashesOf(more));
    // Another engine, which has opened the vault before the rotation or never
    expect(await readPoint({ environment: { ...environment } }, source, second)).toEqual(hashesOf(more));
    const bare = await openBareVault(store, [environment.serviceKey]);
    expect(await listPoints(bare, (damage) => expect.fail(damage.objectName))).toHaveLength(2);
    await tick(world, world.target.accountId);
    const audit = await owner.select().from(auditEvents).where(eq(auditEvents.accountId, source.accountId));
    expect(audit.filter(({ action }) => action === 'vaults.key_rotated')).toHaveLength(1);
  });
});

describe('rotating the service key', () => {
  async function arrange() {
    const world = await makeWorld(database, { environment: await testEnvironment(database) });
    const { environment, source } = world;
    const keyId = await makeKey(owner, source.accountId);
    await createKeyMaterial(environment, { accountId: source.accountId, keyId });
    const [{ resource_group_id: resourceGroupId }] = (await owner.execute(
      sql`select resource_group_id from vaults where id = ${source.vaultId}`,
    )) as unknown as [{ resource_group_id: string }];
    const account = { accountId: source.accountId, resourceGroupId };
    const kmsVault = await makeVault(environment, owner, account, { kmsKeyId: keyId, encryption: 'kms' });
    const point = await backUp(world, source, files);
    const old = environment.serviceKey;
    const fresh = wrappingKeyFrom(randomBytes(32));
    const both = { ...fresh, earlier: [old] };
    const opens = async (serviceKey: typeof both | typeof old) => {
      const engine = { ...environment, serviceKey };
      await openVault(engine, { accountId: source.accountId, vaultId: kmsVault });
      return readPoint({ environment: engine }, source, point);
    };
    return { world, environment, old, fresh, both, opens };
  }
  // Vaults of other tests in this file are under other keys, which nobody has any more
  const onlyOwn = async (vaultId: string, accountId: string) => {
    await owner.execute(sql`update vaults set status = 'error' where false`);
    await owner.execute(sql`delete from replications where source_vault_id <> ${vaultId}`);
    await owner.execute(sql`delete from backup_points where account_id <> ${accountId}`);
    await owner.execute(sql`
      delete from vaults where id <> ${vaultId} and account_id <> ${accountId} and id not in (
        select target_vault_id from replications where source_vault_id = ${vaultId})`);
    await owner.execute(sql`update kms_keys set wrapped_material = null where account_id <> ${accountId}`);
  };

  it('leaves everything under the new key alone; until then both open everything', async () => {
    const { world, environment, old, fresh, both, opens } = await arrange();
    await onlyOwn(world.source.vaultId, world.source.accountId);
    expect(await opens(both)).toEqual(hashesOf(files));
    await rewrapEverything(owner, environment.storage, both);
    expect(await opens(fresh)).toEqual(hashesOf(files));
    await expect(opens(old)).rejects.toMatchObject({ code: 'key_unavailable' });
    await rewrapEverything(owner, environment.storage, both);
    expect(await opens(fresh)).toEqual(hashesOf(files));
  });

  it('stopped at any call of the storage loses nothing and is finished by the next run', async () => {
    const { world, environment, fresh, both, opens } = await arrange();
    await onlyOwn(world.source.vaultId, world.source.accountId);
    let isDone = false;
    let stops = 0;
    for (let allowed = 0; !isDone; allowed += 3) {
      let calls = 0;
      const storage: RegionStorage = {
        ...environment.storage,
        vaultStore: (vault) =>
          new FaultStore(environment.storage.vaultStore(vault), () => (calls++ < allowed ? null : 'after')),
      };
      isDone = await rewrapEverything(owner, storage, both).then(
        () => true,
        () => false,
      );
      if (!isDone) stops++;
      expect(await opens(both)).toEqual(hashesOf(files));
    }
    expect(stops).toBeGreaterThan(3);
    expect(await opens(fresh)).toEqual(hashesOf(files));
  });

  it('names vault and key when the key is another one', async () => {
    const { world, environment, old } = await arrange();
    const engine = { ...environment, serviceKey: wrappingKeyFrom(randomBytes(32)) };
    const [vault] = await owner.execute<{ name: string }>(
      sql`select name from vaults where id = ${world.source.vaultId}`,
    );
    const error = await openVault(engine, world.source).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'key_unavailable', reason: 'wrapping_key_missing' });
    expect(error.message).toContain(vault!.name);
    expect(error.message).toContain(old.label);
  });
});
