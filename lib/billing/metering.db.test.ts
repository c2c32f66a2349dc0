import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { type Database, inAccount } from '@/db/client';
import { makeAccount, makeBackupPoint, makeVault } from '@/db/factories';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { noise } from '@/lib/engine/core/test-bytes';
import { backUp, makeWorld, tick } from '@/lib/engine/transfer/test-world';
import { deleteVault } from '@/lib/engine/vaults';
import { testEnvironment } from '@/lib/engine/vaults/test-environment';
import { usageDuty } from './usage-duty';

const database = await testDatabase();
const { owner, engine, app } = database;
const environment = await testEnvironment(database);
const close = (accountId: string) => usageDuty.run(environment, accountId);

async function makeStore(given: object = {}, point: object = {}) {
  const { account, group } = await makeAccount(owner);
  const vault = await makeVault(owner, {
    accountId: account.accountId,
    resourceGroupId: group.id,
    ...given,
  });
  const { spaceNo } = await makeBackupPoint(owner, {
    accountId: account.accountId,
    vaultId: vault.id,
    ...point,
  });
  return { accountId: account.accountId, vaultId: vault.id, spaceNo };
}
type Store = Awaited<ReturnType<typeof makeStore>>;

const insertPack = ({ accountId, vaultId, spaceNo }: Store, sizeBytes: number, hash = randomBytes(32)) => sql`
  insert into packs (account_id, vault_id, space_no, sha256, size_bytes, key_version)
  values (${accountId}, ${vaultId}, ${spaceNo}, ${hash}, ${sizeBytes}, 1)`;
const putPack = (store: Store, sizeBytes: number) =>
  inAccount(engine, store.accountId, (tx) => tx.execute(insertPack(store, sizeBytes)));

/** As if so many hours had passed since everything that has happened. */
async function pass(hours: number, { vaultId, accountId }: Pick<Store, 'vaultId' | 'accountId'>) {
  const span = sql.raw(`interval '${hours} hours'`);
  await owner.execute(sql`update open_meters set hour = hour - ${span} where vault_id = ${vaultId}`);
  // By way of another century, because rows are moved one by one and must not meet.
  await owner.execute(
    sql`update usage_hours set hour = hour - interval '876000 hours' - ${span} where vault_id = ${vaultId}`,
  );
  await owner.execute(
    sql`update usage_hours set hour = hour + interval '876000 hours' where vault_id = ${vaultId}`,
  );
  await owner.execute(
    sql`update packs set created_at = created_at - ${span} where account_id = ${accountId}`,
  );
}

interface Metered extends Record<string, unknown> {
  meter: string;
  quantity: string;
  hours: number;
}
const usageOf = (vaultId: string, db: Pick<Database, 'execute'> = owner) =>
  db.execute<Metered>(sql`
    select meter, sum(quantity)::text as quantity, count(*)::int as hours from usage_so_far
    where vault_id = ${vaultId} group by meter order by meter`);

