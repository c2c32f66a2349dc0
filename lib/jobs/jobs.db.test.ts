import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeClient, makeKmsKey, makeVault } from '@/db/factories';
import { accounts, auditEvents, clients, jobs, notifications } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { ManualClock, systemClock } from '@/lib/clock';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { clearAudit, type TestAccount, testAccount } from '@/lib/testing/world';
import { vaultKinds } from '@/lib/vaults/schemas';
import {
  cancelJob,
  finishJob,
  getJob,
  listBackupVaults,
  listJobs,
  offerJobs,
  recordProgress,
  startBackup,
  startJobFromClient,
} from '.';
import { maxAttempts } from './rules';

const database = await testDatabase();
const { owner, engine } = database;
const door = { db: engine, clock: systemClock };

async function arrange(account: TestAccount) {
  const vault = await makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId });
  const client = await makeClient(owner, { accountId: account.id });
  return { vault, client, identity: { accountId: account.id, clientId: client.id } };
}

/** An account with a queued backup of `/srv/data`. */
async function queued() {
  const account = await testAccount(database);
  const arranged = await arrange(account);
  const input = { clientId: arranged.client.id, vaultId: arranged.vault.id, paths: ['/srv/data'] };
  const job = await startBackup(account.as('operator'), input);
  return { account, job, ...arranged };
}

const rowOf = async (id: string) => (await owner.select().from(jobs).where(eq(jobs.id, id)))[0]!;
const progress = (attempt: number, bytesDone: number) => ({
  attempt,
  bytesDone,
  bytesTotal: 1000,
  itemsDone: 1,
  itemsTotal: null,
  transferredBytes: bytesDone,
  rateBytesPerSecond: 100,
  currentItem: '/srv/data/a',
});
const finish = (attempt: number, outcome: 'complete' | 'failed' | 'cancelled') => ({
  attempt,
  outcome,
  error: outcome === 'failed' ? { code: 'storage_unavailable', message: 'The disk is full.' } : null,
  report: null,
});

describeWriteVerb(database, {
  verb: startBackup,
  async arrange(account) {
    const { vault, client } = await arrange(account);
    return { clientId: client.id, vaultId: vault.id, paths: ['/srv/data', '/srv/data'], retentionDays: 7 };
  },
  async check({ out }) {
    expect(out).toMatchObject({
      kind: 'backup',
      status: 'queued',
      paths: ['/srv/data'],
      client: { isOnline: true },
    });
    expect(await rowOf(out.id)).toMatchObject({ status: 'queued', attempt: 0, spec: { retentionDays: 7 } });
  },
  missing: (input) => ({ ...input, vaultId: 'v-nowhere' }),
  audit: { resourceKind: 'job', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: cancelJob,
  async arrange(account) {
    const { vault, client } = await arrange(account);
    const input = { clientId: client.id, vaultId: vault.id, paths: ['/srv'] };
    const { id } = await startBackup(account.as('operator'), input);
    await clearAudit(owner);
    return { id };
  },
  async check({ input }) {
    expect(await rowOf(input.id)).toMatchObject({ status: 'cancelled', attempt: 0 });
  },
  missing: () => ({ id: 'job-nowhere' }),
  audit: { resourceKind: 'job', resourceId: (out) => out.id },
});

describe('starting a backup', () => {
  test("refuses another account's client as one that does not exist", async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const [mine, theirs] = [await arrange(account), await arrange(stranger)];
    const attempt = (clientId: string) =>
      startBackup(account.as('operator'), { clientId, vaultId: mine.vault.id, paths: ['/srv'] });
    const [a, b] = await Promise.all(
      [attempt(theirs.client.id), attempt('c-nowhere')].map((p) => p.catch((e) => e)),
    );
    expect(a).toMatchObject({ code: 'not_found' });
    expect(a.message).toBe(b.message);
  });

  test('refuses a replication target, an inactive account, a disabled key, a revoked client, a relative path', async () => {
    const account = await testAccount(database);
    const { vault, client } = await arrange(account);
    const place = { accountId: account.id, resourceGroupId: account.groupId };
    const target = await makeVault(owner, { ...place, kind: 'replication_target' });
    const key = await makeKmsKey(owner, { accountId: account.id, state: 'disabled' });
    const sealed = await makeVault(owner, { ...place, kmsKeyId: key.id });
    const revoked = await makeClient(owner, { accountId: account.id, revokedAt: new Date() });
    const input = { clientId: client.id, vaultId: vault.id, paths: ['/srv'] };
    const refused = (change: Partial<typeof input>) =>
      expect(startBackup(account.as('operator'), { ...input, ...change })).rejects;
    await refused({ vaultId: target.id }).toMatchObject({ reason: 'replication_target_takes_no_backups' });
    await refused({ vaultId: sealed.id }).toMatchObject({ code: 'key_unavailable' });
    await refused({ clientId: revoked.id }).toMatchObject({ reason: 'client_revoked' });
    await refused({ paths: ['/srv', 'data'] }).toMatchObject({ fields: { 'paths.1': expect.any(String) } });
    await owner.update(accounts).set({ state: 'overdue' }).where(eq(accounts.accountId, account.id));
    await refused({}).toMatchObject({ reason: 'account_overdue' });
    expect((await listJobs(account.as('auditor'), {})).total).toBe(0);
  });

  test('is possible while the client is offline, and says that it is', async () => {
    const account = await testAccount(database);
    const { vault, client } = await arrange(account);
    await owner.update(clients).set({ lastHeartbeatAt: null }).where(eq(clients.id, client.id));
    const job = await startBackup(account.as('operator'), {
      clientId: client.id,
      vaultId: vault.id,
      paths: ['/srv'],
    });
    expect(job).toMatchObject({ status: 'queued', client: { isOnline: false } });
  });

  test("wakes the client's waiting heartbeat, and so does a cancellation", async () => {
    const heard: string[] = [];
    const listening = await engine.$client.listen('jobs', (clientId) => heard.push(clientId));
    const { account, job, client } = await queued();
    await expect.poll(() => heard).toEqual([client.id]);
    await offerJobs(door, { accountId: account.id, clientId: client.id }, []);
    await cancelJob(account.as('operator'), { id: job.id });
    await expect.poll(() => heard).toEqual([client.id, client.id]);
    await listening.unlisten();
  });
});

