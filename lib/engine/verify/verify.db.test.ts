import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { backupPoints, notifications, packs, vaultDamages, verifications } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { createTestVault } from '@/lib/engine/core/test-vault';
import {
  type Address,
  backUp,
  type Files,
  hashesOf,
  makeWorld,
  readPoint,
  replicatedPoints,
  tick,
} from '@/lib/engine/transfer/test-world';
import { TestZone, zonedEnvironment } from '@/lib/engine/zones/test-zones';

const database = await testDatabase();
const { owner } = database;

const files: Files = { 'a.txt': prose(300_000, 1), 'deep/b.bin': noise(700_000, 2) };
const more: Files = { ...files, 'c.bin': noise(500_000, 3) };

async function arrange(zoneCount = 1) {
  const zones = ['a', 'b'].slice(0, zoneCount).map((id) => new TestZone(id));
  const environment = await zonedEnvironment(database, zones);
  const world = await makeWorld(database, {
    environment,
    redundancy: zoneCount > 1 ? 'ZRS' : 'LRS',
    isStarted: false,
  });
  return { world, zones, zone: zones[0]! };
}

async function verify(world: Parameters<typeof tick>[0], { accountId, vaultId }: Address) {
  const id = newId('vf');
  await owner
    .insert(verifications)
    .values({ accountId, vaultId, id, scope: 'all', nextPieceAt: new Date(), createdBy: 'u' });
  expect((await tick(world, accountId)).errors).toEqual([]);
  const [run] = await owner.select().from(verifications).where(eq(verifications.id, id));
  return run!;
}

const damagesOf = ({ vaultId }: Address) =>
  owner.select().from(vaultDamages).where(eq(vaultDamages.vaultId, vaultId));
const noticesOf = async ({ accountId }: Address) =>
  (await owner.select().from(notifications).where(eq(notifications.accountId, accountId))).map(
    ({ kind }) => kind,
  );

async function foreignPack(): Promise<Buffer> {
  const vault = await createTestVault({ vaultId: 'another' });
  const writer = vault.writer();
  await writer.put(vault.chunk(noise(200_000, 9)));
  await writer.flush();
  const [name] = [...vault.store.objects.keys()].filter((one) => one.startsWith('packs/'));
  return vault.store.objects.get(name!)!.bytes;
}

const harms: [string, (zone: TestZone, vaultId: string, name: string, other: string) => Promise<void>][] = [
  ['corrupt', async (zone, vaultId, name) => zone.rot(vaultId, [name])],
  [
    'truncated',
    async (zone, vaultId, name) => {
      const object = zone.objectsOf(vaultId).objects.get(name)!;
      object.bytes = object.bytes.subarray(0, object.bytes.length - 1000);
    },
  ],
  ['missing', async (zone, vaultId, name) => void zone.objectsOf(vaultId).objects.delete(name)],
  [
    'swapped',
    async (zone, vaultId, name, other) => {
      const { objects } = zone.objectsOf(vaultId);
      objects.get(name)!.bytes = objects.get(other)!.bytes;
    },
  ],
  [
    'foreign',
    async (zone, vaultId, name) => {
      zone.objectsOf(vaultId).objects.get(name)!.bytes = await foreignPack();
    },
  ],
];

