import { and, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeClient } from '@/db/factories';
import { auditEvents, clients, dataSources, enrolmentTokens, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { ManualClock, systemClock } from '@/lib/clock';
import { testInstallation } from '@/lib/testing/installation';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import {
  authenticateClient,
  createEnrolmentToken,
  getClient,
  hashSecret,
  listClients,
  recordHeartbeat,
  redeemEnrolmentToken,
  revokeClient,
  updateClient,
} from '.';

const database = await testDatabase();
const { owner, engine } = database;
const { certificate } = await testInstallation();
const door = { db: engine, clock: systemClock };
const host = { hostname: 'db01', platform: 'linux x64', version: '0.1.0' };

const makeJob = (accountId: string, clientId: string, status: 'queued' | 'running' | 'complete') =>
  owner.insert(jobs).values({
    accountId,
    id: `job-${clientId}-${status}`,
    kind: 'backup',
    status,
    clientId,
    vaultId: 'v-1',
    spec: {},
    createdBy: 'test',
  });

describeWriteVerb(database, {
  verb: createEnrolmentToken,
  arrange: async () => ({ placement: 'ecs' as const, region: 'cn-shanghai' }),
  async check({ out, account }) {
    expect(out.command).toBe(
      `crossvault enrol --server https://127.0.0.1:8443 --token ${out.token} --pin sha256:${certificate.pin}`,
    );
    const [row] = await owner.select().from(enrolmentTokens).where(eq(enrolmentTokens.id, out.id));
    expect(row).toMatchObject({
      accountId: account.id,
      placement: 'ecs',
      region: 'cn-shanghai',
      usedAt: null,
    });
    expect(row!.tokenHash.equals(hashSecret(out.token))).toBe(true);
    expect(row!.expiresAt.getTime() - row!.createdAt.getTime()).toBe(3_600_000);
    const audit = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, out.id));
    expect(JSON.stringify(audit)).not.toContain(out.token);
  },
  missing: null,
  other: (input) => ({ ...input, region: 'cn-beijing' }),
  isAnswerSecret: true,
  audit: { resourceKind: 'enrolment_token', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: updateClient,
  async arrange(account) {
    const client = await makeClient(owner, { accountId: account.id });
    return { id: client.id, name: 'ledger host', connection: 'vpn' as const };
  },
  async check({ out, input }) {
    const [row] = await owner.select().from(clients).where(eq(clients.id, input.id));
    expect([out.name, row!.name, row!.connection]).toEqual(['ledger host', 'ledger host', 'vpn']);
  },
  missing: (input) => ({ ...input, id: 'c-nowhere' }),
  audit: { resourceKind: 'client', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: revokeClient,
  async arrange(account) {
    const client = await makeClient(owner, { accountId: account.id });
    for (const status of ['queued', 'running', 'complete'] as const)
      await makeJob(account.id, client.id, status);
    return { id: client.id, confirm: client.name };
  },
  async check({ out, input }) {
    expect(out.status).toBe('revoked');
    const rows = await owner.select().from(jobs).where(eq(jobs.clientId, input.id));
    expect(rows.map((row) => row.status).sort()).toEqual(['complete', 'failed', 'failed']);
  },
  missing: (input) => ({ ...input, id: 'c-nowhere' }),
  audit: { resourceKind: 'client', resourceId: (out) => out.id },
});

describe('enrolling', () => {
  const newToken = (account: TestAccount, overrides = {}) =>
    createEnrolmentToken(account.as('operator', overrides), { placement: 'server', region: 'cn-beijing' });

  test('makes a client with its data source and a credential that works', async () => {
    const account = await testAccount(database);
    const { token } = await newToken(account);
    const enrolled = await redeemEnrolmentToken(door, { ...host, token, name: 'Ledger' });
    expect(enrolled).toMatchObject({
      accountId: account.id,
      accountName: account.name,
      region: 'cn-beijing',
    });
    expect(await authenticateClient(door, enrolled.credential)).toEqual({
      accountId: account.id,
      clientId: enrolled.clientId,
    });
    expect(await getClient(account.as('auditor'), { id: enrolled.clientId })).toMatchObject({
      name: 'Ledger',
      placement: 'server',
      status: 'offline',
      sources: [{ kind: 'local_file', name: 'Ledger' }],
    });
    const [row] = await owner.select().from(clients).where(eq(clients.id, enrolled.clientId));
    expect(row!.credentialHash!.equals(hashSecret(enrolled.credential))).toBe(true);
    const audit = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, enrolled.clientId));
    expect(audit).toMatchObject([{ action: 'clients.enrol', actorKind: 'client', accountId: account.id }]);
  });

  test('lets one of a thousand at once have the token', async () => {
    const account = await testAccount(database);
    const { token } = await newToken(account);
    const results = await Promise.allSettled(
      Array.from({ length: 1000 }, () => redeemEnrolmentToken(door, { ...host, token })),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.reason] : []));
    expect(new Set(reasons)).toEqual(new Set(['token_used']));
    const made = await owner.select().from(dataSources).where(eq(dataSources.accountId, account.id));
    expect(made).toHaveLength(1);
  });

  test('is refused with a token that is over, and with one that never was', async () => {
    const account = await testAccount(database);
    const clock = new ManualClock(new Date());
    const { token } = await newToken(account, { clock });
    clock.advance(3_600_000);
    await expect(redeemEnrolmentToken({ db: engine, clock }, { ...host, token })).rejects.toMatchObject({
      code: 'expired',
    });
    await expect(redeemEnrolmentToken(door, { ...host, token: 'cve_guess' })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    expect((await listClients(account.as('auditor'), {})).items).toEqual([]);
  });

  test('needs a region that exists', async () => {
    const account = await testAccount(database);
    await expect(
      createEnrolmentToken(account.as('operator'), { region: 'xx-nowhere-1' }),
    ).rejects.toMatchObject({ code: 'invalid_input', fields: { region: expect.any(String) } });
  });
});

