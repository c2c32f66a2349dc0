import { asc, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeKmsKey, makeVault } from '@/db/factories';
import {
  accounts,
  auditEvents,
  backupPoints,
  clients,
  jobs,
  notifications,
  policies,
  policyBindings,
  policyRuns,
  policyTimers,
  tickers,
  vaults,
} from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { systemClock } from '@/lib/clock';
import { testEnvironment } from '@/lib/engine/vaults/test-environment';
import { cancelJob, finishJob, offerJobs } from '@/lib/jobs';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { clearAudit, type TestAccount, testAccount } from '@/lib/testing/world';
import { createPolicy, deletePolicy, listPolicyRuns, runBinding, unbindPolicy, updatePolicy } from '.';
import { policyDuty } from './policy-duty';
import { PolicyRun } from './schemas';
import { makeEnds, policyInput, rule } from './test-policy';

const database = await testDatabase();
const { owner, engine } = database;
const environment = await testEnvironment(database);
const door = { db: engine, clock: systemClock };
const minute = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * minute);

/** Daily, twelve hours from now: no run of its own comes between while a test moves the next one. */
const calm = {
  ...rule().schedule,
  kind: 'cron' as const,
  expression: `0 ${(new Date().getUTCHours() + 12) % 24} * * *`,
};

/** A policy bound to a host that is online, with its next run moved to a time. */
async function arrange(given: Parameters<typeof makeEnds>[1] = {}, change = {}) {
  const account = await testAccount(database);
  const ends = await makeEnds(account, given);
  const binding = {
    sourceId: ends.source.id,
    vaultId: ends.vault.id,
    paths: ['/srv/data'],
    includes: ['*.pdf'],
    excludes: ['*.tmp'],
  };
  const policy = await createPolicy(
    account.as('operator'),
    policyInput({ bindings: [binding], rules: [rule({ schedule: calm })], ...change }),
  );
  const bindingId = policy.bindings[0]!.id;
  await clearAudit(owner);
  const due = (at: Date, rest = {}) =>
    owner
      .update(policyTimers)
      .set({ runAt: at, lookAt: at, ...rest })
      .where(eq(policyTimers.bindingId, bindingId));
  return { account, policy, bindingId, due, ...ends };
}

/** The engine's ticker serves the duty until nothing is due. */
async function serve(account: TestAccount): Promise<number> {
  for (let rounds = 1; rounds < 20; rounds++) {
    if (!(await policyDuty.run(environment, account.id))) return rounds - 1;
  }
  throw new Error('the duty never came to its end');
}

const runsOf = (bindingId: string) =>
  owner.select().from(policyRuns).where(eq(policyRuns.bindingId, bindingId)).orderBy(asc(policyRuns.runAt));
const timerOf = async (bindingId: string) =>
  (await owner.select().from(policyTimers).where(eq(policyTimers.bindingId, bindingId)))[0]!;
const jobOf = async (id: string | null) =>
  (
    await owner
      .select()
      .from(jobs)
      .where(eq(jobs.id, id ?? ''))
  )[0]!;
const noticesOf = (account: TestAccount) =>
  owner.select().from(notifications).where(eq(notifications.accountId, account.id));

/** The client takes its jobs and ends them. */
async function work(account: TestAccount, clientId: string, outcome: 'complete' | 'failed' = 'failed') {
  const identity = { accountId: account.id, clientId };
  const { offers } = await offerJobs(door, identity, []);
  for (const { jobId, attempt } of offers) {
    const error = outcome === 'failed' ? { code: 'unavailable', message: 'The disk went away.' } : null;
    await finishJob(door, identity, jobId, { attempt, outcome, error, report: null });
  }
  return offers;
}