describe('verifying', () => {
  it('reads everything, finds nothing wrong with what is well, and says how much it checked', async () => {
    const { world } = await arrange(2);
    await backUp(world, world.source, files);
    const run = await verify(world, world.source);
    expect(run).toMatchObject({ state: 'complete', damagedPacks: 0, healedPacks: 0, lastError: null });
    expect(run.packsDone).toBe(run.packsTotal);
    expect(run.packsDone).toBeGreaterThan(0);
    expect(run.bytesDone).toBe(run.bytesTotal);
    const rows = await owner.select().from(packs).where(eq(packs.vaultId, world.source.vaultId));
    expect(rows.every(({ checkedAt, isDamaged }) => checkedAt && !isDamaged)).toBe(true);
    expect(await damagesOf(world.source)).toEqual([]);
    expect(await noticesOf(world.source)).not.toContain('vaults.damaged');
  });

  it.each(harms)(
    'finds a %s pack and names the points and files that need it, and no others',
    async (kind, harm) => {
      const { world, zone } = await arrange();
      const { vaultId } = world.source;
      const first = await backUp(world, world.source, files);
      const before = zone.packsOf(vaultId);
      const second = await backUp(world, world.source, more);
      const [name] = zone
        .packsOf(vaultId)
        .filter((one) => !before.includes(one) && isData(zone, vaultId, one));
      await harm(zone, vaultId, name!, before[0]!);
      const run = await verify(world, world.source);
      expect(run).toMatchObject({ state: 'complete', damagedPacks: 1, healedPacks: 0 });
      const damages = await damagesOf(world.source);
      expect(damages).toHaveLength(1);
      expect(damages[0]).toMatchObject({ objectName: name, kind, state: 'open', zone: null, fileCount: 1 });
      expect(damages[0]!.points.map((point) => point.id)).toEqual([second]);
      expect(damages[0]!.files).toEqual([{ pointId: second, path: '/c.bin' }]);
      expect(await noticesOf(world.source)).toContain('vaults.damaged');
      expect(await readPoint(world, world.source, first)).toEqual(hashesOf(files));
      await expect(readPoint(world, world.source, second)).rejects.toThrow();
    },
  );

  it.each(harms)('heals a %s pack from another zone', async (kind, harm) => {
    const { world, zones, zone } = await arrange(2);
    const { vaultId } = world.source;
    const point = await backUp(world, world.source, more);
    const [name, other] = zone.packsOf(vaultId);
    await harm(zone, vaultId, name!, other!);
    expect(await verify(world, world.source)).toMatchObject({
      state: 'complete',
      damagedPacks: 1,
      healedPacks: 1,
    });
    expect(await damagesOf(world.source)).toMatchObject([
      { zone: 'a', kind, state: 'healed', healedFrom: 'zone' },
    ]);
    zones[1]!.isAway = true;
    expect(await readPoint(world, world.source, point)).toEqual(hashesOf(more));
    expect(await noticesOf(world.source)).toContain('vaults.damage_healed');
  });

  it.each([
    ['source', 'replica'],
    ['target', 'source'],
  ] as const)(
    'heals every pack of the %s from the %s at the other end of its replication',
    async (side, from) => {
      const zone = new TestZone('a');
      const environment = await zonedEnvironment(database, [zone]);
      const world = await makeWorld(database, { environment });
      const point = await backUp(world, world.source, more);
      await tick(world, world.target.accountId);
      const copy = (await replicatedPoints(world)).get(point)!.targetPointId!;
      const hurt = world[side];
      zone.rot(hurt.vaultId);
      const run = await verify(world, hurt);
      expect(run.damagedPacks).toBeGreaterThan(0);
      expect(run.healedPacks).toBe(run.damagedPacks);
      expect(
        (await damagesOf(hurt)).every((damage) => damage.healedFrom === from && damage.state === 'healed'),
      ).toBe(true);
      expect(await readPoint(world, hurt, side === 'source' ? point : copy)).toEqual(hashesOf(more));
    },
  );

  it('does not heal from a replica whose replication has stopped', async () => {
    const zone = new TestZone('a');
    const world = await makeWorld(database, { environment: await zonedEnvironment(database, [zone]) });
    await backUp(world, world.source, more);
    await tick(world, world.target.accountId);
    await owner.execute(
      sql`update replications set state = 'stopped', stopped_at = now() where id = ${world.replicationId}`,
    );
    zone.rot(world.source.vaultId);
    const run = await verify(world, world.source);
    expect(run.healedPacks).toBe(0);
    expect(run.damagedPacks).toBeGreaterThan(0);
  });

  it('goes on where it stood when storage comes back', async () => {
    const { world, zone } = await arrange();
    await backUp(world, world.source, files);
    zone.isAway = true;
    const run = await verify(world, world.source);
    expect(run.state).not.toBe('complete');
    expect(run.lastError).toMatch(/Injected fault/);
    zone.isAway = false;
    await owner.execute(sql`update verifications set next_piece_at = now() where id = ${run.id}`);
    await tick(world, world.source.accountId);
    const [after] = await owner.select().from(verifications).where(eq(verifications.id, run.id));
    expect(after).toMatchObject({ state: 'complete', damagedPacks: 0 });
  });
});

describe('the schedule', () => {
  const due = ({ vaultId }: Address) =>
    owner.execute(sql`update vaults set next_verify_at = now() where id = ${vaultId}`);

  it('checks what is new within a day, and again after thirty', async () => {
    const { world } = await arrange();
    await backUp(world, world.source, files);
    const runs = async () =>
      (await owner.select().from(verifications).where(eq(verifications.vaultId, world.source.vaultId))).sort(
        (a, b) => a.createdAt.getTime() - b.createdAt.getTime(),
      );
    const scheduled = async () => {
      await due(world.source);
      for (let i = 0; i < 5; i++) {
        await owner.execute(
          sql`update verifications set next_piece_at = now() where next_piece_at is not null`,
        );
        await tick(world, world.source.accountId);
      }
      return (await runs()).at(-1)!;
    };
    const all = (await owner.select().from(packs).where(eq(packs.vaultId, world.source.vaultId))).length;
    expect(await scheduled()).toMatchObject({
      scope: 'due',
      state: 'complete',
      packsDone: all,
      createdBy: 'schedule',
    });
    const next = await scheduled();
    expect(next.packsDone).toBeLessThanOrEqual(1);
    await owner.execute(
      sql`update packs set checked_at = now() - interval '31 days' where vault_id = ${world.source.vaultId}`,
    );
    expect(await scheduled()).toMatchObject({ state: 'complete', packsDone: all });
  });

  it('asks nothing of an empty vault', async () => {
    const { world } = await arrange();
    await due(world.source);
    await tick(world, world.source.accountId);
    expect(
      await owner.select().from(verifications).where(eq(verifications.vaultId, world.source.vaultId)),
    ).toEqual([]);
    expect(
      await owner.select().from(backupPoints).where(eq(backupPoints.vaultId, world.source.vaultId)),
    ).toEqual([]);
  });
});

/** The type in a pack's header. */
function isData(zone: TestZone, vaultId: string, name: string): boolean {
  return zone.objectsOf(vaultId).objects.get(name)!.bytes[5] === 1;
}
