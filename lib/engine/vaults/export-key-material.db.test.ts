import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { destroyKmsKey } from '@/db/factories';
import { auditEvents, kmsKeys } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { openBareVault } from '@/lib/engine/core';
import { wrappingKeyFrom } from '@/lib/engine/core/service-key';
import { createKeyMaterial, exportKeyMaterial, openVault } from '.';
import { makeAccount, makeKey, makeVault, testEnvironment } from './test-environment';

const database = await testDatabase();
const { owner } = database;
const environment = await testEnvironment(database);

async function setUp() {
  const account = await makeAccount(owner);
  const keyId = await makeKey(owner, account.accountId);
  await createKeyMaterial(environment, { accountId: account.accountId, keyId });
  return { account, accountId: account.accountId, keyId };
}

const exportKey = (keyId: string) => exportKeyMaterial(owner, environment.serviceKey, keyId);

async function exportsOf(keyId: string) {
  const rows = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, keyId));
  return rows.filter(({ action }) => action === 'keys.exported');
}

describe('exportKeyMaterial', () => {
  test('gives the material that wraps the keys of the vaults under the key', async () => {
    const { account, accountId, keyId } = await setUp();
    const vaultId = await makeVault(environment, owner, account, { encryption: 'kms', kmsKeyId: keyId });
    const { store, keys } = await openVault(environment, { accountId, vaultId });
    const bare = await openBareVault(store, [await exportKey(keyId)]);
    expect(bare.keys.current).toEqual(keys.current);
    await expect(openBareVault(store, [environment.serviceKey])).rejects.toMatchObject({
      code: 'key_unavailable',
    });
  });

  test("writes who did it into the audit of the key's account, and nothing of the material", async () => {
    const { accountId, keyId } = await setUp();
    const { key, label } = await exportKey(keyId);
    const rows = await exportsOf(keyId);
    expect(rows).toMatchObject([
      {
        accountId,
        actorKind: 'engine',
        actorName: 'operator',
        resourceKind: 'key',
        resourceName: `alias/${keyId}`,
        after: { label },
      },
    ]);
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      expect(JSON.stringify(rows)).not.toContain(Buffer.from(key).toString(encoding));
    expect((await exportKey(keyId)).key).toEqual(key);
    expect(await exportsOf(keyId)).toHaveLength(2);
  });

  test('exports a disabled key: its material is still there', async () => {
    const { keyId } = await setUp();
    const { key } = await exportKey(keyId);
    await owner.update(kmsKeys).set({ state: 'disabled' }).where(eq(kmsKeys.id, keyId));
    expect((await exportKey(keyId)).key).toEqual(key);
  });

  test.each(['creating', 'destroyed'] as const)(
    'refuses a key that is %s, without a trace',
    async (state) => {
      const { keyId } = await setUp();
      if (state === 'destroyed') await destroyKmsKey(owner, keyId);
      else await owner.update(kmsKeys).set({ state, wrappedMaterial: null }).where(eq(kmsKeys.id, keyId));
      await expect(exportKey(keyId)).rejects.toMatchObject({
        code: 'state_conflict',
        reason: `key_${state}`,
      });
      expect(await exportsOf(keyId)).toEqual([]);
    },
  );

  test('knows no other key, and says when the service key is another', async () => {
    await expect(exportKey('key-none')).rejects.toMatchObject({ code: 'not_found' });
    const { keyId } = await setUp();
    const other = wrappingKeyFrom(randomBytes(32));
    await expect(exportKeyMaterial(owner, other, keyId)).rejects.toMatchObject({
      code: 'key_unavailable',
      message: expect.stringContaining(other.label),
    });
    expect(await exportsOf(keyId)).toEqual([]);
  });

  test('is not for a connection that row-level security binds', async () => {
    const { keyId } = await setUp();
    for (const bound of [database.app, database.engine])
      await expect(exportKeyMaterial(bound, environment.serviceKey, keyId)).rejects.toMatchObject({
        code: 'not_found',
      });
  });
});
