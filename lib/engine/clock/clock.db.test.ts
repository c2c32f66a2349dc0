import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { backupPoints, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { prose } from '@/lib/engine/core/test-bytes';
import {
  backUp,
  hashesOf,
  makeWorld,
  readPoint,
  replicatedPoints,
  tick,
  type World,
} from '../transfer/test-world';
import { createClockGuard } from './clock-guard';
import { confirmClock } from './confirm-clock';

const database = await testDatabase();
const { owner, engine } = database;
const files = { 'ledger.txt': prose(9_000, 1) };
const days = (count: number) => new Date(Date.now() + count * 86_400_000);

// The database's clock cannot be moved here. What is vouched for is moved back instead: to the guard, and to what it
// guards, that is the same jump.
const jump = (by: string) =>
  owner.execute(sql`update clock_guard set trusted_at = trusted_at - ${by}::interval`);
const read = async () =>
  (
    await owner.execute<{ ahead_s: number; is_held: boolean; believed: boolean }>(sql`
      select extract(epoch from clock_timestamp() - trusted_at)::int as ahead_s, held_since is not null as is_held,
        expiry_now() = now() as believed from clock_guard`)
  )[0]!;

/** A guard whose measuring clock stands still until it is moved. */
function guard() {
  let atMs = 0;
  const made = createClockGuard(engine, () => atMs);
  const pass = (ms: number) => {
    atMs += ms;
  };
  return { beat: () => made.beat(), pass };
}

beforeEach(() => owner.execute(sql`delete from clock_guard`));

describe('the clock of the database', () => {
  it('is believed while no more time passes by it than is measured', async () => {
    const one = guard();
    await one.beat();
    one.pass(20_000);
    expect((await one.beat()).heldSince).toBeNull();
    expect(await read()).toMatchObject({ is_held: false, believed: true });
  });

  it('is not believed after a jump, for as long as the time it jumped over has not passed', async () => {
    await guard().beat();
    await jump('400 days');
    // One that has seen nothing of the time before: what a guard saw cannot be moved with the row.
    const fresh = guard();
    await fresh.beat();
    fresh.pass(3_600_000);
    expect((await fresh.beat()).heldSince).toEqual(expect.any(Date));
    const held = await read();
    expect(held).toMatchObject({ is_held: true, believed: false });
    expect(held.ahead_s).toBeGreaterThan(399 * 86_400);
    fresh.pass(401 * 86_400_000);
    expect((await fresh.beat()).heldSince).toBeNull();
    expect(await read()).toMatchObject({ ahead_s: 0, believed: true });
  });

  it('is not believed by two engines any more than by one, however often they beat', async () => {
    const [one, two] = [guard(), guard()];
    await guard().beat();
    await jump('30 days');
    for (const each of [one, two]) await each.beat();
    for (let round = 0; round < 10; round++) {
      for (const each of [one, two]) {
        each.pass(60_000);
        await each.beat();
      }
    }
    // Ten minutes have passed for both: that is what both vouch for, and not twenty.
    const { ahead_s: ahead } = await read();
    expect(ahead).toBeGreaterThan(30 * 86_400 - 11 * 60);
  });

  it('is believed after a pause of up to a day, and after a longer one when the operator says so', async () => {
    await guard().beat();
    await jump('23 hours');
    expect((await guard().beat()).heldSince).toBeNull();
    await jump('25 hours');
    expect((await guard().beat()).heldSince).toEqual(expect.any(Date));
    expect(await confirmClock(owner, 'Ada')).toMatchObject({ wasHeld: true });
    expect(await read()).toMatchObject({ is_held: false, believed: true });
    expect((await guard().beat()).heldSince).toBeNull();
  });

  it('is not believed sooner for being set back and forth', async () => {
    const one = guard();
    await one.beat();
    await owner.execute(sql`update clock_guard set trusted_at = trusted_at + interval '2 days'`);
    one.pass(60_000);
    await one.beat();
    expect((await read()).ahead_s).toBeLessThan(-86_400);
  });

  it('can be moved by no role that a process signs in with', async () => {
    await guard().beat();
    for (const db of [database.app, engine]) {
      const attempt = db.execute(sql`update clock_guard set trusted_at = now() + interval '1 year'`);
      await expect(attempt).rejects.toMatchObject({ cause: { code: '42501' } });
    }
    const beat = database.app.execute(sql`select beat_clock(now())`);
    await expect(beat).rejects.toMatchObject({ cause: { code: '42501' } });
  });
});

describe('a clock that has jumped', () => {
  async function kept(): Promise<{ world: World; source: string; copy: string }> {
    const world = await makeWorld(database);
    const source = await backUp(world, world.source, files, { expiresAt: days(30) });
    await tick(world, world.target.accountId);
    const copy = (await replicatedPoints(world)).get(source)!.targetPointId!;
    return { world, source, copy };
  }
  /** As the row would look when the clock stood thirty-one days later. */
  const letPass = (world: World) =>
    owner.execute(sql`update backup_points set expires_at = expires_at - interval '31 days'
      where vault_id in (${world.source.vaultId}, ${world.target.vaultId})`);
  const visible = (vaultId: string) =>
    owner.$count(backupPoints, sql`vault_id = ${vaultId} and status = 'visible'`);

  it('expires nothing at either end, copies on, and lets go of all when the operator confirms it', async () => {
    const { world, source, copy } = await kept();
    await guard().beat();
    await jump('31 days');
    await guard().beat();
    await letPass(world);
    const late = await backUp(world, world.source, { 'late.txt': prose(4_000, 2) }, { expiresAt: days(-1) });
    for (const { accountId } of [world.source, world.target]) {
      expect((await tick(world, accountId)).errors).toEqual([]);
    }
    expect(await visible(world.source.vaultId)).toBe(2);
    // Nor is a point given up as expired before it was copied: that would be final.
    expect((await replicatedPoints(world)).get(late)!.state).toBe('copied');
    expect(await readPoint(world, world.target, copy)).toEqual(hashesOf(files));
    expect(await readPoint(world, world.source, source)).toEqual(hashesOf(files));
    await confirmClock(owner, 'Ada');
    for (const { accountId } of [world.source, world.target]) await tick(world, accountId);
    expect([await visible(world.source.vaultId), await visible(world.target.vaultId)]).toEqual([0, 0]);
  });

  it('lets nobody delete a locked point, nor its vault, though its date has come by that clock', async () => {
    const { world, source } = await kept();
    await owner.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      await tx.execute(
        sql`update backup_points set expires_at = now() - interval '1 day' where id = ${source}`,
      );
      await tx.update(vaults).set({ lockedAt: new Date() }).where(eq(vaults.id, world.source.vaultId));
    });
    await guard().beat();
    await jump('31 days');
    await guard().beat();
    const hide = () => owner.execute(sql`update backup_points set status = 'deleting' where id = ${source}`);
    await expect(hide()).rejects.toMatchObject({ cause: { code: 'CV001' } });
    await expect(
      owner.execute(sql`update vaults set status = 'deleting' where id = ${world.source.vaultId}`),
    ).rejects.toMatchObject({ cause: { code: expect.stringMatching(/^CV00[12]$/) } });
    await confirmClock(owner, 'Ada');
    await hide();
  });
});
