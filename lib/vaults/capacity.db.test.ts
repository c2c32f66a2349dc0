import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeBackupPoint, makeVault } from '@/db/factories';
import { vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { testAccount } from '@/lib/testing/world';
import { createVault, updateVault } from '.';
import { gibBytes } from './capacity';

const database = await testDatabase();
const { owner, engine } = database;

async function arrange(given: { isAutoExpanding?: boolean } = {}) {
  const account = await testAccount(database);
  const vault = await makeVault(owner, {
    accountId: account.id,
    resourceGroupId: account.groupId,
    kind: 'disk_backup',
    capacityBytes: gibBytes,
    ...given,
  });
  const { spaceNo } = await makeBackupPoint(owner, {
    accountId: account.id,
    vaultId: vault.id,
    sourceKind: 'disk',
  });
  let packs = 0;
  const put = (bytes: number, work: 'backup' | 'copy' | null) =>
    inAccount(engine, account.id, async (tx) => {
      packs += 1;
      const [pin] = work
        ? await tx.execute<{ pin_no: string }>(sql`insert into pins (account_id, vault_id, work_kind, work_id)
            values (${account.id}, ${vault.id}, ${work}, ${`w${packs}`}) returning pin_no`)
        : [];
      await tx.execute(sql`insert into packs (account_id, vault_id, space_no, sha256, size_bytes, key_version, pin_no)
        values (${account.id}, ${vault.id}, ${spaceNo}, sha256(${`${vault.id}${packs}`}::bytea), ${bytes}, 1,
          ${pin?.pin_no ?? null})`);
    });
  const row = async () => (await owner.select().from(vaults).where(eq(vaults.id, vault.id)))[0]!;
  const reserve = (bytes: number) =>
    inAccount(engine, account.id, async (tx) => {
      const [found] = await tx.execute<{ ok: boolean }>(
        sql`select reserve_capacity(${vault.id}, ${bytes}) as ok`,
      );
      return found!.ok;
    });
  return { account, vault, put, row, reserve };
}

describe('a vault with a capacity', () => {
  test('takes packs of a backup up to its capacity and refuses the one that goes beyond it', async () => {
    const { put, row } = await arrange();
    await put(gibBytes / 2, 'backup');
    await put(gibBytes / 2, 'backup');
    await expect(put(1, 'backup')).rejects.toMatchObject({ cause: { code: 'CV060' } });
    expect((await row()).storedBytes).toBe(gibBytes);
    // Collection writes packs only to free more, and a copy has reserved its room.
    await put(1, null);
    await put(1, 'copy');
  });

  test('grows by itself where that was chosen, to whole GiB', async () => {
    const { put, row } = await arrange({ isAutoExpanding: true });
    await put(gibBytes, 'backup');
    await put(gibBytes / 2, 'backup');
    expect((await row()).capacityBytes).toBe(3 * gibBytes);
  });

  test('promises its free space once, whoever asks at the same time', async () => {
    const { reserve, row } = await arrange();
    const answers = await Promise.all(Array.from({ length: 8 }, () => reserve(gibBytes / 4)));
    expect(answers.filter(Boolean)).toHaveLength(3);
    expect((await row()).reservedBytes).toBe((3 * gibBytes) / 4);
  });

  test('reserves for nobody in another account', async () => {
    const { vault } = await arrange();
    const stranger = await testAccount(database);
    const [found] = await inAccount(engine, stranger.id, (tx) =>
      tx.execute<{ ok: boolean }>(sql`select reserve_capacity(${vault.id}, 1) as ok`),
    );
    expect(found!.ok).toBe(false);
  });

  test('is charged by its capacity from the moment it is bought, and not by what lies in it', async () => {
    const { put, vault, account } = await arrange();
    await put(1000, 'backup');
    const meters = () =>
      owner.execute(
        sql`select meter, stored_bytes::float8 as bytes from open_meters where vault_id = ${vault.id}`,
      );
    expect(await meters()).toEqual([{ meter: 'storage_disk_backup', bytes: gibBytes }]);
    await updateVault(account.as('operator'), { id: vault.id, capacityGib: 5 });
    expect(await meters()).toEqual([{ meter: 'storage_disk_backup', bytes: 5 * gibBytes }]);
  });
});

test('a capacity is asked for where the kind has one, refused elsewhere, and never set below what is used', async () => {
  const { account, vault, put } = await arrange();
  const operator = account.as('operator');
  const base = { region: 'cn-hangzhou', resourceGroupId: account.groupId };
  await expect(createVault(operator, { ...base, name: 'a', kind: 'server_backup' })).rejects.toMatchObject({
    fields: { capacityGib: 'Enter how many GiB the vault is to hold.' },
  });
  await expect(createVault(operator, { ...base, name: 'b', capacityGib: 1 })).rejects.toMatchObject({
    fields: { capacityGib: 'A vault of this kind has no capacity to buy.' },
  });
  const made = await createVault(operator, {
    ...base,
    name: 'c',
    kind: 'server_backup',
    capacityGib: 2,
    thresholdPercent: 50,
  });
  expect(made.capacity).toMatchObject({ totalBytes: 2 * gibBytes, usedBytes: 0, thresholdPercent: 50 });
  await put(gibBytes, 'backup');
  await updateVault(operator, { id: vault.id, capacityGib: 2, isAutoExpanding: true });
  await put(gibBytes, 'backup');
  await expect(updateVault(operator, { id: vault.id, capacityGib: 1 })).rejects.toMatchObject({
    reason: 'capacity_below_use',
  });
});