describeWriteVerb(database, {
  verb: runBinding,
  async arrange(account) {
    const { vault, source } = await makeEnds(account);
    const bindings = [{ sourceId: source.id, vaultId: vault.id, paths: ['/srv'] }];
    const policy = await createPolicy(account.as('operator'), policyInput({ bindings }));
    await clearAudit(owner);
    return { id: policy.bindings[0]!.id };
  },
  async check({ out, input }) {
    expect(out).toMatchObject({ kind: 'backup', status: 'queued', paths: ['/srv'] });
    const [run] = await runsOf(input.id);
    expect(run).toMatchObject({ cause: 'manual', state: 'open', jobId: out.id, retentionDays: 30 });
  },
  missing: () => ({ id: 'pb-nowhere' }),
  audit: { resourceKind: 'policy' },
});

describe('a run by the clock', () => {
  test('queues the backup of its binding with the retention that was planned, and says so', async () => {
    const { account, policy, bindingId, client, vault, due } = await arrange(
      {},
      { rules: [rule({ retention: { days: 30, monthlyDays: 400 }, archiveAfterDays: null })] },
    );
    await due(ago(1));
    expect(await serve(account)).toBe(1);
    const [run] = await runsOf(bindingId);
    expect(run).toMatchObject({
      cause: 'schedule',
      state: 'open',
      retentionDays: 400,
      retentionBy: 'monthly',
      keepsNewest: true,
      startedBy: `Policy ${policy.name}`,
    });
    expect(await jobOf(run!.jobId)).toMatchObject({
      kind: 'backup',
      status: 'queued',
      clientId: client.id,
      vaultId: vault.id,
      policyRunId: run!.id,
      createdBy: `Policy ${policy.name}`,
      spec: { paths: ['/srv/data'], includes: ['*.pdf'], excludes: ['*.tmp'], retentionDays: 400 },
    });
    const timer = await timerOf(bindingId);
    expect(timer.runAt!.getTime()).toBeGreaterThan(Date.now());
    expect(timer.lookAt).toEqual(timer.runAt);
    const audit = await owner.select().from(auditEvents).where(eq(auditEvents.accountId, account.id));
    expect(audit).toMatchObject([{ action: 'policies.run', actorKind: 'engine', resourceId: policy.id }]);
  });

  test('is one at a time: the next waits for the one before, and starts when that has ended', async () => {
    const { account, bindingId, client, due } = await arrange();
    await due(ago(1));
    await serve(account);
    await due(ago(0.5));
    expect(await serve(account)).toBe(1);
    expect(await timerOf(bindingId)).toMatchObject({ waitingReason: 'previous_running' });
    expect(await runsOf(bindingId)).toHaveLength(1);
    await owner.update(tickers).set({ dueAt: null }).where(eq(tickers.accountId, account.id));
    await work(account, client.id);
    // Whatever ends the job ends the run, and what waited for it is looked at again at once.
    const [ticker] = await owner.select().from(tickers).where(eq(tickers.accountId, account.id));
    expect(ticker!.dueAt!.getTime()).toBeLessThanOrEqual(Date.now());
    await serve(account);
    expect((await runsOf(bindingId)).map(({ state }) => state)).toEqual(['failed', 'open']);
  });

  test('is given up after an hour of waiting, recorded with its reason, told, and not made up', async () => {
    const { account, bindingId, client, due, policy } = await arrange({
      client: { lastHeartbeatAt: ago(600) },
    });
    await due(ago(10));
    await serve(account);
    expect(await timerOf(bindingId)).toMatchObject({ waitingReason: 'client_offline' });
    expect(await runsOf(bindingId)).toEqual([]);
    expect(await noticesOf(account)).toEqual([]);
    await due(ago(61));
    await serve(account);
    expect(await runsOf(bindingId)).toMatchObject([
      {
        state: 'missed',
        reason: 'client_offline',
        explanation: expect.stringContaining(client.name),
        jobId: null,
        runCount: 1,
      },
    ]);
    expect(await noticesOf(account)).toMatchObject([
      { kind: 'policies.run_missed', severity: 'warning', href: expect.stringContaining(policy.id) },
    ]);
    await owner.update(clients).set({ lastHeartbeatAt: new Date() }).where(eq(clients.id, client.id));
    expect(await serve(account)).toBe(0);
    expect((await timerOf(bindingId)).runAt!.getTime()).toBeGreaterThan(Date.now());
  });

  test('starts within the hour once its client is back', async () => {
    const { account, bindingId, client, due } = await arrange({ client: { lastHeartbeatAt: ago(600) } });
    await due(ago(30));
    await serve(account);
    await owner.update(clients).set({ lastHeartbeatAt: new Date() }).where(eq(clients.id, client.id));
    await owner.update(policyTimers).set({ lookAt: ago(0) });
    await serve(account);
    expect(await runsOf(bindingId)).toMatchObject([{ state: 'open', runAt: expect.any(Date) }]);
  });

  test('that no engine served for days is told once, with the number of runs that were missed', async () => {
    const { account, bindingId, due } = await arrange();
    const lastNight = new Date();
    lastNight.setUTCHours(2, 0, 0, 0);
    const first = new Date(lastNight.getTime() - 5 * 24 * 60 * minute);
    await due(first);
    await serve(account);
    const runs = await runsOf(bindingId);
    const missed = runs.find(({ state }) => state === 'missed')!;
    expect(missed.reason).toBe('not_started_in_time');
    expect(missed.runCount).toBeGreaterThanOrEqual(4);
    expect(runs.filter(({ state }) => state === 'missed')).toHaveLength(1);
    expect(await noticesOf(account)).toHaveLength(1);
  });

  test.each([
    [
      'the account is overdue',
      'account_overdue',
      (to: TestAccount) =>
        owner.update(accounts).set({ state: 'overdue' }).where(eq(accounts.accountId, to.id)),
    ],
    [
      'the vault is in error',
      'vault_not_ready',
      (to: TestAccount) => owner.update(vaults).set({ status: 'error' }).where(eq(vaults.accountId, to.id)),
    ],
    [
      'the client was revoked',
      'client_revoked',
      (to: TestAccount) =>
        owner.update(clients).set({ revokedAt: new Date() }).where(eq(clients.accountId, to.id)),
    ],
  ])('is missed when %s, with the reason', async (_, reason, spoil) => {
    const { account, bindingId, due } = await arrange();
    await spoil(account);
    await due(ago(5));
    await serve(account);
    expect(await timerOf(bindingId)).toMatchObject({ waitingReason: reason });
    await due(ago(61));
    await serve(account);
    expect(await runsOf(bindingId)).toMatchObject([{ state: 'missed', reason }]);
  });

  test('is missed while the key of the vault is disabled', async () => {
    const account = await testAccount(database);
    const key = await makeKmsKey(owner, { accountId: account.id, state: 'disabled' });
    const { source } = await makeEnds(account);
    const vault = await makeVault(owner, {
      accountId: account.id,
      resourceGroupId: account.groupId,
      kmsKeyId: key.id,
    });
    const bindings = [{ sourceId: source.id, vaultId: vault.id, paths: ['/srv'] }];
    const {
      bindings: [binding],
    } = await createPolicy(account.as('operator'), policyInput({ bindings }));
    await owner
      .update(policyTimers)
      .set({ runAt: ago(1), lookAt: ago(1) })
      .where(eq(policyTimers.bindingId, binding!.id));
    await serve(account);
    expect(await timerOf(binding!.id)).toMatchObject({ waitingReason: 'key_disabled' });
  });

  test('of one account is no business of another', async () => {
    const [mine, theirs] = [await arrange(), await arrange()];
    await theirs.due(ago(1));
    expect(await serve(mine.account)).toBe(0);
    expect(await runsOf(theirs.bindingId)).toEqual([]);
  });

  test('by several rules of one policy begins one after the other, the one due first before the others', async () => {
    const { account, bindingId, client } = await arrange({}, { rules: [rule(), rule({ name: 'Weekly' })] });
    await owner
      .update(policyTimers)
      .set({ runAt: ago(2), lookAt: ago(2) })
      .where(eq(policyTimers.bindingId, bindingId));
    await serve(account);
    expect(await runsOf(bindingId)).toHaveLength(1);
    await work(account, client.id);
    await serve(account);
    expect(new Set((await runsOf(bindingId)).map(({ ruleName }) => ruleName))).toEqual(
      new Set(['Nightly', 'Weekly']),
    );
  });
});

