import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { backupPoints, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { loseSource, makeWorld, tick, visibleCopies } from '@/lib/engine/transfer/test-world';
import { makeAccount, makeVault } from '@/lib/engine/vaults/test-environment';
import type { OfferedSource } from '@/lib/engine/wire';
import { type JobReport, RestoreSpec } from '@/lib/jobs/schemas';
import { ClientFolder } from '../../config';
import { startTestMover, type TestMover, TestRegion } from '../../testing/test-region';
import type { AdapterRegistry } from '../adapter';
import { tablestoreAdapter } from './adapter';
import { autoIncrement, type Row, stringValue, type TableSchema } from './model';
import { SdkSource } from './sdk-source';
import { hardRows, plainRows, readAll, sampleSchemas, schemaOf, writeAll } from './testing/sample-tables';
import { TablestoreDouble } from './testing/tablestore-double';

const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const { signal } = new AbortController();
const yesterday = BigInt(Date.now() - 20 * 86_400_000);

const doubles: TablestoreDouble[] = [];
const opened: SdkSource[] = [];
async function startInstance(name: string) {
  const double = await TablestoreDouble.start(name);
  double.operations.splitBytes = 300_000;
  const source = await SdkSource.open(double.address);
  doubles.push(double);
  opened.push(source);
  return { double, source };
}
type Instance = Awaited<ReturnType<typeof startInstance>>;

const adapter = tablestoreAdapter({ allowsPrivateEndpoints: true });
const adapters: AdapterRegistry = (kind) => (kind === 'tablestore' ? Promise.resolve(adapter) : null);

/** Movers are stopped after each test; a test that has none waits for nobody. */
const started: TestMover[] = [];
async function startMover(folder?: string): Promise<TestMover> {
  const mover = await startTestMover(engine, fingerprint, {
    adapters,
    ...(folder && { folder }),
  });
  started.push(mover);
  return mover;
}
afterEach(async () => {
  for (const mover of started.splice(0)) await mover.stop();
});
afterAll(async () => {
  for (const source of opened) source.close();
  for (const double of doubles) await double.stop();
});

function register(region: TestRegion, { double }: Instance): Promise<string> {
  const { endpoint, instance, accessKeyId, accessKeySecret } = double.address;
  return region.addSource({ kind: 'tablestore', endpoint, instance }, { accessKeyId, accessKeySecret });
}

function restoreTo(sourceId: string, change: object = {}) {
  const destination = { kind: 'tablestore', sourceId, overwriteExisting: true, ...change };
  return RestoreSpec.parse({ selection: { mode: 'all' }, destination });
}

async function fill({ source }: Instance): Promise<void> {
  for (const [table, schema] of Object.entries(sampleSchemas))
    await source.createTable(table, schema, signal);
  await writeAll(source, 'everything', hardRows(300, yesterday));
  await writeAll(source, 'events', plainRows(6_000, yesterday, 250));
  await writeAll(source, 'kept', plainRows(100, yesterday));
}

async function addedBytesOf(pointId: string): Promise<number> {
  const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, pointId));
  return point!.addedBytes;
}

describe('Tablestore, end to end', () => {
  test('backed up in one account, replicated, and restored in another into another instance, after the first is lost', async () => {
    const world = await makeWorld(database, { environment: engine.vaults });
    const [from, to] = [await startInstance('shop-a'), await startInstance('shop-b')];
    await fill(from);
    const regionA = await TestRegion.make(database, engine, world.source);
    const regionB = await TestRegion.make(database, engine, world.target);
    const sourceId = await register(regionA, from);
    await startMover();
    const backup = await regionA.until(await regionA.queueBackup(sourceId), 'complete');
    expect(backup.report).toMatchObject({ skippedCount: 0, folders: 4 });

    await tick(world, world.target.accountId);
    const [copy] = await visibleCopies(world);
    await loseSource(world);

    const target = await register(regionB, to);
    const job = await regionB.until(await regionB.queueRestore(copy!.id, restoreTo(target)), 'complete');
    expect(job.report).toMatchObject({ files: 6_400, folders: 4, skippedCount: 0 });
    for (const [table, schema] of Object.entries(sampleSchemas)) {
      expect(await to.source.describeTable(table, signal)).toEqual(schema);
      expect(await readAll(to.source, table)).toEqual(await readAll(from.source, table));
    }
    expect(await readAll(to.source, 'everything')).toHaveLength(300);
  });
});

