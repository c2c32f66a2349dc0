import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeBackupPoint, makeReplication, makeVault } from '@/db/factories';
import { notifications, replicationSamples, replications } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { ManualClock } from '@/lib/clock';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { wakeTicker } from '@/lib/ticker';
import { getReplication, getStopPlan, listReplicationSamples, setRecoveryObjective } from '.';
import { samplesDuty } from './samples-duty';
import { watchDuty } from './watch-duty';

const database = await testDatabase();
const { owner, engine } = database;
const environment = { db: engine } as VaultEnvironment;

async function started(given: { to?: TestAccount } & Partial<typeof replications.$inferInsert> = {}) {
  const { to: known, ...row } = given;
  const [from, to] = [await testAccount(database), known ?? (await testAccount(database))];
  const source = await makeVault(owner, { accountId: from.id, resourceGroupId: from.groupId });
  const target = await makeVault(owner, {
    accountId: to.id,
    resourceGroupId: to.groupId,
    kind: 'replication_target',
  });
  const { replication, stop } = await makeReplication(owner, { source, target, ...row });
  return { from, to, source, target, id: replication.id, stop };
}

const change = (id: string, set: Partial<typeof replications.$inferInsert>) =>
  owner.update(replications).set(set).where(eq(replications.id, id));
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
const told = async (account: TestAccount) =>
  (
    await owner
      .select()
      .from(notifications)
      .where(eq(notifications.accountId, account.id))
      .orderBy(notifications.createdAt)
  ).map(({ kind }) => kind);
/** One look of the engine, due now. */
const look = async (id: string, account: TestAccount) => {
  await owner.execute(sql`update replications set watched_at = least(watched_at, now() - interval '61 seconds'),
    created_at = least(created_at, now() - interval '61 seconds') where id = ${id}`);
  await watchDuty.run(environment, account.id);
};

describeWriteVerb(database, {
  verb: setRecoveryObjective,
  async arrange(account) {
    const { id } = await started({ to: account });
    return { id, objectiveSeconds: 3600, silenceDays: null };
  },
  async check({ out, input }) {
    expect(out.objective).toMatchObject({ seconds: 3600, silenceDays: null });
    const [row] = await owner.select().from(replications).where(eq(replications.id, input.id));
    expect(row).toMatchObject({ objectiveSeconds: 3600, silenceDays: null });
  },
  missing: (input) => ({ ...input, id: 'rep-nowhere' }),
  audit: { resourceKind: 'replication', resourceId: (out) => out.id },
});

describe('the recovery point objective', () => {
  test('is the destination’s: the source is refused, by the database too, and so is a stopped replication', async () => {
    const { from, to, id, stop } = await started();
    const ask = { id, objectiveSeconds: 31_536_000, silenceDays: null };
    await expect(setRecoveryObjective(from.as('administrator'), ask)).rejects.toMatchObject({
      reason: 'destination_decides',
    });
    const direct = inAccount(database.app, from.id, (tx) =>
      tx.execute(sql`update replications set objective_seconds = 31536000 where id = ${id}`),
    );
    await expect(direct).rejects.toMatchObject({ cause: { code: '42501' } });
    await inAccount(database.app, from.id, (tx) =>
      tx.execute(sql`select set_recovery_objective(${id}, 31536000, 365)`),
    );
    expect((await getReplication(to.as('auditor'), { id })).objective.seconds).toBe(86_400);
    await stop();
    await expect(setRecoveryObjective(to.as('administrator'), ask)).rejects.toMatchObject({
      reason: 'already_stopped',
    });
  });

  test.each([
    [{ objectiveSeconds: 59, silenceDays: 7 }, 'objectiveSeconds'],
    [{ objectiveSeconds: 31_536_001, silenceDays: 7 }, 'objectiveSeconds'],
    [{ objectiveSeconds: 60, silenceDays: 0 }, 'silenceDays'],
  ])('outside its limits is refused at its field: %j', async (given, field) => {
    const { to, id } = await started();
    await expect(setRecoveryObjective(to.as('administrator'), { id, ...given })).rejects.toMatchObject({
      fields: { [field]: expect.any(String) },
    });
  });

  test('is told to both sides when it is missed and when it is met again, once each', async () => {
    const { from, to, id } = await started({ objectiveSeconds: 3600 });
    await change(id, { lagSince: ago(4000), lagPoints: 1 });
    for (let times = 0; times < 3; times++) await look(id, to);
    expect([await told(from), await told(to)]).toEqual([
      ['replication.objective_missed'],
      ['replication.objective_missed'],
    ]);
    expect((await getReplication(from.as('auditor'), { id })).objective).toMatchObject({ state: 'missed' });
    await change(id, { lagSince: null, lagPoints: 0 });
    await look(id, to);
    expect((await getReplication(to.as('auditor'), { id })).objective).toMatchObject({
      state: 'recovering',
      settledAt: expect.any(String),
    });
    await change(id, { recoveringSince: ago(7201) });
    for (let times = 0; times < 3; times++) await look(id, to);
    expect((await told(to)).filter((kind) => kind === 'replication.objective_met')).toHaveLength(1);
    expect((await getReplication(to.as('auditor'), { id })).objective.state).toBe('met');
  });

  test('a source that goes silent is told of after its days, and when it is heard again', async () => {
    const { from, to, id } = await started();
    await change(id, { createdAt: ago(8 * 86_400) });
    for (let times = 0; times < 2; times++) await look(id, to);
    expect(await told(from)).toContain('replication.source_silent');
    expect((await told(to)).filter((kind) => kind === 'replication.source_silent')).toHaveLength(1);
    await change(id, { newestPointAt: new Date() });
    await look(id, to);
    expect(await told(to)).toContain('replication.source_heard');
  });

  test('that no engine looks at is told of by whoever has a console open, once, and so is its end', async () => {
    const { from, to, id } = await started();
    await change(id, { watchedAt: ago(800) });
    await wakeTicker(from.as('auditor'), {});
    expect(await told(to)).toEqual([]);
    await change(id, { watchedAt: ago(3700) });
    for (let times = 0; times < 3; times++) await wakeTicker(from.as('auditor'), {});
    expect([await told(from), await told(to)]).toEqual([['replication.unheard'], ['replication.unheard']]);
    expect((await getReplication(to.as('auditor'), { id })).objective.unheardSince).not.toBeNull();
    await look(id, to);
    expect(await told(to)).toEqual(['replication.unheard', 'replication.worked_again']);
    const [row] = await owner.select().from(replications).where(eq(replications.id, id));
    expect(row!.unheardSince).toBeNull();
  });

  test('is due once a minute while the replication runs, and not after', async () => {
    const { to, id, stop } = await started();
    const dueMs = async () => {
      const [row] = await inAccount(engine, to.id, (tx) =>
        tx.execute<{ ms: number | null }>(
          sql`select extract(epoch from ${watchDuty.dueAt(to.id)} - clock_timestamp())::float8 * 1000 as ms`,
        ),
      );
      return row!.ms;
    };
    await look(id, to);
    expect(await dueMs()).toBeGreaterThan(50_000);
    await stop();
    expect(await dueMs()).toBeNull();
  });
});

