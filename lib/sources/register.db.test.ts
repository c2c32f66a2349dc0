import { randomBytes } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeBackupPoint, makeClient, makeVault } from '@/db/factories';
import {
  auditEvents,
  clients,
  dataSources,
  idempotencyKeys,
  jobs,
  policyBindings,
  sourceQuestions,
  sourceSecrets,
} from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { listClients } from '@/lib/clients';
import { systemClock } from '@/lib/clock';
import { newId } from '@/lib/context';
import { wrappingKeyFrom } from '@/lib/engine/core/service-key';
import { getJob, listJobs, offerJobs, startBackup } from '@/lib/jobs';
import { createPolicy } from '@/lib/policies';
import { rule } from '@/lib/policies/test-policy';
import { listRestoreDestinations } from '@/lib/restores';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import {
  answerQuestion,
  askDestination,
  browseSource,
  checkSource,
  findSourceSecret,
  getDataSource,
  getQuestion,
  listDataSources,
  openSecret,
  registerSource,
  removeSource,
  takeQuestions,
  tellSealingKey,
  updateSource,
} from '.';
import { DataSource, Question, type SourceConfig } from './schemas';

const database = await testDatabase();
const { owner, app, engine } = database;
const serviceKey = wrappingKeyFrom(randomBytes(32));
await tellSealingKey(engine, serviceKey);
const door = { db: engine, clock: systemClock };

const bucket = (name: string): SourceConfig => ({
  kind: 'tablestore',
  endpoint: 'https://ots.example.com',
  instance: name,
});
const secret = { accessKeyId: 'the-id', accessKeySecret: 'hush-4711' };
const region = 'cn-hangzhou';
const other = () => `i${randomBytes(4).toString('hex')}`;

async function register(account: TestAccount, name = other()) {
  return registerSource(account.as('operator'), { region, config: bucket(name), secret });
}
const identityOf = (account: TestAccount, { client }: DataSource) => ({
  accountId: account.id,
  clientId: client.id,
});

describe('data source verbs', () => {
  describeWriteVerb(database, {
    verb: registerSource,
    arrange: async () => ({ region, config: bucket(other()), secret }),
    check: async ({ out, account }) => {
      expect(DataSource.parse(out)).toEqual(out);
      const [row] = await owner.select().from(dataSources).where(eq(dataSources.id, out.id));
      expect(row).toMatchObject({ accountId: account.id, region, config: out.config });
    },
    missing: null,
    other: (input) => ({ ...input, config: bucket(other()) }),
    audit: { resourceKind: 'data_source', resourceId: (out) => out.id },
  });
  describeWriteVerb(database, {
    verb: updateSource,
    arrange: async (account) => ({ id: await rowOf(account), name: 'Renamed' }),
    check: async ({ out }) => expect(out.name).toBe('Renamed'),
    missing: (input) => ({ ...input, id: 'ds-none' }),
    audit: { resourceKind: 'data_source', resourceId: (out) => out.id },
  });
  describeWriteVerb(database, {
    verb: removeSource,
    arrange: async (account) => ({ id: await rowOf(account), confirm: 'A source' }),
    check: async ({ input }) => {
      expect(await owner.select().from(dataSources).where(eq(dataSources.id, input.id))).toEqual([]);
    },
    missing: (input) => ({ ...input, id: 'ds-none' }),
    audit: { resourceKind: 'data_source', resourceId: (out) => out.id },
  });
  for (const verb of [checkSource, browseSource, askDestination]) {
    describeWriteVerb(database, {
      verb: verb as typeof checkSource,
      arrange: async (account) => ({ source: { id: await rowOf(account) } }),
      check: async ({ out, account }) => {
        expect(Question.parse(out)).toMatchObject({ state: 'open' });
        const [row] = await owner.select().from(sourceQuestions).where(eq(sourceQuestions.id, out.id));
        expect(row).toMatchObject({ accountId: account.id });
      },
      missing: () => ({ source: { id: 'ds-none' } }),
      audit: { resourceKind: 'data_source' },
    });
  }
});

/** A registered source without the audit row of its registration. */
async function rowOf(account: TestAccount): Promise<string> {
  const client = await makeClient(owner, { accountId: account.id });
  const id = newId('ds');
  const config = { kind: 'common_nas', mountPath: '/mnt/nas' };
  const values = {
    accountId: account.id,
    id,
    clientId: client.id,
    item: '/mnt/nas',
    name: 'A source',
    config,
  };
  await owner.insert(dataSources).values({ ...values, kind: 'common_nas' });
  return id;
}