describe('a client', () => {
  test('is online for thirty seconds after a heartbeat, with the version it told', async () => {
    const account = await testAccount(database);
    const clock = new ManualClock(new Date());
    const client = await makeClient(owner, { accountId: account.id, lastHeartbeatAt: null });
    const read = async () => (await listClients(account.as('auditor', { clock }), {})).items[0]!;
    expect((await read()).status).toBe('offline');
    const identity = { accountId: account.id, clientId: client.id };
    await recordHeartbeat({ db: engine, clock }, identity, { ...host, version: '0.2.0' });
    expect(await read()).toMatchObject({ status: 'online', version: '0.2.0', hostname: 'db01' });
    clock.advance(31_000);
    expect((await read()).status).toBe('offline');
  });

  test('loses its credential when it is revoked, and is not revoked twice', async () => {
    const account = await testAccount(database);
    const { token } = await createEnrolmentToken(account.as('operator'), { region: 'cn-beijing' });
    const { clientId, credential } = await redeemEnrolmentToken(door, { ...host, token });
    const identity = await authenticateClient(door, credential);
    const input = { id: clientId, confirm: 'db01' };
    await expect(revokeClient(account.as('operator'), { ...input, confirm: 'db02' })).rejects.toMatchObject({
      fields: { confirm: expect.any(String) },
    });
    await revokeClient(account.as('operator'), input);
    await expect(authenticateClient(door, credential)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(recordHeartbeat(door, identity, host)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(revokeClient(account.as('operator'), input)).rejects.toMatchObject({
      reason: 'already_revoked',
    });
  });

  test('of another account is neither listed nor found', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const client = await makeClient(owner, { accountId: account.id });
    expect((await listClients(stranger.as('administrator'), {})).items).toEqual([]);
    await expect(getClient(stranger.as('administrator'), { id: client.id })).rejects.toMatchObject({
      code: 'not_found',
    });
    const rows = await owner
      .select()
      .from(clients)
      .where(and(eq(clients.id, client.id), eq(clients.accountId, account.id)));
    expect(rows).toHaveLength(1);
  });
});
