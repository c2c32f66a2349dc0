import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { backupPoints, dataSources, jobs, pins } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import type { StreamSource } from '@/lib/jobs/schemas';
import { imageInput } from './backup/image-archive';
import { commandInput, fileInput, type StreamInput } from './backup/stream-input';
import type { JobEnd } from './jobs/run-job';
import { dockerFiles, ociFiles, tarOf } from './testing/tar';
import { TestHost } from './testing/test-host';

const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const host = await TestHost.enrolled(database, engine, fingerprint);
const databaseVault = await host.makeVault(engine, 'database');
const containerVault = await host.makeVault(engine, 'container');

const orders: StreamSource = { kind: 'database_dump', name: 'orders' };
const app: StreamSource = { kind: 'container_image', name: 'shop/app:1' };
const pointIn = async (end: JobEnd) => {
  const id = String(end.result!.summary.pointId);
  return (await owner.select().from(backupPoints).where(eq(backupPoints.id, id)))[0]!;
};
const run = async (vaultId: string, stream: StreamSource, input: StreamInput) =>
  host.start(await host.offerStream(vaultId, stream), { stream: input }).ended;
const pointCount = (vaultId: string) => owner.$count(backupPoints, eq(backupPoints.vaultId, vaultId));
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The restored entry of a stream's point. */
async function restored(end: JobEnd): Promise<Buffer> {
  const folder = host.newFolder('restored');
  const { id, paths } = await pointIn(end);
  await host.restore(id, { targetPath: folder });
  return readFile(`${folder}${paths[0]}`);
}

describe('a database dump', () => {
  test('comes back byte for byte, and the next one of the same name sends only what changed', async () => {
    const file = host.at('orders.sql');
    const bytes = randomBytes(24 * 1024 * 1024);
    await writeFile(file, bytes);
    const first = await run(databaseVault, orders, commandInput(['cat', file], false));
    expect(first.outcome).toBe('complete');
    expect(digest(await restored(first))).toBe(digest(bytes));

    bytes.fill('changed', 9_000_000, 9_000_100);
    const longer = Buffer.concat([bytes, randomBytes(50_000)]);
    await writeFile(file, longer);
    const second = await run(databaseVault, orders, commandInput(['cat', file], false));
    expect(digest(await restored(second))).toBe(digest(longer));
    expect(Number(second.result!.summary.sentBytes)).toBeLessThan(longer.length / 2);
    expect(await pointIn(second)).toMatchObject({
      sourceKind: 'database_dump',
      sourceName: 'orders',
      paths: ['/orders.dump'],
      fileCount: 1,
      parentPointId: (await pointIn(first)).id,
    });
  });

  test('is a data source of its own for each name, beside the files of the host', async () => {
    const word = (text: string) => commandInput(['echo', text], false);
    await run(databaseVault, { ...orders, name: 'crm' }, word('a'));
    await run(databaseVault, { ...orders, name: 'crm' }, word('b'));
    await run(databaseVault, { ...orders, name: 'hr' }, word('c'));
    const rows = await owner
      .select({ kind: dataSources.kind, item: dataSources.item })
      .from(dataSources)
      .where(eq(dataSources.clientId, host.enrolment.clientId));
    expect(rows).toContainEqual({ kind: 'local_file', item: '' });
    expect(rows.filter(({ item }) => item === 'crm')).toEqual([{ kind: 'database_dump', item: 'crm' }]);
    expect(rows.filter(({ item }) => item === 'hr')).toHaveLength(1);
  });

  test.each<[string, [string, ...string[]], string]>([
    ['whose command fails at its end', ['sh', '-c', 'head -c 3000000 /dev/urandom; exit 3'], 'code 3'],
    ['whose command is killed', ['sh', '-c', 'echo half; kill -9 $$'], 'signal SIGKILL'],
    ['whose command does not exist', ['/nowhere/pg_dump'], 'could not be run'],
    ['without a byte', ['true'], 'The stream was empty'],
  ])('%s becomes no point', async (_, command, why) => {
    const before = await pointCount(databaseVault);
    const offer = await host.offerStream(databaseVault, orders);
    const end = await host.start(offer, { stream: commandInput(command, false) }).ended;
    expect(end).toMatchObject({ outcome: 'failed', error: { message: expect.stringContaining(why) } });
    expect(await pointCount(databaseVault)).toBe(before);
    const [job] = await owner.select().from(jobs).where(eq(jobs.id, offer.jobId));
    expect(job).toMatchObject({ status: 'failed', errorMessage: expect.stringContaining(why) });
    expect(await owner.$count(pins, eq(pins.workId, offer.jobId))).toBe(0);
  });

  test('of a failing command is kept when that was asked for, and its job says so', async () => {
    const input = commandInput(['sh', '-c', 'echo partly; exit 1'], true);
    const end = await run(databaseVault, { ...orders, name: 'flaky' }, input);
    expect(end).toMatchObject({ outcome: 'partial', result: { report: { skippedCount: 1 } } });
    expect((await restored(end)).toString()).toBe('partly\n');
    expect(await pointIn(end)).toMatchObject({ skippedCount: 1 });
  });

  test('that is cancelled ends its command and leaves no point', async () => {
    const before = await pointCount(databaseVault);
    const job = host.start(await host.offerStream(databaseVault, orders), {
      stream: commandInput(['sh', '-c', 'while :; do head -c 1000000 /dev/urandom; done'], false),
    });
    await host.proxy.afterBytes(4_000_000);
    job.cancel();
    expect(await job.ended).toMatchObject({ outcome: 'cancelled' });
    expect(await pointCount(databaseVault)).toBe(before);
  });

  test('waits while the line is cut: its command waits with it, and nothing is missing', async () => {
    const bytes = randomBytes(12 * 1024 * 1024);
    await writeFile(host.at('cut.sql'), bytes);
    const job = host.start(await host.offerStream(databaseVault, { ...orders, name: 'cut' }), {
      stream: commandInput(['cat', host.at('cut.sql')], false),
    });
    await host.proxy.afterBytes(3_000_000);
    host.proxy.cut();
    const end = await job.ended;
    expect(end.outcome).toBe('complete');
    expect(digest(await restored(end))).toBe(digest(bytes));
  });
});