describe('a secret', () => {
  test('is sealed for the engine, and stands in no answer, audit row, question or kept request', async () => {
    const account = await testAccount(database);
    const ctx = account.as('operator', { idempotencyKey: 'k' });
    const config = bucket(other());
    const out = await registerSource(ctx, { region, config, secret });
    await checkSource(account.as('operator'), { source: { region, config: bucket(other()), secret } });
    const kept = [
      out,
      await getDataSource(account.as('auditor'), { id: out.id }),
      await owner.select().from(auditEvents).where(eq(auditEvents.accountId, account.id)),
      await owner.select().from(idempotencyKeys).where(eq(idempotencyKeys.accountId, account.id)),
      await owner.select().from(sourceQuestions).where(eq(sourceQuestions.accountId, account.id)),
      await owner.select().from(dataSources).where(eq(dataSources.accountId, account.id)),
    ];
    expect(JSON.stringify(kept)).not.toMatch(/4711|the-id/);
    const opened = await inAccount(engine, account.id, (tx) =>
      findSourceSecret(tx, serviceKey, { accountId: account.id, id: out.id }),
    );
    expect(opened).toEqual(secret);
    // The same request again is the same request, whatever its secret.
    const again = { region, config, secret: { ...secret, accessKeySecret: 'x' } };
    expect((await registerSource(ctx, again)).id).toBe(out.id);
  });

  test('cannot be read by the role of the console, in no way', async () => {
    const account = await testAccount(database);
    const { id } = await register(account);
    await browseSource(account.as('operator'), { source: { region, config: bucket(other()), secret } });
    const denied = [
      sql`select sealed from source_secrets`,
      sql`select sealed from source_questions`,
      sql`select * from source_questions`,
      sql`update source_secrets set updated_at = now() where source_id = ${id} returning sealed`,
      sql`delete from source_secrets where source_id = ${id} returning sealed`,
    ];
    for (const statement of denied) {
      await expect(inAccount(app, account.id, (tx) => tx.execute(statement))).rejects.toMatchObject({
        cause: { code: '42501' },
      });
    }
    const [row] = await owner.select().from(sourceSecrets).where(eq(sourceSecrets.sourceId, id));
    expect(row!.sealed.includes('hush')).toBe(false);
  });

  test('is asked for at its own fields, and refused where the kind has none', async () => {
    const account = await testAccount(database);
    await expect(
      registerSource(account.as('operator'), {
        region,
        config: bucket(other()),
        secret: { accessKeyId: 'a' },
      }),
    ).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { 'secret.accessKeySecret': expect.any(String) },
    });
  });

  test('entered for a question reaches the mover and no row', async () => {
    const account = await testAccount(database);
    const { id } = await checkSource(account.as('operator'), {
      source: { region, config: bucket(other()), secret },
    });
    const [row] = await owner.select().from(sourceQuestions).where(eq(sourceQuestions.id, id));
    expect(openSecret(serviceKey, { accountId: account.id, id }, row!.sealed!)).toEqual(secret);
  });
});

describe('the client of a region', () => {
  test('is made once, and is on no list of hosts and no destination for files', async () => {
    const account = await testAccount(database);
    const [one, two] = await Promise.all([register(account), register(account)]);
    expect(one.client.id).toBe(two.client.id);
    expect(one.client).toMatchObject({ isHost: false, region });
    expect((await listClients(account.as('auditor'), {})).items).toEqual([]);
    const places = await listRestoreDestinations(account.as('auditor'), { kind: 'local_file' });
    expect(places.items).toEqual([]);
  });

  test('stays: the database keeps it enrolled without a credential', async () => {
    const account = await testAccount(database);
    const { client } = await register(account);
    const change = (values: Partial<typeof clients.$inferInsert>) =>
      owner.update(clients).set(values).where(eq(clients.id, client.id));
    await expect(change({ revokedAt: new Date() })).rejects.toMatchObject({ cause: { code: '23514' } });
    await expect(change({ credentialHash: randomBytes(32) })).rejects.toMatchObject({
      cause: { code: '23514' },
    });
  });
});

