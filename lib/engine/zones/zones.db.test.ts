import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { inAccount } from '@/db/client';
import { notifications, vaultDamages, vaults, vaultZones, zoneDebts } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import {
  type Address,
  backUp,
  deleteByHand,
  type Files,
  hashesOf,
  makeWorld,
  readPoint,
  replicatedPoints,
  replicationOf,
  tick,
  type World,
} from '@/lib/engine/transfer/test-world';
import { zonedStorage } from '@/lib/engine/vaults';
import { adoptZones } from './adopt-zones';
import { TestZone, zonedEnvironment } from './test-zones';

const database = await testDatabase();
const { owner } = database;

const day1: Files = { 'a.txt': prose(300_000, 1), 'b.bin': noise(700_000, 2) };
const day2: Files = { ...day1, 'c.bin': noise(400_000, 3) };

async function arrange() {
  const zones = { a: new TestZone('a'), b: new TestZone('b') };
  const environment = await zonedEnvironment(database, [zones.a, zones.b]);
  const world = await makeWorld(database, { environment, redundancy: 'ZRS' });
  return { zones, world };
}

const debtsOf = ({ vaultId }: Address) =>
  owner.select().from(zoneDebts).where(eq(zoneDebts.vaultId, vaultId));
const damagesOf = ({ vaultId }: Address) =>
  owner.select().from(vaultDamages).where(eq(vaultDamages.vaultId, vaultId));
const zoneRow = async ({ vaultId }: Address, zone: string) =>
  (
    await owner
      .select()
      .from(vaultZones)
      .where(and(eq(vaultZones.vaultId, vaultId), eq(vaultZones.zone, zone)))
  )[0]!;
/** The zone has rested. */
const makeDue = ({ vaultId }: Address) =>
  owner.execute(sql`update vault_zones set due_at = now() where vault_id = ${vaultId}`);
const compareNow = ({ vaultId }: Address) =>
  owner.execute(
    sql`update vault_zones set due_at = now(), next_compare_at = now() where vault_id = ${vaultId}`,
  );

function same(zones: { a: TestZone; b: TestZone }, { vaultId }: Address): void {
  expect(zones.b.namesOf(vaultId)).toEqual(zones.a.namesOf(vaultId));
  for (const name of zones.a.packsOf(vaultId)) {
    const [one, other] = [zones.a, zones.b].map((zone) => zone.objectsOf(vaultId).objects.get(name)!.bytes);
    expect(one!.equals(other!)).toBe(true);
  }
}

async function copyOf(world: World, pointId: string): Promise<string> {
  return (await replicatedPoints(world)).get(pointId)!.targetPointId!;
}

describe('a zone-redundant vault', () => {
  it('keeps every object in each zone', async () => {
    const { zones, world } = await arrange();
    const point = await backUp(world, world.source, day1);
    expect((await tick(world, world.target.accountId)).errors).toEqual([]);
    expect(zones.a.packsOf(world.source.vaultId).length).toBeGreaterThan(0);
    same(zones, world.source);
    same(zones, world.target);
    expect(await readPoint(world, world.target, await copyOf(world, point))).toEqual(hashesOf(day1));
    expect(await debtsOf(world.source)).toEqual([]);
  });

  it.each(['a', 'b'] as const)(
    'is backed up, replicated and read without zone %s, which has all of it once it is back',
    async (lost) => {
      const { zones, world } = await arrange();
      await backUp(world, world.source, day1);
      await tick(world, world.target.accountId);
      zones[lost].isAway = true;
      const point = await backUp(world, world.source, day2);
      expect((await tick(world, world.target.accountId)).errors).toEqual([]);
      expect(await readPoint(world, world.target, await copyOf(world, point))).toEqual(hashesOf(day2));
      const owed = await debtsOf(world.source);
      expect(owed.length).toBeGreaterThanOrEqual(3);
      expect(owed.every((debt) => debt.zone === lost && debt.kind === 'put')).toBe(true);
      expect((await zoneRow(world.source, lost)).lastError).toMatch(/Injected fault/);

      for (const address of [world.source, world.target]) {
        await tick(world, address.accountId);
        expect((await debtsOf(address)).length).toBeGreaterThan(0);
      }
      zones[lost].isAway = false;
      for (const address of [world.source, world.target]) {
        await makeDue(address);
        expect((await tick(world, address.accountId)).errors).toEqual([]);
        expect(await debtsOf(address)).toEqual([]);
        expect((await zoneRow(address, lost)).lastError).toBeNull();
        same(zones, address);
      }
      zones[lost === 'a' ? 'b' : 'a'].isAway = true;
      expect(await readPoint(world, world.source, point)).toEqual(hashesOf(day2));
    },
  );

  it('is not backed up into when no zone is there, and nothing is taken for stored', async () => {
    const { zones, world } = await arrange();
    zones.a.isAway = true;
    zones.b.isAway = true;
    await expect(backUp(world, world.source, day1)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await debtsOf(world.source)).toEqual([]);
  });

  it('owes an absent zone what was deleted, and does not bring it back from there', async () => {
    const { zones, world } = await arrange();
    const point = await backUp(world, world.source, day1);
    zones.b.isAway = true;
    await deleteByHand(world, world.source, point);
    await tick(world, world.source.accountId);
    expect(zones.a.namesOf(world.source.vaultId)).not.toContain(`points/${point}`);
    expect(zones.b.namesOf(world.source.vaultId)).toContain(`points/${point}`);
    zones.b.isAway = false;
    // The zone that lacks it is compared before the other one's debt is paid
    await owner.execute(sql`
      update vault_zones set next_compare_at = now(), due_at = case when zone = 'a' then now() - interval '1 minute' else now() end
      where vault_id = ${world.source.vaultId}`);
    expect((await tick(world, world.source.accountId)).errors).toEqual([]);
    same(zones, world.source);
    expect(zones.a.namesOf(world.source.vaultId)).not.toContain(`points/${point}`);
  });
});