describe('storage', () => {
  test('is the integral of real packs over time, to the microsecond, whatever comes and goes', async () => {
    const store = await makeStore();
    let random = 7;
    const next = (below: number) => {
      random = (random * 48_271) % 2_147_483_647;
      return random % below;
    };
    let goneByteSeconds = 0n;
    for (let step = 0; step < 120; step++) {
      const kind = next(10);
      if (kind < 5) await putPack(store, 1 + next(30_000_000));
      else if (kind < 7) {
        const [gone] = await inAccount(engine, store.accountId, (tx) =>
          tx.execute<{ micros: string }>(sql`
            delete from packs where pack_no = (select min(pack_no) from packs where vault_id = ${store.vaultId})
            returning (size_bytes * extract(epoch from now() - created_at) * 1000000)::numeric(38, 0)::text as micros`),
        );
        goneByteSeconds += BigInt(gone?.micros ?? 0);
      } else if (kind < 9) await pass(1 + next(40), store);
      else await Promise.all([close(store.accountId), close(store.accountId)]);
    }
    const [sides] = await owner.execute<{ packs: string; metered: string; negative: number }>(sql`
      select (select sum(size_bytes * extract(epoch from now() - created_at) * 1000000)::numeric(38, 0)::text
          from packs where vault_id = ${store.vaultId}) as packs,
        (select (sum(quantity) * 1000000)::numeric(38, 0)::text from usage_so_far where vault_id = ${store.vaultId}) as metered,
        (select count(*)::int from usage_hours where vault_id = ${store.vaultId} and quantity < 0) as negative`);
    expect(BigInt(sides!.metered)).toBe(BigInt(sides!.packs) + goneByteSeconds);
    expect(BigInt(sides!.metered)).toBeGreaterThan(0n);
    expect(sides!.negative).toBe(0);
  });

  test('an hour becomes one row, however many engines close it at once', async () => {
    const store = await makeStore();
    await putPack(store, 1000);
    await pass(48, store);
    await Promise.all(Array.from({ length: 6 }, () => close(store.accountId)));
    const rows = await owner.execute<{ quantity: string }>(sql`
      select quantity from usage_hours where vault_id = ${store.vaultId} order by hour`);
    expect(rows).toHaveLength(48);
    expect(new Set(rows.slice(1).map(({ quantity }) => Number(quantity)))).toEqual(new Set([3_600_000]));
    expect(Number(rows[0]!.quantity)).toBeLessThanOrEqual(3_600_000);
  });

  test('of work that is killed before its commit is not counted, and counts once when it is done again', async () => {
    const store = await makeStore();
    const hash = randomBytes(32);
    const killed = inAccount(engine, store.accountId, async (tx) => {
      await tx.execute(insertPack(store, 5000, hash));
      const [{ pid }] = (await tx.execute(sql`select pg_backend_pid() as pid`)) as unknown as [
        { pid: number },
      ];
      await owner.execute(sql`select pg_terminate_backend(${pid})`);
      await tx.execute(sql`select 1`);
    });
    await expect(killed).rejects.toThrow();
    expect(await usageOf(store.vaultId)).toEqual([]);
    await inAccount(engine, store.accountId, (tx) => tx.execute(insertPack(store, 5000, hash)));
    await inAccount(engine, store.accountId, (tx) =>
      tx.execute(
        sql`${insertPack(store, 5000, hash)} on conflict (vault_id, sha256) do update set sha256 = excluded.sha256`,
      ),
    );
    await pass(10, store);
    const [kept] = await owner.execute<{ stored: number }>(sql`
      select stored_bytes::int as stored from open_meters where vault_id = ${store.vaultId}`);
    expect(kept!.stored).toBe(5000);
  });

  test('closing that is killed between its rows and its commit leaves nothing, and the next engine closes all', async () => {
    const store = await makeStore();
    await putPack(store, 1000);
    await pass(30, store);
    const killed = inAccount(engine, store.accountId, async (tx) => {
      await tx.execute(sql`select close_usage_hours()`);
      const [{ pid }] = (await tx.execute(sql`select pg_backend_pid() as pid`)) as unknown as [
        { pid: number },
      ];
      await owner.execute(sql`select pg_terminate_backend(${pid})`);
      await tx.execute(sql`select 1`);
    });
    await expect(killed).rejects.toThrow();
    const count = async () =>
      (await owner.execute(sql`select 1 from usage_hours where vault_id = ${store.vaultId}`)).length;
    expect(await count()).toBe(0);
    await close(store.accountId);
    expect(await count()).toBe(30);
    await close(store.accountId);
    expect(await count()).toBe(30);
  });

  test('of a vault that is deleted ends with it and stays on the statement', async () => {
    const store = await makeStore();
    await putPack(store, 1000);
    await pass(5, store);
    await owner.execute(sql`delete from vaults where id = ${store.vaultId}`);
    const [before] = await usageOf(store.vaultId);
    expect(Number(before!.quantity)).toBeGreaterThanOrEqual(5 * 3_600_000);
    await pass(24, store);
    await close(store.accountId);
    const [after] = await usageOf(store.vaultId);
    expect(after!.quantity).toBe(before!.quantity);
    const [vault] = await owner.execute(
      sql`select name, deleted_at from metered_vaults where vault_id = ${store.vaultId}`,
    );
    expect(vault).toMatchObject({ name: expect.any(String), deleted_at: expect.anything() });
  });

  test('of a trial that is kept is charged as standard storage from then on', async () => {
    const store = await makeStore({ kind: 'trial_oss', id: newId('v') }, { sourceKind: 'oss' });
    await putPack(store, 1000);
    await pass(3, store);
    await owner.execute(sql`update vaults set kind = 'standard', trial_ends_at = null, trial_releases_at = null
      where id = ${store.vaultId}`);
    const before = await usageOf(store.vaultId);
    await pass(10, store);
    const after = await usageOf(store.vaultId);
    expect(after.map((row) => row.meter)).toEqual(['storage_standard', 'storage_trial']);
    expect(after[1]!.quantity).toBe(before.find((row) => row.meter === 'storage_trial')!.quantity);
    expect(Number(after[0]!.quantity)).toBeGreaterThanOrEqual(36_000_000);
  });

  test('cannot be written by any role, nor read by another account', async () => {
    const store = await makeStore();
    await putPack(store, 1000);
    await pass(2, store);
    await close(store.accountId);
    for (const db of [app, engine]) {
      for (const write of [
        sql`insert into usage_hours (account_id, vault_id, meter, hour, quantity)
          values (${store.accountId}, ${store.vaultId}, 'storage_standard', '2020-01-01T00:00:00Z', -1)`,
        sql`update usage_hours set quantity = 0`,
        sql`delete from usage_hours`,
        sql`update open_meters set quantity = 0`,
        sql`update metered_vaults set source_account_id = null`,
      ]) {
        const attempt = inAccount(db, store.accountId, (tx) => tx.execute(write));
        await expect(attempt).rejects.toMatchObject({ cause: { code: '42501' } });
      }
      const stranger = await makeStore();
      expect(await inAccount(db, stranger.accountId, (tx) => usageOf(store.vaultId, tx))).toEqual([]);
    }
  });
});