describe('registering', () => {
  test('the same twice is refused, in another region it is another source', async () => {
    const account = await testAccount(database);
    const config = bucket(other());
    await registerSource(account.as('operator'), { region, config, secret });
    await expect(registerSource(account.as('operator'), { region, config, secret })).rejects.toMatchObject({
      code: 'already_exists',
      reason: 'source_registered',
    });
    await registerSource(account.as('operator'), { region: 'eu-west-1', config, secret });
    expect((await listDataSources(account.as('auditor'), {})).items).toHaveLength(2);
  });

  test('what a host serves needs its client, and a stranger has none to name', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const client = await makeClient(owner, { accountId: account.id });
    const config = { kind: 'common_nas', mountPath: '/mnt/nas' } as const;
    await expect(registerSource(account.as('operator'), { region, config })).rejects.toMatchObject({
      fields: { clientId: expect.any(String) },
    });
    await expect(
      registerSource(stranger.as('operator'), { clientId: client.id, config }),
    ).rejects.toMatchObject({ code: 'not_found' });
    const source = await registerSource(account.as('operator'), { clientId: client.id, config });
    expect(source).toMatchObject({ region: client.region, client: { id: client.id, isHost: true } });
  });

  test('what tells a source from others cannot be changed', async () => {
    const account = await testAccount(database);
    const { id } = await register(account);
    await expect(updateSource(account.as('operator'), { id, config: bucket(other()) })).rejects.toMatchObject(
      { fields: { 'config.instance': expect.any(String) } },
    );
  });

  test("a host's own files cannot be removed or changed by themselves", async () => {
    const account = await testAccount(database);
    const client = await makeClient(owner, { accountId: account.id });
    const id = newId('ds');
    const values = { accountId: account.id, id, kind: 'local_file', clientId: client.id, name: 'h' } as const;
    await owner.insert(dataSources).values(values);
    await expect(removeSource(account.as('operator'), { id, confirm: 'h' })).rejects.toMatchObject({
      reason: 'source_comes_with_client',
    });
  });
});

