import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeBackupPoint, makeVault } from '@/db/factories';
import { auditEvents, notifications, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { ManualClock } from '@/lib/clock';
import { testEnvironment } from '@/lib/engine/vaults/test-environment';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { testAccount } from '@/lib/testing/world';
import { getVault, keepTrialVault, lockVault } from '.';
import { trialDuty } from './trial-duty';

const database = await testDatabase();
const { owner, app, engine } = database;
const environment = await testEnvironment(database);
const rowOf = async (id: string) => (await owner.select().from(vaults).where(eq(vaults.id, id)))[0]!;

describeWriteVerb(database, {
  verb: keepTrialVault,
  arrange: async ({ id }) => ({
    id: (await makeVault(owner, { accountId: id, kind: 'trial_oss' })).id,
    isKept: true,
  }),
  check: async ({ input, out }) => {
    expect(await rowOf(input.id)).toMatchObject({ kind: 'trial_oss', isKeptAfterTrial: true });
    expect(out.trial?.isKept).toBe(true);
  },
  missing: (input) => ({ ...input, id: 'v-00000000000000000000' }),
  audit: { resourceKind: 'vault', resourceId: (_out, input) => input.id },
});

async function trial(given: Partial<typeof vaults.$inferInsert> = {}) {
  const account = await testAccount(database);
  const { id } = await makeVault(owner, {
    accountId: account.id,
    kind: 'trial_oss',
    name: 'photos',
    ...given,
  });
  const told = async () =>
    (await owner.select().from(notifications).where(eq(notifications.accountId, account.id))).map(
      ({ kind }) => kind,
    );
  return { account, id, told, run: () => trialDuty.run(environment, account.id) };
}
type Trial = Awaited<ReturnType<typeof trial>>;

/** As if the trial had begun earlier: its dates are the database's, and nobody moves them. */
async function begunAgo(id: string, days: number) {
  await owner.transaction(async (tx) => {
    await tx.execute(sql`alter table vaults disable trigger refuse_trial_dates`);
    await tx.execute(sql`update vaults set trial_ends_at = now() + make_interval(hours => ${(30 - days) * 24}),
      trial_releases_at = now() + make_interval(hours => ${(37 - days) * 24}) where id = ${id}`);
    await tx.execute(sql`alter table vaults enable trigger refuse_trial_dates`);
  });
}

async function dueInDays({ account }: Trial): Promise<number | null> {
  const [due] = await inAccount(engine, account.id, (tx) =>
    tx.execute<{ days: number | null }>(
      sql`select extract(epoch from (${trialDuty.dueAt(account.id)}) - now())::float8 / 86400 as days`,
    ),
  );
  return due!.days;
}

describe('a trial', () => {
  test('is warned of, ends with its points restorable, and is released; each is told and audited once', async () => {
    const one = await trial();
    const { account, id, run, told } = one;
    await makeBackupPoint(owner, { accountId: account.id, vaultId: id, sourceKind: 'oss' });
    expect(await dueInDays(one)).toBeCloseTo(23, 1);
    await begunAgo(id, 23);
    await run();
    await run();
    expect(await told()).toEqual(['vaults.trial_warn']);
    expect(await dueInDays(one)).toBeCloseTo(6, 1);

    await begunAgo(id, 30);
    await run();
    await run();
    expect(await told()).toEqual(['vaults.trial_warn', 'vaults.trial_end']);
    const late = makeBackupPoint(owner, { accountId: account.id, vaultId: id, sourceKind: 'oss' });
    await expect(late).rejects.toMatchObject({ cause: { code: 'CV012' } });
    expect(await rowOf(id)).toMatchObject({ status: 'created', pointCount: 1 });

    expect(await dueInDays(one)).toBeCloseTo(7, 1);
    await begunAgo(id, 37);
    await run();
    expect((await rowOf(id)).status).toBe('deleting');
    expect(await told()).toEqual(['vaults.trial_warn', 'vaults.trial_end', 'vaults.trial_release']);
    expect(await dueInDays(one)).toBeNull();
    const audit = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, id));
    expect(audit.map(({ action }) => action)).toEqual([
      'vaults.trial_warn',
      'vaults.trial_end',
      'vaults.trial_release',
    ]);
  });

  test('that is kept becomes a standard vault at its end, with its points, and can then be locked', async () => {
    const { account, id, run, told } = await trial();
    const ctx = account.as('administrator');
    await makeBackupPoint(owner, { accountId: account.id, vaultId: id, sourceKind: 'oss' });
    await expect(lockVault(ctx, { id, confirm: 'photos' })).rejects.toMatchObject({
      reason: 'trial_not_lockable',
    });
    await keepTrialVault(ctx, { id, isKept: true });
    await begunAgo(id, 30);
    await run();
    expect(await getVault(ctx, { id })).toMatchObject({ kind: 'standard', trial: null, pointCount: 1 });
    expect(await told()).toEqual(['vaults.trial_keep']);
    await makeBackupPoint(owner, { accountId: account.id, vaultId: id, sourceKind: 'local_file' });
    await expect(lockVault(ctx, { id, confirm: 'photos' })).resolves.toMatchObject({ kind: 'standard' });
  });

  test('is kept at once after its end, and not any more after its release', async () => {
    const { account, id } = await trial();
    const at = (days: number) => ({ clock: new ManualClock(new Date(Date.now() + days * 86_400_000)) });
    const keep = (days: number, isKept = true) =>
      keepTrialVault(account.as('operator', at(days)), { id, isKept });
    await expect(keep(31, false)).rejects.toMatchObject({ reason: 'trial_ended' });
    await expect(keep(37)).rejects.toMatchObject({ reason: 'trial_over' });
    expect(await keep(36)).toMatchObject({ kind: 'standard', trial: null });
  });

  test.each([
    ['app', app],
    ['engine', engine],
  ] as const)('is not prolonged by the role of the %s, whatever it writes', async (_, role) => {
    const { account, id } = await trial();
    const later = new Date(Date.now() + 300 * 86_400_000);
    const write = inAccount(role, account.id, (tx) =>
      tx.update(vaults).set({ trialReleasesAt: later }).where(eq(vaults.id, id)),
    );
    await expect(write).rejects.toMatchObject({ cause: { code: 'CV010' } });
  });
});