describe('the end of a run', () => {
  test('is that of its job, also when a hand cancels it, and its history says so', async () => {
    const { account, bindingId } = await arrange();
    const job = await runBinding(account.as('operator'), { id: bindingId });
    await expect(runBinding(account.as('operator'), { id: bindingId })).rejects.toMatchObject({
      reason: 'previous_running',
    });
    await cancelJob(account.as('operator'), { id: job.id });
    const { items } = await listPolicyRuns(account.as('auditor'), { bindingId });
    expect(items.map((item) => PolicyRun.parse(item))).toEqual(items);
    expect(items).toMatchObject([{ state: 'cancelled', jobId: job.id, pointId: null }]);
    await runBinding(account.as('operator'), { id: bindingId });
    expect((await listPolicyRuns(account.as('auditor'), { bindingId, state: 'open' })).total).toBe(1);
    const stranger = await testAccount(database);
    expect((await listPolicyRuns(stranger.as('auditor'), { bindingId })).items).toEqual([]);
  });

  test('is told when its client finds the vault in error, and closes the run', async () => {
    const { account, bindingId, client, vault } = await arrange();
    await runBinding(account.as('operator'), { id: bindingId });
    await owner.update(vaults).set({ status: 'error' }).where(eq(vaults.id, vault.id));
    expect(await work(account, client.id)).toEqual([]);
    expect(await runsOf(bindingId)).toMatchObject([
      { state: 'failed', reason: 'state_conflict', explanation: expect.stringContaining('in error') },
    ]);
    expect(await noticesOf(account)).toMatchObject([{ kind: 'job.failed', severity: 'error' }]);
  });

  test('asked for twice at once is one run', async () => {
    const { account, bindingId } = await arrange();
    const asked = await Promise.allSettled(
      [1, 2, 3].map(() => runBinding(account.as('operator'), { id: bindingId })),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await runsOf(bindingId)).toHaveLength(1);
  });

  test('without a point leaves the next one the first of its period', async () => {
    const { account, bindingId, client } = await arrange(
      {},
      { rules: [rule({ retention: { days: 7, yearlyDays: 900 } })] },
    );
    await runBinding(account.as('operator'), { id: bindingId });
    await work(account, client.id);
    expect((await timerOf(bindingId)).lastPointAt).toBeNull();
    await runBinding(account.as('operator'), { id: bindingId });
    expect((await runsOf(bindingId)).map(({ retentionDays }) => retentionDays)).toEqual([900, 900]);
  });
});