describe('offering jobs', () => {
  test('hands a queued job to its client once, however many heartbeats ask at the same time', async () => {
    const { job, identity } = await queued();
    const answers = await Promise.all(Array.from({ length: 8 }, () => offerJobs(door, identity, [])));
    expect(answers.flatMap((answer) => answer.offers)).toMatchObject([
      { jobId: job.id, attempt: 1, work: { kind: 'backup', spec: { paths: ['/srv/data'] } } },
    ]);
    expect(await rowOf(job.id)).toMatchObject({ status: 'running', attempt: 1, fence: 1 });
  });

  test('gives a job to its own client only', async () => {
    const { account } = await queued();
    const other = await makeClient(owner, { accountId: account.id });
    const stranger = await testAccount(database);
    const theirs = await makeClient(owner, { accountId: stranger.id });
    for (const identity of [
      { accountId: account.id, clientId: other.id },
      { accountId: stranger.id, clientId: theirs.id },
    ]) {
      expect(await offerJobs(door, identity, [])).toEqual({ offers: [], cancelledJobs: [] });
    }
  });

  test('runs two jobs of a client at once and keeps the others queued, oldest first', async () => {
    const { account, client, vault, identity } = await queued();
    const input = { clientId: client.id, vaultId: vault.id };
    for (const path of ['/b', '/c']) await startBackup(account.as('operator'), { ...input, paths: [path] });
    const { offers } = await offerJobs(door, identity, []);
    expect(offers.map((offer) => (offer.work.kind === 'backup' ? offer.work.spec.paths[0] : ''))).toEqual([
      '/srv/data',
      '/b',
    ]);
    const running = offers.map((offer) => offer.jobId);
    expect((await offerJobs(door, identity, running)).offers).toEqual([]);
    await finishJob(door, identity, running[0]!, finish(1, 'failed'));
    expect((await offerJobs(door, identity, running.slice(1))).offers).toHaveLength(1);
  });

  test('ends a stream that its command left, because nobody can give its bytes again', async () => {
    const clock = new ManualClock(new Date());
    const manual = { db: engine, clock };
    const { account, identity } = await queued();
    const vault = await makeVault(owner, { accountId: account.id, kind: 'database' });
    const stream = { kind: 'database_dump', name: 'orders' } as const;
    const spec = { paths: ['/anything'], excludes: [], retentionDays: 7, stream };
    const { jobId, work } = await startJobFromClient(manual, identity, { vaultId: vault.id, spec });
    expect(work).toMatchObject({ spec: { paths: ['/orders.dump'], stream } });
    clock.advance(16_000);
    const { offers } = await offerJobs(manual, identity, []);
    expect(offers.map((offer) => offer.jobId)).not.toContain(jobId);
    expect(await rowOf(jobId)).toMatchObject({
      status: 'failed',
      errorMessage: expect.stringContaining('Start it again on the host'),
    });
  });

  test('offers a job again when its client forgot it, and refuses everything of the old attempt', async () => {
    const clock = new ManualClock(new Date());
    const manual = { db: engine, clock };
    const { job, identity } = await queued();
    await offerJobs(manual, identity, []);
    await recordProgress(manual, identity, job.id, progress(1, 500));
    clock.advance(14_000);
    expect((await offerJobs(manual, identity, [])).offers).toEqual([]);
    clock.advance(2_000);
    expect((await offerJobs(manual, identity, [job.id])).offers).toEqual([]);
    expect((await offerJobs(manual, identity, [])).offers).toMatchObject([{ jobId: job.id, attempt: 2 }]);
    expect(await rowOf(job.id)).toMatchObject({ bytesDone: 0, fence: 2 });
    const late = { code: 'state_conflict', reason: 'attempt_superseded' };
    await expect(recordProgress(manual, identity, job.id, progress(1, 600))).rejects.toMatchObject(late);
    await expect(finishJob(manual, identity, job.id, finish(1, 'failed'))).rejects.toMatchObject(late);
    expect(await rowOf(job.id)).toMatchObject({ status: 'running', bytesDone: 0 });
  });

  test('gives a job up after too many attempts without a word', async () => {
    const { job, identity } = await queued();
    await owner.update(jobs).set({ status: 'running', attempt: maxAttempts }).where(eq(jobs.id, job.id));
    expect(await offerJobs(door, identity, [])).toEqual({ offers: [], cancelledJobs: [] });
    expect(await rowOf(job.id)).toMatchObject({ status: 'failed', errorCode: 'unavailable' });
  });

  test('fails a job whose vault can no longer take it, with the reason', async () => {
    const { account, job, identity } = await queued();
    await owner.update(accounts).set({ state: 'suspended' }).where(eq(accounts.accountId, account.id));
    expect((await offerJobs(door, identity, [])).offers).toEqual([]);
    expect(await rowOf(job.id)).toMatchObject({ status: 'failed', errorCode: 'not_eligible' });
  });

  test('tells a client to stop what was cancelled or has ended here', async () => {
    const { account, job, identity } = await queued();
    await offerJobs(door, identity, []);
    await cancelJob(account.as('operator'), { id: job.id });
    expect(await rowOf(job.id)).toMatchObject({ status: 'running' });
    expect((await offerJobs(door, identity, [job.id, 'job-old'])).cancelledJobs).toEqual([job.id, 'job-old']);
    expect(await recordProgress(door, identity, job.id, progress(1, 1))).toEqual({ isCancelRequested: true });
    await finishJob(door, identity, job.id, finish(1, 'cancelled'));
    expect(await rowOf(job.id)).toMatchObject({ status: 'cancelled' });
  });

  test('is refused to a client that was revoked', async () => {
    const { identity } = await queued();
    await owner.update(clients).set({ revokedAt: new Date() }).where(eq(clients.id, identity.clientId));
    await expect(offerJobs(door, identity, [])).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('a running job', () => {
  test('never shows less progress, whatever order reports arrive in', async () => {
    const { account, job, identity } = await queued();
    await offerJobs(door, identity, []);
    for (const bytes of [100, 700, 300]) await recordProgress(door, identity, job.id, progress(1, bytes));
    const shown = await getJob(account.as('auditor'), { id: job.id });
    expect(shown.progress).toMatchObject({ bytesDone: 700, transferredBytes: 700, secondsLeft: 3 });
  });

  test('is cancelled at once when its client is gone', async () => {
    const { account, job, identity } = await queued();
    await offerJobs(door, identity, []);
    await owner
      .update(clients)
      .set({ lastHeartbeatAt: new Date(0) })
      .where(eq(clients.id, identity.clientId));
    await cancelJob(account.as('operator'), { id: job.id });
    expect(await rowOf(job.id)).toMatchObject({ status: 'cancelled' });
    await expect(recordProgress(door, identity, job.id, progress(1, 1))).rejects.toMatchObject({
      reason: 'job_not_running',
    });
    await expect(cancelJob(account.as('operator'), { id: job.id })).rejects.toMatchObject({
      reason: 'job_ended',
    });
  });

  test('is complete only with a committed point, and ends once', async () => {
    const { account, job, identity, vault } = await queued();
    await offerJobs(door, identity, []);
    await owner.update(jobs).set({ pointId: 's-reserved' }).where(eq(jobs.id, job.id));
    await expect(finishJob(door, identity, job.id, finish(1, 'complete'))).rejects.toMatchObject({
      reason: 'no_backup_point',
    });
    await makeBackupPoint(owner, { id: 's-reserved', accountId: account.id, vaultId: vault.id });
    await finishJob(door, identity, job.id, finish(1, 'complete'));
    await finishJob(door, identity, job.id, finish(1, 'complete'));
    await expect(finishJob(door, identity, job.id, finish(1, 'failed'))).rejects.toMatchObject({
      reason: 'job_not_running',
    });
    expect(await rowOf(job.id)).toMatchObject({ status: 'complete', pointId: 's-reserved' });
  });

  test('that fails says why, keeps no reserved point and leaves a notification', async () => {
    const { account, job, identity } = await queued();
    await offerJobs(door, identity, []);
    await owner.update(jobs).set({ pointId: 's-never' }).where(eq(jobs.id, job.id));
    await finishJob(door, identity, job.id, finish(1, 'failed'));
    expect(await getJob(account.as('auditor'), { id: job.id })).toMatchObject({
      status: 'failed',
      pointId: null,
      error: { code: 'storage_unavailable', message: 'The disk is full.' },
    });
    const told = await owner.select().from(notifications).where(eq(notifications.accountId, account.id));
    expect(told).toMatchObject([{ kind: 'job.failed', severity: 'error', body: 'The disk is full.' }]);
  });
});

describe('a backup started on the host', () => {
  const spec = { paths: ['/srv'], excludes: [], retentionDays: 30 };

  test('runs at once and is audited as the client', async () => {
    const account = await testAccount(database);
    const { vault, identity } = await arrange(account);
    const offer = await startJobFromClient(door, identity, { vaultId: vault.id, spec });
    expect(offer).toMatchObject({ attempt: 1, work: { kind: 'backup', vaultName: vault.name } });
    const audit = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, offer.jobId));
    expect(audit).toMatchObject([
      { action: 'jobs.start_backup', actorKind: 'client', actorId: identity.clientId },
    ]);
    expect(await listBackupVaults(door, identity)).toEqual({
      vaults: [
        {
          id: vault.id,
          name: vault.name,
          region: vault.region,
          takes: vaultKinds.standard.sources,
        },
      ],
    });
  });

  test("cannot reach another account's vault", async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const { identity } = await arrange(account);
    const theirs = await arrange(stranger);
    await expect(
      startJobFromClient(door, identity, { vaultId: theirs.vault.id, spec }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the list of jobs', () => {
  test('pages from the newest and filters by what was asked', async () => {
    const account = await testAccount(database);
    const { vault, client } = await arrange(account);
    for (let index = 0; index < 5; index++) {
      await startBackup(account.as('operator'), {
        clientId: client.id,
        vaultId: vault.id,
        paths: [`/p${index}`],
      });
    }
    const ctx = account.as('auditor');
    const first = await listJobs(ctx, { limit: 3 });
    const second = await listJobs(ctx, { limit: 3, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map((job) => job.paths[0])).toEqual([
      '/p4',
      '/p3',
      '/p2',
      '/p1',
      '/p0',
    ]);
    expect([first.total, second.nextCursor]).toEqual([5, null]);
    expect((await listJobs(ctx, { query: '/p3' })).items).toHaveLength(1);
    expect((await listJobs(ctx, { query: '%' })).items).toHaveLength(0);
    expect((await listJobs(ctx, { status: 'running,failed' })).total).toBe(0);
    expect((await listJobs(ctx, { kind: 'backup', vaultId: vault.id })).total).toBe(5);
  });
});
