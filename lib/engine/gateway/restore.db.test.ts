import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import * as factories from '@/db/factories';
import { backupPoints, chunks, downloadTickets, jobs, pins, users } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { hashSecret, newSecret } from '@/lib/clients';
import { newId } from '@/lib/context';
import { nameToHex, nameToUuid } from '@/lib/engine/core/names';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import type { RestoreSpec } from '@/lib/jobs/schemas';
import { makeAccount, makeVault } from '../vaults/test-environment';
import { signInternalToken } from './internal-token';
import { TestClient, TestGateway } from './test-gateway';
import { digestTree, readTree, type TestTree } from './test-tree';

const database = await testDatabase();
const { owner } = database;
const secret = randomBytes(32);
const gateway = await TestGateway.start(database, secret);

const tree: TestTree = {
  'big.bin': noise(3_000_000, 11),
  docs: { 'a.txt': prose(50_000, 2), deep: { 'b.txt': prose(3000, 3), 'c.txt': prose(700, 4) } },
  'z.txt': Buffer.from('last'),
};

async function setUp() {
  const account = await makeAccount(owner);
  const { accountId } = account;
  const vaultId = await makeVault(gateway.vaults, owner, account);
  const client = await TestClient.make(gateway, owner, accountId);
  return { account, accountId, vaultId, client, backup: await client.backUp(vaultId, tree) };
}
type SetUp = Awaited<ReturnType<typeof setUp>>;

async function queueRestore({ accountId, vaultId, client }: SetUp, pointId: string): Promise<string> {
  const id = newId('job');
  const spec: RestoreSpec = {
    selection: { mode: 'all' },
    destination: { kind: 'host', targetPath: '/restored' },
    conflictPolicy: 'overwrite',
    isDryRun: false,
  };
  await owner.insert(jobs).values({
    accountId,
    id,
    kind: 'restore',
    status: 'running',
    attempt: 1,
    clientId: client.clientId,
    vaultId,
    pointId,
    spec,
    createdBy: 'test',
  });
  return id;
}

describe('a restore', () => {
  test('hands out the whole point, in the order asked, byte for byte', async () => {
    const world = await setUp();
    const jobId = await queueRestore(world, world.backup.pointId);
    const begun = await world.client.post(`/v1/jobs/${jobId}/restore/begin`, { attempt: 1 });
    expect(begun.json).toMatchObject({
      pointId: world.backup.pointId,
      rootPage: nameToHex(world.backup.root),
      sourceBytes: world.backup.totals.bytes,
    });
    const load = async (name: Uint8Array) => (await world.client.fetch(jobId, [name]))[0]!.bytes;
    expect(digestTree(await readTree(world.backup.root, load))).toEqual(digestTree(tree));
    const data = world.backup.chunks.filter(({ type }) => type === 'data');
    const wanted = [...data.toReversed(), data[0]!].map(({ name }) => name);
    const served = await world.client.fetch(jobId, wanted);
    expect(served.map(({ name }) => nameToHex(name))).toEqual(wanted.map(nameToHex));
    expect(Buffer.from(served[0]!.bytes).equals(data.at(-1)!.bytes)).toBe(true);
  });

  test('goes on in another engine from the middle of the tree', async () => {
    const world = await setUp();
    const jobId = await queueRestore(world, world.backup.pointId);
    await world.client.post(`/v1/jobs/${jobId}/restore/begin`, { attempt: 1 });
    const other = world.client.at(await TestGateway.over(gateway.vaults, secret));
    const { name } = world.backup.chunks.find(({ type }) => type === 'data')!;
    expect(await other.fetch(jobId, [name])).toHaveLength(1);
  });

  test('holds a pin on its point until it ends', async () => {
    const world = await setUp();
    const jobId = await queueRestore(world, world.backup.pointId);
    await world.client.post(`/v1/jobs/${jobId}/restore/begin`, { attempt: 1 });
    const held = () => owner.select().from(pins).where(eq(pins.vaultId, world.vaultId));
    expect(await held()).toMatchObject([{ workKind: 'restore', pointId: world.backup.pointId }]);
    expect((await world.client.finish(jobId)).status).toBe(200);
    expect(await held()).toEqual([]);
  });

  test('goes on to its end when its point expires meanwhile, also after it has begun anew', async () => {
    const world = await setUp();
    const jobId = await queueRestore(world, world.backup.pointId);
    const begin = () => world.client.post(`/v1/jobs/${jobId}/restore/begin`, { attempt: 1 });
    await begin();
    const gone = { status: 'deleting' as const };
    await owner.update(backupPoints).set(gone).where(eq(backupPoints.id, world.backup.pointId));
    const names = world.backup.chunks.map(({ name }) => name);
    expect(await world.client.fetch(jobId, names)).toHaveLength(names.length);
    expect((await begin()).status).toBe(200);
  });

  test('serves no chunk that its point does not reach, though it lies in the same vault', async () => {
    const world = await setUp();
    const second = await world.client.backUp(world.vaultId, { ...tree, 'new.bin': noise(30_000, 77) });
    const jobId = await queueRestore(world, world.backup.pointId);
    const known = new Set(world.backup.chunks.map(({ name }) => nameToHex(name)));
    const unreachable = second.chunks.filter(({ name }) => !known.has(nameToHex(name)));
    expect(unreachable.length).toBeGreaterThan(1);
    for (const { name } of unreachable) {
      const reply = await world.client.postBytes(`/v1/jobs/${jobId}/restore/chunks`, name);
      const missing = await world.client.postBytes(`/v1/jobs/${jobId}/restore/chunks`, randomBytes(16));
      expect(reply.status).toBe(404);
      expect(reply.json).toEqual(missing.json);
    }
  });

  test('of a point that was deleted, or by another client, is refused', async () => {
    const world = await setUp();
    const jobId = await queueRestore(world, world.backup.pointId);
    const sibling = await TestClient.make(gateway, owner, world.accountId);
    expect((await sibling.post(`/v1/jobs/${jobId}/restore/begin`, { attempt: 1 })).status).toBe(404);
    await owner
      .update(backupPoints)
      .set({ status: 'deleting' })
      .where(eq(backupPoints.id, world.backup.pointId));
    expect((await world.client.post(`/v1/jobs/${jobId}/restore/begin`, { attempt: 1 })).status).toBe(404);
    expect((await world.client.postBytes(`/v1/jobs/${jobId}/restore/chunks`, world.backup.root)).status).toBe(
      404,
    );
  });

  test('of a chunk that the index has lost says so instead of sending less', async () => {
    const world = await setUp();
    const jobId = await queueRestore(world, world.backup.pointId);
    const lost = world.backup.chunks.find(({ type }) => type === 'data')!;
    await owner.delete(chunks).where(eq(chunks.name, nameToUuid(lost.name)));
    const reply = await world.client.postBytes(`/v1/jobs/${jobId}/restore/chunks`, lost.name);
    expect(reply.json.error.code).toBe('corrupt_data');
  });
});