describe('a policy that goes', () => {
  test('starts nothing more; the run under way ends by itself and keeps its place in the history', async () => {
    const { account, bindingId, client, policy, due } = await arrange();
    await runBinding(account.as('operator'), { id: bindingId });
    await due(ago(1));
    await deletePolicy(account.as('administrator'), { id: policy.id, confirm: policy.name });
    expect(await serve(account)).toBe(0);
    await work(account, client.id);
    expect(await runsOf(bindingId)).toMatchObject([{ state: 'failed', policyName: policy.name }]);
    expect(await owner.select().from(policies).where(eq(policies.id, policy.id))).toEqual([]);
    expect((await listPolicyRuns(account.as('auditor'), { policyId: policy.id })).total).toBe(1);
  });

  test('is the same for one binding that is taken out, and for a rule', async () => {
    const { account, bindingId, policy, due } = await arrange(
      {},
      { rules: [rule(), rule({ name: 'Weekly' })] },
    );
    const [kept] = policy.rules;
    await updatePolicy(account.as('operator'), { ...policy, rules: [kept!] });
    expect(await owner.select().from(policyTimers).where(eq(policyTimers.bindingId, bindingId))).toHaveLength(
      1,
    );
    await due(ago(1));
    await unbindPolicy(account.as('operator'), { id: bindingId });
    expect(await serve(account)).toBe(0);
    expect(await owner.select().from(policyBindings).where(eq(policyBindings.id, bindingId))).toEqual([]);
    expect(await owner.select().from(backupPoints).where(eq(backupPoints.accountId, account.id))).toEqual([]);
  });
});