/** An account with a filled instance that is registered, and a first backup of it. */
async function backedUp(tables: Record<string, { schema?: TableSchema; rows: Row[] }>) {
  const instance = await startInstance('shop');
  for (const [table, { schema = sampleSchemas.events!, rows }] of Object.entries(tables)) {
    await instance.source.createTable(table, schema, signal);
    await writeAll(instance.source, table, rows);
  }
  const region = await TestRegion.make(database, engine);
  const sourceId = await register(region, instance);
  const ended = async (id: string, status: string) => {
    const job = await region.until(id, status);
    return { ...job, report: job.report as JobReport };
  };
  const backUp = async (spec: object = {}, status = 'complete') =>
    ended(await region.queueBackup(sourceId, spec), status);
  const restore = async (pointId: string, change: object = {}, status = 'complete') =>
    ended(await region.queueRestore(pointId, restoreTo(sourceId, change)), status);
  const dryRun = async (pointId: string, change: object) =>
    ended(await region.queueRestore(pointId, { ...restoreTo(sourceId, change), isDryRun: true }), 'complete');
  return { ...instance, region, sourceId, backUp, restore, dryRun };
}

describe('a backup of a Tablestore instance', () => {
  test('stores what changed: a few rows of many cost a few groups, an unchanged table nothing but its description', async () => {
    const shop = await backedUp({
      events: { rows: plainRows(6_000, yesterday, 250) },
      calm: { rows: plainRows(1_000, yesterday, 300) },
    });
    await startMover();
    const first = await shop.backUp();
    const again = await shop.backUp();
    expect(await addedBytesOf(again.pointId!)).toBeLessThan(20_000);
    const few = plainRows(3, yesterday + 5000n, 250, 5_000);
    await writeAll(shop.source, 'events', few);
    const changed = await shop.backUp();
    expect(changed).toMatchObject({ bytesDone: first.bytesDone, itemsDone: 7_000 });
    expect(changed.transferredBytes).toBeLessThan(first.transferredBytes / 2);
    await shop.restore(changed.pointId!, { tables: [{ from: 'events', to: 'events_now' }] });
    expect(await readAll(shop.source, 'events_now')).toEqual(await readAll(shop.source, 'events'));
    await shop.restore(first.pointId!, { tables: [{ from: 'events', to: 'events_then' }] });
    expect(await readAll(shop.source, 'events_then')).not.toEqual(await readAll(shop.source, 'events'));
  });

  test('takes the tables that were chosen, and says which are missing or went away', async () => {
    const rows = plainRows(10, yesterday);
    const shop = await backedUp({ a: { rows }, b: { rows }, c_tmp: { rows } });
    await startMover();
    const chosen = await shop.backUp({ paths: ['/a', '/c_tmp', '/gone'], excludes: ['*_tmp'] }, 'partial');
    expect(chosen.report).toMatchObject({
      folders: 1,
      skipped: [{ path: '/gone', reason: 'there is no such table in the instance' }],
    });
    expect((await shop.backUp({ paths: ['/gone'] }, 'failed')).errorMessage).toContain(
      'No backup point was made',
    );
  });

  test('passes throttling and connections that break, and reads no range twice after a mover is stopped', async () => {
    const shop = await backedUp({ events: { rows: plainRows(300, yesterday, 100_000) } });
    shop.double.faults.push(
      { operation: 'GetRange', times: 2, how: { status: 503, code: 'OTSServerBusy' } },
      { operation: 'GetRange', times: 1, how: 'break-answer' },
      { operation: 'GetRange', times: 1, how: 'hang', skip: 80 },
    );
    const id = await shop.region.queueBackup(shop.sourceId);
    const mover = await startMover();
    await vi.waitFor(() => expect(shop.double.faults.every(({ times }) => times === 0)).toBe(true), 20_000);
    await mover.stop();
    const before = shop.double.requests.length;
    await owner
      .update(jobs)
      .set({ heartbeatAt: new Date(0) })
      .where(eq(jobs.id, id));
    await startMover(mover.folder);
    const job = await shop.region.until(id, 'complete');
    expect(job.attempt).toBe(2);
    const pages = shop.double.requests.slice(before).filter((operation) => operation === 'GetRange').length;
    // Of 100 ranges of 3 rows; what the first mover had read and not yet sent is read again.
    expect(pages).toBeLessThan(60);
    const again = await shop.backUp();
    expect(job).toMatchObject({ itemsDone: 300, bytesDone: again.bytesDone });
    // The point that was made in two parts has every group that a whole reading finds.
    expect(again.transferredBytes).toBeLessThan(50_000);
  });

  test('says how many rows were written while it read, and ends when it is cancelled', async () => {
    const shop = await backedUp({ events: { rows: plainRows(20, BigInt(Date.now() + 60_000)) } });
    await startMover();
    expect((await shop.backUp()).report.notes![0]).toContain('20 rows were written while it was read');
    shop.double.faults.push({ operation: 'GetRange', times: 9, how: 'hang' });
    const id = await shop.region.queueBackup(shop.sourceId);
    await shop.region.until(id, 'running');
    await owner.update(jobs).set({ cancelRequestedAt: new Date() }).where(eq(jobs.id, id));
    await shop.region.until(id, 'cancelled');
  });

  test('goes into a Tablestore trial and comes back from it; a trial for buckets refuses it', async () => {
    const instance = await startInstance('shop');
    await instance.source.createTable('events', sampleSchemas.events!, signal);
    await writeAll(instance.source, 'events', plainRows(20, yesterday));
    await startMover();
    const backUpInto = async (kind: 'trial_tablestore' | 'trial_oss', status: string) => {
      const account = await makeAccount(owner);
      const vaultId = await makeVault(engine.vaults, owner, account, { kind });
      const region = await TestRegion.make(database, engine, { accountId: account.accountId, vaultId });
      const sourceId = await register(region, instance);
      return { region, sourceId, job: await region.until(await region.queueBackup(sourceId), status) };
    };
    const { region, sourceId, job } = await backUpInto('trial_tablestore', 'complete');
    const spec = restoreTo(sourceId, { tables: [{ from: 'events', to: 'events_back' }] });
    await region.until(await region.queueRestore(job.pointId!, spec), 'complete');
    expect(await readAll(instance.source, 'events_back')).toEqual(await readAll(instance.source, 'events'));
    const refused = await backUpInto('trial_oss', 'failed');
    expect(refused.job.errorMessage).toContain('takes OSS buckets only');
  });

  test('fails with what to do when the key is refused', async () => {
    const shop = await backedUp({ events: { rows: [] } });
    shop.double.faults.push({
      operation: '*',
      times: 99,
      how: { status: 403, code: 'OTSAuthFailed', message: 'The AccessKeyID is disabled.' },
    });
    await startMover();
    const job = await shop.backUp({}, 'failed');
    expect(job).toMatchObject({ errorCode: 'forbidden' });
    expect(job.errorMessage).toContain('The AccessKeyID is disabled. Enter the key and its secret again');
  });
});