describe('a rotten pack in one zone', () => {
  it('is read from the other zone, replaced and reported', async () => {
    const { zones, world } = await arrange();
    const point = await backUp(world, world.source, day1);
    zones.a.rot(world.source.vaultId);
    expect(await readPoint(world, world.source, point)).toEqual(hashesOf(day1));
    same(zones, world.source);
    const damages = await damagesOf(world.source);
    expect(damages.length).toBeGreaterThan(0);
    expect(
      damages.every(({ zone, state, healedFrom }) => `${zone} ${state} ${healedFrom}` === 'a healed zone'),
    ).toBe(true);
    const told = await owner
      .select()
      .from(notifications)
      .where(eq(notifications.accountId, world.source.accountId));
    expect(told.filter(({ kind }) => kind === 'vaults.copy_damaged')).toHaveLength(1);
  });

  it('does not hold up a replication out of it', async () => {
    const { zones, world } = await arrange();
    const point = await backUp(world, world.source, day1);
    zones.a.rot(world.source.vaultId);
    expect((await tick(world, world.target.accountId)).errors).toEqual([]);
    expect(await readPoint(world, world.target, await copyOf(world, point))).toEqual(hashesOf(day1));
    same(zones, world.source);
  });

  it('in every zone is damage: reads and replications say so, and no copy is touched', async () => {
    const { zones, world } = await arrange();
    const point = await backUp(world, world.source, day1);
    zones.a.rot(world.source.vaultId);
    zones.b.rot(world.source.vaultId);
    await expect(readPoint(world, world.source, point)).rejects.toMatchObject({ code: 'corrupt_data' });
    await tick(world, world.target.accountId);
    expect((await replicationOf(world)).waitingReason).toBe('corrupt_data');
    await makeDue(world.source);
    expect((await tick(world, world.source.accountId)).errors).toEqual([]);
    expect((await damagesOf(world.source)).some(({ zone, state }) => zone === null && state === 'open')).toBe(
      true,
    );
    expect(zones.a.packsOf(world.source.vaultId)).toEqual(zones.b.packsOf(world.source.vaultId));
  });
});

describe('a zone that is compared with its siblings', () => {
  it('gets back what it lost, also when it lost everything', async () => {
    const { zones, world } = await arrange();
    await backUp(world, world.source, day2);
    zones.a.objectsOf(world.source.vaultId).objects.clear();
    await compareNow(world.source);
    expect((await tick(world, world.source.accountId)).errors).toEqual([]);
    same(zones, world.source);
    const row = await zoneRow(world.source, 'a');
    expect(row).toMatchObject({ state: 'whole', compareAfter: null, lastError: null });
    expect(row.broughtObjects).toBe(zones.a.namesOf(world.source.vaultId).length);
    expect(row.storedObjects).toBe(row.broughtObjects);
    expect(row.nextCompareAt!.getTime()).toBeGreaterThan(Date.now() + 20 * 3_600_000);
  });

  it('is compared at once when a read finds that it lost something', async () => {
    const { zones, world } = await arrange();
    const point = await backUp(world, world.source, day2);
    zones.a.objectsOf(world.source.vaultId).objects.clear();
    await readPoint(world, world.source, point);
    expect((await tick(world, world.source.accountId)).errors).toEqual([]);
    same(zones, world.source);
  });
});

describe('a zone that the operator adds', () => {
  it('is owed everything and filled, while the vault is in use', async () => {
    const zones = { a: new TestZone('a'), b: new TestZone('b') };
    const environment = await zonedEnvironment(database, [zones.a]);
    const world = await makeWorld(database, { environment });
    const point = await backUp(world, world.source, day1);
    await inAccount(environment.db, world.source.accountId, (tx) =>
      tx.execute(sql`select wake_ticker(${world.source.accountId})`),
    );

    environment.storage = zonedStorage(database.engine, () => [zones.a, zones.b]);
    // Several engines start at once.
    await Promise.all([1, 2, 3].map(() => adoptZones(environment.db, environment.storage)));
    expect(await zoneRow(world.source, 'b')).toMatchObject({ state: 'filling' });
    const [vault] = await owner.select().from(vaults).where(eq(vaults.id, world.source.vaultId));
    expect(vault!.redundancy).toBe('ZRS');
    const later = await backUp(world, world.source, day2);
    expect((await tick(world, world.source.accountId)).errors).toEqual([]);
    same(zones, world.source);
    expect(await zoneRow(world.source, 'b')).toMatchObject({ state: 'whole', dueAt: expect.any(Date) });
    zones.a.isAway = true;
    expect(await readPoint(world, world.source, point)).toEqual(hashesOf(day1));
    expect(await readPoint(world, world.source, later)).toEqual(hashesOf(day2));
  });

  it('and takes out again is forgotten with its debts, which is told', async () => {
    const { zones, world } = await arrange();
    await inAccount(world.environment.db, world.source.accountId, (tx) =>
      tx.execute(sql`select wake_ticker(${world.source.accountId})`),
    );
    zones.b.isAway = true;
    const point = await backUp(world, world.source, day1);
    world.environment.storage = zonedStorage(database.engine, () => [zones.a]);
    await adoptZones(world.environment.db, world.environment.storage);
    expect(await debtsOf(world.source)).toEqual([]);
    expect(await readPoint(world, world.source, point)).toEqual(hashesOf(day1));
    const told = await owner
      .select()
      .from(notifications)
      .where(eq(notifications.accountId, world.source.accountId));
    expect(told.some(({ kind }) => kind === 'vaults.zone_removed')).toBe(true);
  });
});