describe('replication traffic', () => {
  const packBytes = async (vaultId: string) => {
    const [row] = await owner.execute<{ bytes: string }>(sql`
      select sum(size_bytes) as bytes from packs where vault_id = ${vaultId}`);
    return Number(row!.bytes);
  };
  const files = { 'a.bin': noise(900_000, 3), 'b.bin': noise(400_000, 4) };

  test.each([
    ['between regions', 'cn-beijing', 'replication_traffic'],
    ['inside a region', undefined, 'replication_local'],
  ])(
    '%s is what arrived at the target, once, in the account of its owner',
    async (_, targetRegion, meter) => {
      const world = await makeWorld(database, { environment, targetRegion });
      const { source, target } = world;
      await backUp(world, source, files);
      for (let again = 0; again < 3; again++) await tick(world, target.accountId);
      const arrived = await packBytes(target.vaultId);
      expect(arrived).toBeGreaterThan(1_200_000);
      const usage = await usageOf(target.vaultId);
      expect(usage.map((row) => row.meter)).toEqual([meter, 'storage_replication_target']);
      expect(Number(usage[0]!.quantity)).toBe(arrived);
      expect((await usageOf(source.vaultId)).map((row) => row.meter)).toEqual(['storage_standard']);
      const [dimension] = await owner.execute(sql`
      select source_account_id, source_vault_id from metered_vaults where vault_id = ${target.vaultId}`);
      expect(dimension).toEqual({ source_account_id: source.accountId, source_vault_id: source.vaultId });
    },
  );

  test('stays on the statement when the replication is stopped and its target deleted', async () => {
    const world = await makeWorld(database, { environment, targetRegion: 'cn-shanghai' });
    const { source, target } = world;
    await backUp(world, source, files);
    await tick(world, target.accountId);
    const before = await usageOf(target.vaultId);
    await owner.execute(
      sql`update replications set state = 'stopped', stopped_at = now() where id = ${world.replicationId}`,
    );
    await owner.execute(sql`update vaults set status = 'deleting' where id = ${target.vaultId}`);
    await deleteVault(environment, target);
    const after = await usageOf(target.vaultId);
    expect(after[0]).toEqual(before[0]);
    expect(Number(after[1]!.quantity)).toBeGreaterThanOrEqual(0);
    const [kept] = await owner.execute(sql`
      select source_account_id, deleted_at from metered_vaults where vault_id = ${target.vaultId}`);
    expect(kept).toMatchObject({ source_account_id: source.accountId, deleted_at: expect.anything() });
  });
});
