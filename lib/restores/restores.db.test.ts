import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeClient, makeKmsKey, makeVault } from '@/db/factories';
import { accounts, jobs, kmsKeys } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { systemClock } from '@/lib/clock';
import { offerJobs } from '@/lib/jobs';
import { takeQuestions } from '@/lib/sources';
import { listenTls, testInstallation } from '@/lib/testing/installation';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { checkDestination, estimateRestore, listRestoreDestinations, startRestore } from '.';

const database = await testDatabase();
const { owner, engine } = database;
const { certificate } = await testInstallation();

/** A replica in cn-beijing of a point that came from an account which is no more. */
async function arrange(
  account: TestAccount,
  given: { vault?: object; point?: object; client?: object } = {},
) {
  const vault = await makeVault(owner, {
    accountId: account.id,
    resourceGroupId: account.groupId,
    kind: 'replication_target',
    region: 'cn-beijing',
    ...given.vault,
  });
  const point = await makeBackupPoint(owner, {
    accountId: account.id,
    vaultId: vault.id,
    originAccountId: '9999999999999999',
    originVaultId: 'v-gone',
    originPointId: 's-gone',
    ...given.point,
  });
  const client = await makeClient(owner, { accountId: account.id, ...given.client });
  return { vault, point, client, input: inputOf(point.id, client.id) };
}
const inputOf = (pointId: string, clientId: string) => ({
  pointId,
  clientId,
  selection: { mode: 'all' as const },
  destination: { kind: 'host' as const, targetPath: '/restore' },
});

describeWriteVerb(database, {
  verb: startRestore,
  arrange: async (account) => (await arrange(account)).input,
  async check({ out, account, input }) {
    expect(out).toMatchObject({
      kind: 'restore',
      status: 'queued',
      destination: input.destination,
      pointId: input.pointId,
    });
    const identity = { accountId: account.id, clientId: input.clientId! };
    const { offers } = await offerJobs({ db: engine, clock: systemClock }, identity, []);
    expect(offers).toMatchObject([
      {
        jobId: out.id,
        attempt: 1,
        // Clients of before the destinations read `targetPath`.
        work: {
          kind: 'restore',
          pointId: input.pointId,
          spec: { destination: input.destination, targetPath: '/restore' },
        },
      },
    ]);
  },
  missing: (input) => ({ ...input, pointId: 's-nowhere' }),
  audit: { resourceKind: 'job', resourceId: (out) => out.id },
});

describe('a restore', () => {
  const refused = (account: TestAccount, input: Parameters<typeof startRestore>[1]) =>
    expect(startRestore(account.as('operator'), input)).rejects;

  test.each(['overdue', 'suspended'] as const)('runs for an account that is %s', async (state) => {
    const account = await testAccount(database);
    const { input } = await arrange(account);
    await owner.update(accounts).set({ state }).where(eq(accounts.accountId, account.id));
    expect(await startRestore(account.as('operator'), input)).toMatchObject({ status: 'queued' });
  });

  test('is refused for an account that is closed', async () => {
    const account = await testAccount(database);
    const { input } = await arrange(account);
    await owner.update(accounts).set({ state: 'closed' }).where(eq(accounts.accountId, account.id));
    await refused(account, input).toMatchObject({ code: 'not_eligible', reason: 'account_closed' });
  });

  test('goes to a host of the same kind: an ECS instance in the region of the vault, a server anywhere', async () => {
    const account = await testAccount(database);
    const make = (placement: 'ecs' | 'server', region: string) =>
      makeClient(owner, { accountId: account.id, placement, region });
    const [near, far] = [await make('ecs', 'cn-beijing'), await make('ecs', 'cn-hangzhou')];
    const server = await make('server', 'eu-central-1');
    const { point } = await arrange(account, { point: { sourceKind: 'ecs_file' } });
    const { point: ofServer } = await arrange(account, { vault: { region: 'cn-shanghai' } });
    for (const [pointId, clientId, reason] of [
      [point.id, far.id, 'other_region'],
      [point.id, server.id, 'other_kind'],
      [ofServer.id, near.id, 'other_kind'],
    ] as const) {
      await refused(account, inputOf(pointId, clientId)).toMatchObject({
        code: 'not_eligible',
        reason,
        fields: { clientId: expect.any(String) },
      });
    }
    expect(await startRestore(account.as('operator'), inputOf(point.id, near.id))).toBeDefined();
    expect(await startRestore(account.as('operator'), inputOf(ofServer.id, server.id))).toBeDefined();
  });

  test('is refused without the key, from a vault in error, of an expired point, to a revoked client or a relative path', async () => {
    const account = await testAccount(database);
    const key = await makeKmsKey(owner, { accountId: account.id });
    const sealed = await arrange(account, { vault: { kmsKeyId: key.id } });
    await owner.update(kmsKeys).set({ state: 'disabled' }).where(eq(kmsKeys.id, key.id));
    const cases = [
      [sealed, { code: 'key_unavailable' }],
      [
        await arrange(account, { vault: { status: 'error', statusReason: 'rot' } }),
        { reason: 'vault_not_ready' },
      ],
      [await arrange(account, { point: { expiresAt: new Date(0) } }), { code: 'expired' }],
      [await arrange(account, { point: { status: 'deleting' } }), { code: 'not_found' }],
      [await arrange(account, { client: { revokedAt: new Date() } }), { reason: 'revoked' }],
    ] as const;
    for (const [{ input }, expected] of cases) await refused(account, input).toMatchObject(expected);
    const relative = {
      ...cases[0][0].input,
      ...(await arrange(account, { vault: { region: 'cn-shanghai' } })).input,
    };
    const destination = { kind: 'host' as const, targetPath: 'restore' };
    await refused(account, { ...relative, destination }).toMatchObject({
      fields: { 'destination.targetPath': expect.any(String) },
    });
    expect(await owner.select().from(jobs).where(eq(jobs.accountId, account.id))).toEqual([]);
  });

  test('that is a dry run is offered so that a client which does not know of them refuses it', async () => {
    const account = await testAccount(database);
    const { input } = await arrange(account);
    const job = await startRestore(account.as('operator'), { ...input, isDryRun: true });
    expect(job.isDryRun).toBe(true);
    const identity = { accountId: account.id, clientId: input.clientId };
    const { offers } = await offerJobs({ db: engine, clock: systemClock }, identity, []);
    const [offer] = offers;
    expect(offer!.work.spec).toMatchObject({ isDryRun: true, destination: input.destination });
    const { targetPath } = offer!.work.spec as { targetPath: string };
    expect(targetPath.startsWith('/')).toBe(false);
  });

  test("never goes to another account's client", async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const { point } = await arrange(account);
    const theirs = await makeClient(owner, { accountId: stranger.id });
    await refused(account, inputOf(point.id, theirs.id)).toMatchObject({ code: 'not_found' });
  });
});