describe('a container image', () => {
  const write = async (name: string, bytes: Buffer) => {
    await pipeline(Readable.from([bytes]), createWriteStream(host.at(name)));
    return host.at(name);
  };
  const layers = [randomBytes(18_000_000), randomBytes(700_000)];

  test('of docker save comes back byte for byte with its tags, and a new layer costs only itself', async () => {
    const archive = tarOf(dockerFiles('shop/app:1', layers));
    const first = await run(containerVault, app, imageInput(await fileInput(await write('1.tar', archive))));
    expect(digest(await restored(first))).toBe(digest(archive));
    expect(await pointIn(first)).toMatchObject({
      sourceKind: 'container_image',
      paths: ['/shop_app:1.tar'],
      streamDetails: { format: 'docker', tags: ['shop/app:1'] },
    });
    const grown = tarOf(dockerFiles('shop/app:1', [...layers, randomBytes(300_000)]));
    const second = await run(containerVault, app, imageInput(await fileInput(await write('2.tar', grown))));
    expect(digest(await restored(second))).toBe(digest(grown));
    expect(Number(second.result!.summary.sentBytes)).toBeLessThan(grown.length / 2);
  });

  test('in the OCI layout comes from a command as well', async () => {
    const archive = tarOf(ociFiles('app:2', layers));
    const input = imageInput(commandInput(['cat', await write('oci.tar', archive)], false));
    const end = await run(containerVault, { ...app, name: 'oci' }, input);
    expect((await pointIn(end)).streamDetails).toEqual({ format: 'oci', tags: ['app:2'] });
    expect(digest(await restored(end))).toBe(digest(archive));
  });

  test('that is none becomes no point', async () => {
    const before = await pointCount(containerVault);
    const broken = tarOf(dockerFiles('app:3', layers)).subarray(0, 3_000_000);
    const end = await run(
      containerVault,
      app,
      imageInput(await fileInput(await write('broken.tar', broken))),
    );
    expect(end).toMatchObject({ outcome: 'failed', error: { reason: 'not_an_image' } });
    expect(await pointCount(containerVault)).toBe(before);
  });
});

test('each kind of vault takes its own: the wrong one is refused before a byte is read', async () => {
  const wrong = { code: 'not_eligible', reason: 'vault_takes_other_sources' };
  await expect(host.offerStream(host.vaultId, orders)).rejects.toMatchObject(wrong);
  await expect(host.offerStream(containerVault, orders)).rejects.toMatchObject(wrong);
  await expect(host.offerStream(databaseVault, app)).rejects.toMatchObject(wrong);
});