describe('a question of the web server', () => {
  function ask({ accountId }: SetUp, op: 'entries' | 'estimate', body: { pointId: string }, key = secret) {
    const claims = { accountId, userId: 'u', op, pointId: body.pointId };
    const authorization = `Bearer ${signInternalToken(key, claims, new Date())}`;
    return gateway.send('POST', `/internal/${op}`, {
      headers: { authorization },
      body: JSON.stringify(body),
    });
  }

  test('pages through a folder with the totals below each folder', async () => {
    const world = await setUp();
    const { pointId } = world.backup;
    const all = await ask(world, 'entries', { pointId });
    expect(JSON.parse(all.body.toString())).toMatchObject({
      nextCursor: null,
      entries: [
        { name: 'big.bin', path: 'big.bin', type: 'file', sizeBytes: 3_000_000, fileCount: 1 },
        { name: 'docs', type: 'folder', sizeBytes: 53_700, fileCount: 3 },
        { name: 'z.txt', type: 'file', sizeBytes: 4, modifiedAt: '2023-11-14T22:13:20.123Z' },
      ],
    });
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await ask(world, 'entries', { pointId, path: 'docs/deep', limit: 1, cursor } as {
        pointId: string;
      });
      const { entries, nextCursor } = JSON.parse(page.body.toString());
      seen.push(...entries.map((entry: { path: string }) => entry.path));
      if (!nextCursor) break;
      cursor = nextCursor;
    }
    expect(seen).toEqual(['docs/deep/b.txt', 'docs/deep/c.txt']);
  });

  test.each([
    [{ mode: 'all' }, { bytes: 3_053_704, files: 5, folders: 2 }],
    [
      { mode: 'include', paths: ['docs', 'docs/deep/b.txt', 'z.txt', 'docs'] },
      { bytes: 53_704, files: 4, folders: 2 },
    ],
    [
      { mode: 'include', paths: [''] },
      { bytes: 3_053_704, files: 5, folders: 2 },
    ],
    [
      { mode: 'exclude', paths: ['docs/deep'] },
      { bytes: 3_050_004, files: 3, folders: 1 },
    ],
  ])('estimates %j', async (selection, expected) => {
    const world = await setUp();
    const body = { pointId: world.backup.pointId, selection };
    expect((await ask(world, 'estimate', body)).json).toEqual(expected);
  });

  test("is refused with a forged token, for another point, and for a stranger's", async () => {
    const world = await setUp();
    const stranger = await setUp();
    const { pointId } = world.backup;
    expect((await ask(world, 'entries', { pointId }, randomBytes(32))).status).toBe(401);
    expect((await ask(stranger, 'entries', { pointId })).status).toBe(404);
    const claims = { accountId: world.accountId, userId: 'u', op: 'entries' as const, pointId };
    const headers = { authorization: `Bearer ${signInternalToken(secret, claims, new Date())}` };
    const body = JSON.stringify({ pointId: stranger.backup.pointId });
    expect((await gateway.send('POST', '/internal/entries', { headers, body })).status).toBe(401);
    expect((await gateway.send('POST', '/internal/estimate', { headers, body })).status).toBe(401);
  });
});