describe('the destinations of a restore', () => {
  test('are all clients, those that can be chosen first, the others with the reason', async () => {
    const account = await testAccount(database);
    const { vault, client } = await arrange(account, { client: { name: 'b-server' } });
    const make = (name: string, given: object) =>
      makeClient(owner, { accountId: account.id, name, ...given });
    await make('a-offline', { lastHeartbeatAt: null });
    await make('c-revoked', { revokedAt: new Date() });
    await make('d-far', { placement: 'ecs', region: 'cn-hangzhou' });
    const { items } = await listRestoreDestinations(account.as('auditor'), {
      vaultId: vault.id,
      kind: 'database_dump',
    });
    expect(items.map(({ name, eligible, reason }) => [name, eligible, reason])).toEqual([
      [client.name, true, null],
      ['a-offline', true, null],
      ['d-far', false, 'other_region'],
      ['c-revoked', false, 'revoked'],
    ]);
    const stranger = await testAccount(database);
    await expect(
      listRestoreDestinations(stranger.as('administrator'), { vaultId: vault.id }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('an estimate is the answer of the engine, asked only for a point of the account', async () => {
  const [account, stranger] = [await testAccount(database), await testAccount(database)];
  const { point } = await arrange(account);
  const paths: string[] = [];
  process.env.ENGINE_URL = await listenTls(certificate, (request, response) => {
    paths.push(request.url!);
    response.end(JSON.stringify({ bytes: 10, files: 2, folders: 1 }));
  });
  const input = { pointId: point.id, selection: { mode: 'include' as const, paths: ['srv'] } };
  expect(await estimateRestore(account.as('operator'), input)).toEqual({ bytes: 10, files: 2, folders: 1 });
  await expect(estimateRestore(stranger.as('operator'), input)).rejects.toMatchObject({ code: 'not_found' });
  expect(paths).toEqual(['/internal/estimate']);
});

describeWriteVerb(database, {
  verb: checkDestination,
  arrange: async (account) => {
    const { input } = await arrange(account);
    return { pointId: input.pointId, clientId: input.clientId, destination: input.destination };
  },
  async check({ out, account, input }) {
    expect(out).toMatchObject({ ask: 'destination', state: 'open', check: null });
    const identity = { accountId: account.id, clientId: input.clientId! };
    const taken = await takeQuestions({ db: engine, clock: systemClock }, identity);
    expect(taken).toMatchObject([
      { id: out.id, ask: 'destination', source: null, body: { path: '/restore' } },
    ]);
  },
  missing: (input) => ({ ...input, pointId: 's-nowhere' }),
  audit: { resourceKind: 'backup_point', resourceId: (_, input) => input.pointId },
});