describe('a restore of Tablestore tables', () => {
  test('replaces rows or writes only those that are missing, as was chosen, and a dry run counts both without writing', async () => {
    const shop = await backedUp({ events: { rows: plainRows(3_000, yesterday) } });
    await startMover();
    const { pointId } = await shop.backUp();
    const original = await readAll(shop.source, 'events');
    await writeAll(shop.source, 'events', plainRows(100, yesterday + 7000n, 10));
    for (let id = 2_000; id < 3_000; id++)
      shop.double.operations.table('events').deleteKey(plainRows(1, 0n, 1, id)[0]!.key);
    const changed = await readAll(shop.source, 'events');
    const dry = (overwriteExisting: boolean) => shop.dryRun(pointId!, { overwriteExisting });
    expect((await dry(false)).report.changes).toMatchObject({
      created: { items: 1000 },
      skipped: { items: 2000 },
    });
    expect((await dry(true)).report.changes).toMatchObject({
      created: { items: 1000 },
      overwritten: { items: 2000 },
    });
    expect(await readAll(shop.source, 'events')).toEqual(changed);
    const missing = await shop.restore(pointId!, { overwriteExisting: false, batchChannels: 8 });
    expect(missing.report.changes).toMatchObject({ created: { items: 1000 }, skipped: { items: 2000 } });
    expect(await readAll(shop.source, 'events')).toEqual([...changed, ...original.slice(2_000)]);
    await shop.restore(pointId!, { overwriteExisting: true });
    expect(await readAll(shop.source, 'events')).toEqual(original);
  });

  test('refuses a table whose key is another one, restores the others, and says why', async () => {
    const rows = plainRows(10, yesterday);
    const shop = await backedUp({ a: { rows }, b: { rows } });
    await startMover();
    const { pointId } = await shop.backUp();
    shop.double.operations.tables.delete('a');
    await shop.source.createTable(
      'a',
      schemaOf([{ name: 'id', type: 'string', isAutoIncrement: false }]),
      signal,
    );
    const job = await shop.restore(pointId!, {}, 'partial');
    expect(job.report).toMatchObject({
      files: 10,
      skipped: [{ path: '/a', reason: expect.stringContaining('has another key') }],
    });
    expect(await readAll(shop.source, 'a')).toEqual([]);
    const tables = [
      { from: 'a', to: 'x' },
      { from: 'b', to: 'x' },
    ];
    expect((await shop.restore(pointId!, { tables }, 'failed')).errorMessage).toContain(
      'Two tables would be restored to x',
    );
  });

  test('takes original timestamps into a table that would refuse them, and puts its option back', async () => {
    const shop = await backedUp({ events: { rows: plainRows(50, yesterday) } });
    await startMover();
    const { pointId } = await shop.backUp();
    const original = await readAll(shop.source, 'events');
    const options = { ...sampleSchemas.events!.options, maxVersionOffsetSeconds: 86_400 };
    await shop.source.setOptions('events', options, signal);
    await writeAll(shop.source, 'events', plainRows(50, BigInt(Date.now()) - 1000n));
    const job = await shop.restore(pointId!);
    expect(job.report.notes!.join(' ')).toContain('is raised to 27 days while rows are written');
    expect(await readAll(shop.source, 'events')).toEqual(original);
    expect((await shop.source.describeTable('events', signal)).options).toEqual(options);
  });

  test('leaves out versions that the time to live would delete at once, and counts them', async () => {
    const shop = await backedUp({ events: { rows: plainRows(50, yesterday) } });
    await startMover();
    const { pointId } = await shop.backUp();
    shop.double.operations.tables.delete('events');
    const options = { ...sampleSchemas.events!.options, timeToLiveSeconds: 86_400 };
    await shop.source.createTable('events', { ...sampleSchemas.events!, options }, signal);
    const job = await shop.restore(pointId!);
    expect(job.report.notes!.join(' ')).toMatch(
      /time to live is 1 day.*50 versions older than its time to live/,
    );
    expect(await readAll(shop.source, 'events')).toEqual([]);
  });

  test('gives rows new numbers, or reports each that the service refuses to take with its old one', async () => {
    const numbered = schemaOf([
      { name: 'tenant', type: 'string', isAutoIncrement: false },
      { name: 'id', type: 'integer', isAutoIncrement: true },
    ]);
    const auto = plainRows(250, yesterday).map(({ cells }) => ({
      key: [
        { name: 'tenant', ...stringValue('a') },
        { name: 'id', ...autoIncrement },
      ],
      cells,
    }));
    const shop = await backedUp({ numbered: { schema: numbered, rows: auto } });
    await startMover();
    const { pointId } = await shop.backUp();
    const tables = [{ from: 'numbered', to: 'again' }];
    const kept = await shop.restore(pointId!, { tables }, 'partial');
    expect(kept.report).toMatchObject({ files: 0, skippedCount: 250 });
    expect(kept.report.skipped[0]!.reason).toContain('is chosen by the service for new rows');
    await shop.restore(pointId!, { tables, autoIncrement: 'renumber' });
    const values = (rows: string[]) => rows.map((row) => row.split(' ').at(-1));
    expect(values(await readAll(shop.source, 'again'))).toEqual(
      values(await readAll(shop.source, 'numbered')),
    );
    expect(await shop.restore(pointId!)).toMatchObject({ report: { files: 250 } });
  });

  test('tries throttled rows again, reports those that stay refused, and goes on after its mover was stopped', async () => {
    const shop = await backedUp({ events: { rows: plainRows(2_000, yesterday) } });
    const mover = await startMover();
    const { pointId } = await shop.backUp();
    const seen = new Set<number>();
    shop.double.operations.rowFault = (_, row) => {
      if (row % 100 === 0 && !seen.has(row) && seen.add(row))
        return { code: 'OTSNotEnoughCapacityUnit', message: 'busy' };
      return null;
    };
    shop.double.faults.push({ operation: 'BatchWriteRow', times: 1, how: 'hang', skip: 6 });
    const restore = restoreTo(shop.sourceId, { tables: [{ from: 'events', to: 'copy' }], batchChannels: 1 });
    const id = await shop.region.queueRestore(pointId!, restore);
    await vi.waitFor(() => expect(shop.double.faults[0]!.times).toBe(0), 20_000);
    await mover.stop();
    await owner
      .update(jobs)
      .set({ heartbeatAt: new Date(0) })
      .where(eq(jobs.id, id));
    await startMover(mover.folder);
    expect((await shop.region.until(id, 'complete')).attempt).toBe(2);
    expect(await readAll(shop.source, 'copy')).toEqual(await readAll(shop.source, 'events'));
    shop.double.operations.rowFault = (_, row) =>
      row % 600 === 599 ? { code: 'OTSParameterInvalid', message: 'no' } : null;
    const job = await shop.restore(pointId!, {}, 'partial');
    expect(job.report.skippedCount).toBeGreaterThanOrEqual(3);
    expect(job.report.skipped[0]).toMatchObject({
      path: expect.stringMatching(/^events: id=\d+$/),
      reason: expect.stringContaining('no'),
    });
  });
});