describe('a question', () => {
  test('is given to the client that serves the source, once, and its answer stays with the source', async () => {
    const account = await testAccount(database);
    const source = await register(account);
    const identity = identityOf(account, source);
    const [taken] = await takeQuestions(door, identity);
    expect(taken).toMatchObject({ ask: 'check', source: { id: source.id, secret: null } });
    expect(await takeQuestions(door, identity)).toEqual([]);
    const check = { isUsable: true, message: 'It answers.', facts: [{ label: 'Tables', value: '3' }] };
    await answerQuestion(door, identity, taken!.id, { check });
    expect(await getQuestion(account.as('auditor'), { id: taken!.id })).toMatchObject({
      state: 'answered',
      check,
    });
    expect((await getDataSource(account.as('auditor'), { id: source.id })).check).toMatchObject({
      state: 'ok',
      message: 'It answers.',
      facts: check.facts,
    });
    const late = { check: { isUsable: false, message: 'late', facts: [] } };
    await answerQuestion(door, identity, taken!.id, late);
    expect((await getDataSource(account.as('auditor'), { id: source.id })).check.state).toBe('ok');
  });

  test('that nobody answers is over after a minute, and its late answer changes nothing', async () => {
    const account = await testAccount(database);
    const source = await register(account);
    const { id } = await checkSource(account.as('operator'), { source: { id: source.id } });
    const past = new Date(Date.now() - 1000);
    await owner.update(sourceQuestions).set({ expiresAt: past }).where(eq(sourceQuestions.id, id));
    expect((await getQuestion(account.as('auditor'), { id })).state).toBe('expired');
    await answerQuestion(door, identityOf(account, source), id, {
      error: { code: 'internal', message: 'm' },
    });
    expect((await getDataSource(account.as('auditor'), { id: source.id })).check.state).toBe('unchecked');
  });

  test("about a host's own files goes to its client without a source, and what a check finds stays with it", async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const client = await makeClient(owner, { accountId: account.id });
    const id = newId('ds');
    const values = { accountId: account.id, id, kind: 'local_file', clientId: client.id, name: 'h' } as const;
    await owner.insert(dataSources).values(values);
    const identity = { accountId: account.id, clientId: client.id };
    await browseSource(account.as('operator'), { source: { clientId: client.id }, path: '/srv' });
    await checkSource(account.as('operator'), { source: { id } });
    const [listing, check] = await takeQuestions(door, identity);
    expect(listing).toMatchObject({ ask: 'list', source: null, body: { path: '/srv' } });
    expect(check).toMatchObject({ ask: 'check', source: null });
    await answerQuestion(door, identity, check!.id, { check: { isUsable: true, message: 'm', facts: [] } });
    expect((await getDataSource(account.as('auditor'), { id })).check.state).toBe('ok');
    const foreign = { source: { clientId: client.id }, path: '/' };
    await expect(browseSource(stranger.as('operator'), foreign)).rejects.toMatchObject({ code: 'not_found' });
    await owner.update(clients).set({ revokedAt: new Date() }).where(eq(clients.id, client.id));
    for (const source of [{ id }, { clientId: client.id }])
      await expect(checkSource(account.as('operator'), { source })).rejects.toMatchObject({
        reason: 'client_revoked',
      });
  });

  test("about the engine's own machine is refused: operators, not tenants, name its paths", async () => {
    const account = await testAccount(database);
    const source = await register(account);
    const asked = { source: { clientId: source.client.id }, path: '/etc' };
    await expect(browseSource(account.as('operator'), asked)).rejects.toMatchObject({ code: 'not_found' });
  });

  test("is no stranger's to read, and no other client's to answer", async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const source = await register(account);
    const { id } = await checkSource(account.as('operator'), { source: { id: source.id } });
    await expect(getQuestion(stranger.as('auditor'), { id })).rejects.toMatchObject({ code: 'not_found' });
    const client = await makeClient(owner, { accountId: account.id });
    const answer = { error: { code: 'internal', message: 'm' } };
    for (const identity of [
      { accountId: account.id, clientId: client.id },
      { accountId: stranger.id, clientId: source.client.id },
    ])
      await expect(answerQuestion(door, identity, id, answer)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a registered source', () => {
  async function withBackup() {
    const account = await testAccount(database);
    const source = await register(account);
    const vault = await makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId });
    return { account, source, vault };
  }

  test('is backed up by naming it alone, inside its own root', async () => {
    const { account, source, vault } = await withBackup();
    const input = { sourceId: source.id, vaultId: vault.id, paths: ['/'], retentionDays: 30 };
    const job = await startBackup(account.as('operator'), input);
    expect(job).toMatchObject({ status: 'queued', client: { id: source.client.id } });
    expect((await listJobs(account.as('auditor'), {})).items).toHaveLength(1);
    const refused = startBackup(account.as('operator'), { ...input, paths: ['C:\\Data'] });
    await expect(refused).rejects.toMatchObject({ fields: { 'paths.0': expect.any(String) } });
    const both = startBackup(account.as('operator'), { ...input, clientId: 'c-1' });
    await expect(both).rejects.toMatchObject({ fields: { clientId: expect.any(String) } });
    const stranger = await testAccount(database);
    await expect(startBackup(stranger.as('operator'), input)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('goes with its secret, its bindings and its open jobs; its points stay', async () => {
    const { account, source, vault } = await withBackup();
    const bindings = [{ sourceId: source.id, vaultId: vault.id, paths: ['/'] }];
    await createPolicy(account.as('operator'), { name: 'p', rules: [rule()], bindings });
    const input = { sourceId: source.id, vaultId: vault.id, paths: ['/'], retentionDays: 30 };
    const queued = await startBackup(account.as('operator'), input);
    await makeBackupPoint(owner, { accountId: account.id, vaultId: vault.id, sourceId: source.id });
    const wrong = removeSource(account.as('operator'), { id: source.id, confirm: 'no' });
    await expect(wrong).rejects.toMatchObject({ fields: { confirm: expect.any(String) } });
    expect(await removeSource(account.as('operator'), { id: source.id, confirm: source.name })).toEqual({
      id: source.id,
      bindings: 1,
      cancelledJobs: 1,
      keptPoints: 1,
    });
    expect((await getJob(account.as('auditor'), { id: queued.id })).status).toBe('cancelled');
    const gone = await owner.select().from(sourceSecrets).where(eq(sourceSecrets.sourceId, source.id));
    const bound = await owner.select().from(policyBindings).where(eq(policyBindings.sourceId, source.id));
    expect([gone, bound]).toEqual([[], []]);
  });

  test('that was removed ends a job which another moment had let through', async () => {
    const { account, source, vault } = await withBackup();
    const input = { sourceId: source.id, vaultId: vault.id, paths: ['/'], retentionDays: 30 };
    const { id } = await startBackup(account.as('operator'), input);
    await owner.delete(dataSources).where(eq(dataSources.id, source.id));
    expect((await offerJobs(door, identityOf(account, source), [])).offers).toEqual([]);
    const [row] = await owner
      .select()
      .from(jobs)
      .where(and(eq(jobs.id, id)));
    expect(row).toMatchObject({ status: 'failed', errorCode: 'not_found' });
  });
});
