import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { fillVault, makeRaceTrack, overfull, runRaces } from './test-races';

/** `CROSSVAULT_SHARE_RACES=10000` for the long form. */
const races = Number(process.env.CROSSVAULT_SHARE_RACES ?? 120);
const seed = Number(process.env.CROSSVAULT_SHARE_RACES_SEED ?? Date.now() % 1_000_000);
/** For machines where others take the processor for long: who waits in a circle is found by the database in a second. */
const patientMs = 120_000;
const database = await testDatabase({
  lockTimeoutMs: patientMs,
  statementTimeoutMs: patientMs,
  idleInTransactionTimeoutMs: patientMs,
});
const { owner } = database;
const environment = { db: database.engine };

describe('accepting, rejecting, cancelling, deleting, expiring, committing, giving back and registering an image at once', () => {
  const title = `have one winner and clear losers in ${races} random races (seed ${seed})`;
  it(title, { timeout: 3_600_000 }, async () => {
    const report = await runRaces(await makeRaceTrack(database), environment, { races, seed });
    expect(report.doubleWins).toEqual([]);
    expect(report.deadlocks).toBe(0);
    for (const actor of ['accept', 'reject', 'cancel', 'delete', 'expire', 'commit', 'image', 'return'])
      expect(report.wins[actor], actor).toBeGreaterThan(0);
    expect(report.losses).toBeGreaterThan(races / 4);
  });
});

describe('each guard is needed: without it the same races have two winners', () => {
  it.each<[string, RegExp, string]>([
    ['an answer asks for the state', /accept.* and reject/, `reject_backup_share`],
    ['a cancellation looks for images', /cancel and image/, `cancel_backup_share`],
    ['a deletion follows its copies', /after its original went|a copy to see/, `follow_hidden_points`],
  ])('%s', { timeout: 600_000 }, async (_, found, guard) => {
    const restore = await switchOff(guard);
    const track = await makeRaceTrack(database);
    const wins: string[] = [];
    const isFound = () => wins.some((win) => found.test(win));
    try {
      for (let batch = 0; batch < 12 && !isFound(); batch++)
        wins.push(...(await runRaces(track, environment, { races: 40, seed: seed + batch })).doubleWins);
    } finally {
      await restore();
    }
    expect(isFound(), wins.slice(0, 5).join('; ')).toBe(true);
  });
});

describe('room in a vault', () => {
  const acceptAllAtOnce = async () => {
    const track = await makeRaceTrack(database);
    return { winners: await fillVault(track, 8), vaults: await overfull(track) };
  };

  it('is promised to as many as fit, however many accept at the same moment', async () => {
    expect(await acceptAllAtOnce()).toEqual({ winners: 1, vaults: 0 });
  });

  it('would be promised to more without the guard', async () => {
    const restore = await switchOff('reserve_capacity');
    const { winners, vaults } = await acceptAllAtOnce().finally(restore);
    expect(winners).toBeGreaterThan(1);
    expect(vaults).toBe(1);
  });
});

/** Replaces one of the database's guards by a body that does not look. @returns what puts it back. */
async function switchOff(guard: string): Promise<() => Promise<void>> {
  const [found] = await owner.execute<{ definition: string }>(sql`
    select pg_get_functiondef(p.oid) as definition from pg_proc p where p.proname = ${guard}`);
  const { definition } = found!;
  const blind: Record<string, (text: string) => string> = {
    reject_backup_share: (text) =>
      text.replace(`if s.state not in ('pending', 'failed') then return '6708'; end if;`, ''),
    cancel_backup_share: (text) => text.replace('if exists (', 'if false and exists ('),
    follow_hidden_points: (text) =>
      text.replace("if tg_op = 'UPDATE' then", "return null;\n  if tg_op = 'UPDATE' then"),
    reserve_capacity: (text) => text.replace('<= wanted_bytes', '<= -1000000000'),
  };
  const blinded = blind[guard]!(definition);
  expect(blinded).not.toBe(definition);
  await owner.execute(sql.raw(blinded));
  return async () => {
    await owner.execute(sql.raw(definition));
  };
}