describe('a download', () => {
  async function ticketFor(
    { accountId, backup }: SetUp,
    path: string,
    format: 'file' | 'tar' | 'zip' = 'file',
  ): Promise<string> {
    const user = await factories.makeUser(owner, { accountId, role: 'operator' });
    const token = newSecret('cvd');
    await owner.insert(downloadTickets).values({
      accountId,
      tokenHash: hashSecret(token),
      userId: user.id,
      pointId: backup.pointId,
      path,
      format,
      expiresAt: new Date(Date.now() + 60_000),
    });
    return `/download/${token}`;
  }

  test('sends one file as an attachment that no browser runs, once', async () => {
    const world = await setUp();
    const path = await ticketFor(world, 'big.bin');
    const reply = await gateway.send('GET', path);
    expect(reply.status).toBe(200);
    expect(reply.body.equals(tree['big.bin'] as Buffer)).toBe(true);
    expect(reply.headers).toMatchObject({
      'content-disposition': `attachment; filename="big.bin"; filename*=UTF-8''big.bin`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'no-store',
      'content-type': 'application/octet-stream',
    });
    expect((await gateway.send('GET', path)).status).toBe(410);
  });

  test('sends a range of a large file', async () => {
    const world = await setUp();
    const headers = { range: 'bytes=1234567-2345678' };
    const reply = await gateway.send('GET', await ticketFor(world, 'big.bin'), { headers });
    expect(reply.status).toBe(206);
    expect(reply.headers['content-range']).toBe('bytes 1234567-2345678/3000000');
    expect(reply.body.equals((tree['big.bin'] as Buffer).subarray(1_234_567, 2_345_679))).toBe(true);
  });

  test('sends a folder as a tar or a zip, and all of a point by the name of its source', async () => {
    const world = await setUp();
    const tar = await gateway.send('GET', await ticketFor(world, 'docs', 'tar'));
    expect(tar.headers['content-disposition']).toContain('filename="docs.tar"');
    const whole = await gateway.send('GET', await ticketFor(world, '', 'zip'));
    const listed = (bytes: Buffer, program: string[]) =>
      spawnSync(program[0]!, program.slice(1), { input: bytes, encoding: 'utf8' }).stdout.split('\n').sort();
    expect(listed(tar.body, ['tar', '-tf', '-']).filter(Boolean)).toEqual([
      'docs/a.txt',
      'docs/deep/',
      'docs/deep/b.txt',
      'docs/deep/c.txt',
    ]);
    expect(whole.body.includes('big.bin')).toBe(true);
    expect(whole.body.readUInt32LE(whole.body.length - 22)).toBe(0x06054b50);
    const wrong = await gateway.send('GET', await ticketFor(world, 'big.bin', 'tar'));
    expect(wrong.json.error.reason).toBe('not_a_folder');
  });

  test('refuses folders, paths that are not there, and users who lost their role', async () => {
    const world = await setUp();
    expect((await gateway.send('GET', await ticketFor(world, 'docs'))).json.error.reason).toBe('not_a_file');
    expect((await gateway.send('GET', await ticketFor(world, 'nowhere'))).status).toBe(404);
    const path = await ticketFor(world, 'z.txt');
    await owner.update(users).set({ role: 'auditor' }).where(eq(users.accountId, world.accountId));
    expect((await gateway.send('GET', path)).status).toBe(403);
    expect((await gateway.send('GET', '/download/cvd_nothing')).status).toBe(404);
  });
});

describe('a heartbeat', () => {
  const beat = (client: TestClient, waitSeconds: number) =>
    client.post('/v1/heartbeat', {
      version: '1',
      platform: 'linux',
      hostname: 'h',
      runningJobs: [],
      waitSeconds,
    });

  test('hears of a job the moment it is queued', async () => {
    const world = await setUp();
    const startedAt = performance.now();
    const waiting = beat(world.client, 20);
    await new Promise<void>((resolve) => {
      const look = () => (gateway.env.bell.size > 0 ? resolve() : setImmediate(look));
      look();
    });
    await owner.insert(jobs).values({
      accountId: world.accountId,
      id: newId('job'),
      kind: 'backup',
      clientId: world.client.clientId,
      vaultId: world.vaultId,
      spec: { paths: ['/x'], excludes: [], retentionDays: 7 },
      createdBy: 'test',
    });
    const reply = await waiting;
    expect(JSON.parse(reply.body.toString()).jobs).toMatchObject([{ attempt: 1, work: { kind: 'backup' } }]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test('is answered at once when it does not want to wait', async () => {
    const world = await setUp();
    expect(JSON.parse((await beat(world.client, 0)).body.toString())).toEqual({
      jobs: [],
      cancelledJobs: [],
      questions: [],
    });
  });
});

test('health and figures are there for whoever watches', async () => {
  expect((await gateway.send('GET', '/healthz')).json).toEqual({ status: 'ok' });
  const figures = (await gateway.send('GET', '/metrics')).body.toString();
  expect(figures).toContain('crossvault_gateway_requests_total{route="/healthz",status="200"}');
  expect((await gateway.send('GET', '/nothing')).status).toBe(404);
});