describe('questions about an instance', () => {
  test('its tables are listed with their keys and options, without the tables behind its indexes', async () => {
    const instance = await startInstance('shop');
    await fill(instance);
    const source = offered(instance);
    expect(await adapter.check({ ...question, source })).toMatchObject({
      isUsable: true,
      message: 'The instance answers and has 4 tables.',
    });
    const { entries } = await adapter.list({ path: '/', cursor: null }, { ...question, source });
    expect(entries.map(({ path, detail }) => [path, detail])).toEqual([
      ['/empty', 'id'],
      ['/events', 'id'],
      ['/everything', 'tenant, id, part, tag · 4 versions · 1 index'],
      ['/kept', 'id · 2 versions · kept 400 days'],
    ]);
    const wrong = { ...source, secret: { accessKeyId: 'x', accessKeySecret: 'y' } };
    expect(await adapter.check({ ...question, source: wrong })).toMatchObject({
      isUsable: false,
      message: expect.stringContaining('refuses the access key'),
    });
  });
});

const question = { folder: new ClientFolder('/nowhere'), log: pino({ level: 'silent' }), signal };

function offered({ double }: Instance): OfferedSource {
  const { endpoint, instance, accessKeyId, accessKeySecret } = double.address;
  return {
    id: null,
    kind: 'tablestore',
    name: 'shop',
    region: 'cn-hangzhou',
    config: { kind: 'tablestore', endpoint, instance },
    secret: { accessKeyId, accessKeySecret },
    place: null,
  };
}