describe('samples', () => {
  const add = (id: string, accountId: string, hoursAgo: number, given: object = {}) =>
    owner.insert(replicationSamples).values({
      accountId,
      replicationId: id,
      at: ago(hoursAgo * 3600),
      copiedBytes: 0,
      lagPoints: 0,
      lagSeconds: 0,
      ...given,
    });
  const rows = (id: string) =>
    owner
      .select()
      .from(replicationSamples)
      .where(eq(replicationSamples.replicationId, id))
      .orderBy(replicationSamples.at);

  test('become coarser with age, keep the worst lag and the last total, and go after a month', async () => {
    const { to, id } = await started();
    for (let minute = 0; minute < 60; minute++) {
      const at = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 40 * 3_600_000 + minute * 60_000);
      await add(id, to.id, 0, { at, copiedBytes: minute, lagSeconds: minute === 7 ? 900 : 0 });
    }
    await add(id, to.id, 1, { copiedBytes: 60 });
    await add(id, to.id, 10 * 24, { stepSeconds: 600, lagSeconds: 5 });
    await add(id, to.id, 40 * 24, { stepSeconds: 3600 });
    await samplesDuty.run(environment, to.id);
    const left = await rows(id);
    expect(left.map(({ stepSeconds }) => stepSeconds)).toEqual([3600, 600, 600, 600, 600, 600, 600, 60]);
    expect(left[1]).toMatchObject({ copiedBytes: 9, lagSeconds: 900 });
    expect(left[6]).toMatchObject({ copiedBytes: 59, lagSeconds: 0 });
    await samplesDuty.run(environment, to.id);
    expect(await rows(id)).toEqual(left);
  });

  test('come in spans that a plot can show, with the worst lag of each, to either side', async () => {
    const { from, to, id } = await started();
    const base = Math.floor(Date.now() / 7_200_000) * 7_200_000 - 10 * 7_200_000;
    for (let minute = 0; minute < 120; minute++) {
      await add(id, to.id, 0, {
        at: new Date(base + minute * 60_000),
        copiedBytes: minute * 10,
        lagSeconds: minute,
      });
    }
    const month = await listReplicationSamples(from.as('auditor'), { id, range: '30d' });
    expect(month).toMatchObject({ stepSeconds: 7200, items: [{ copiedBytes: 1190, lagSeconds: 119 }] });
    const day = await listReplicationSamples(to.as('auditor'), { id });
    expect(day).toMatchObject({ range: '24h', stepSeconds: 300 });
    expect(day.items).toHaveLength(24);
    const later = new ManualClock(new Date(Date.now() + 25 * 3_600_000));
    expect((await listReplicationSamples(to.as('auditor', { clock: later }), { id })).items).toEqual([]);
  });
});

test('what a stop leaves is told to both sides with its dates, and to nobody else', async () => {
  const { from, to, target, id } = await started();
  const dates = [new Date('2027-01-01T00:00:00Z'), new Date('2027-03-01T00:00:00Z')] as const;
  for (const expiresAt of dates) {
    await makeBackupPoint(owner, { accountId: to.id, vaultId: target.id, expiresAt, sourceBytes: 100 });
  }
  await owner.execute(sql`insert into replication_points
    (account_id, replication_id, source_point_id, is_history, captured_at, committed_at, source_bytes)
    values (${to.id}, ${id}, 's-due', true, now(), now(), 700)`);
  for (const account of [from, to]) {
    expect(await getStopPlan(account.as('auditor'), { id })).toEqual({
      staying: {
        points: 2,
        sourceBytes: 200,
        storedBytes: 0,
        firstExpiresAt: dates[0].toISOString(),
        lastExpiresAt: dates[1].toISOString(),
      },
      missing: { points: 1, bytes: 700 },
    });
  }
  const stranger = await testAccount(database);
  await expect(getStopPlan(stranger.as('administrator'), { id })).rejects.toMatchObject({
    code: 'not_found',
  });
});
