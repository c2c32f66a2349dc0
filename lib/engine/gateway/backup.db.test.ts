import { and, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import {
  auditEvents,
  backupPoints,
  chunks,
  clients,
  jobs,
  kmsKeys,
  packs,
  pins,
  pointEvents,
  tickers,
  vaults,
} from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { ManualClock } from '@/lib/clock';
import { ByteWriter } from '@/lib/engine/core/bytes';
import { computeName, nameToUuid } from '@/lib/engine/core/names';
import { loadPoint } from '@/lib/engine/core/point-store';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { encodeEntry } from '@/lib/engine/core/tree/entry-codec';
import { encodePageHeader } from '@/lib/engine/core/tree/page';
import { releaseEndedPins } from '../index/release-ended-pins';
import { createKeyMaterial, openVault } from '../vaults';
import { makeAccount, makeKey, makeVault } from '../vaults/test-environment';
import { maxBatchBytes } from '../wire-binary';
import { BackupSessions } from './backup-sessions';
import { openPoint } from './open-point';
import { TestClient, TestGateway } from './test-gateway';
import { buildTree, digestTree, readTree, type TestTree, type TreeDigest } from './test-tree';

const database = await testDatabase();
const { owner, engine } = database;
const gateway = await TestGateway.start(database);

async function setUp() {
  const account = await makeAccount(owner);
  const vaultId = await makeVault(gateway.vaults, owner, account);
  const client = await TestClient.make(gateway, owner, account.accountId);
  return { account, accountId: account.accountId, vaultId, client };
}

const sampleTree = (seed = 1): TestTree => ({
  'big.bin': noise(900_000, seed),
  docs: {
    'a.txt': prose(50_000, seed),
    'b.txt': prose(3_000, seed + 1),
    empty: {},
    'empty.txt': Buffer.alloc(0),
  },
  'z.txt': Buffer.from(`last ${seed}`),
});

async function readBack(accountId: string, pointId: string): Promise<TreeDigest> {
  const point = await openPoint(gateway.vaults, accountId, pointId);
  return digestTree(await readTree(point.rootPage, point.load));
}

async function vaultOf(vaultId: string) {
  const [vault] = await owner.select().from(vaults).where(eq(vaults.id, vaultId));
  return vault!;
}

describe('a backup', () => {
  test('makes a point that reads back byte for byte, with its event, audit, counters and manifest', async () => {
    const { accountId, vaultId, client } = await setUp();
    const tree = sampleTree();
    const { pointId, totals, addedBytes, jobId } = await client.backUp(vaultId, tree);
    expect(await readBack(accountId, pointId)).toEqual(digestTree(tree));

    const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, pointId));
    expect(point).toMatchObject({
      sourceBytes: totals.bytes,
      fileCount: totals.files,
      folderCount: 2,
      addedBytes,
    });
    const vault = await vaultOf(vaultId);
    expect(vault).toMatchObject({
      head: 1,
      pointCount: 1,
      sourceBytes: totals.bytes,
      storedBytes: addedBytes,
    });
    const events = await owner.select().from(pointEvents).where(eq(pointEvents.vaultId, vaultId));
    expect(events).toMatchObject([{ seq: 1, kind: 'committed', pointId }]);
    const audit = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, pointId));
    expect(audit).toMatchObject([
      { action: 'backup_points.create', actorKind: 'client', actorId: client.clientId },
    ]);
    const [job] = await owner.select().from(jobs).where(eq(jobs.id, jobId));
    expect(job).toMatchObject({ status: 'complete', pointId });
    const opened = await openVault(gateway.vaults, { accountId, vaultId });
    const manifest = await loadPoint(opened.store, opened.keys, pointId);
    expect(manifest).toMatchObject({ vaultId, root: { totals }, paths: ['/data'], parentPointId: null });
    const [ticker] = await owner.select().from(tickers).where(eq(tickers.accountId, accountId));
    expect(ticker!.dueAt).not.toBeNull();
  });

  test('fixes when its point is archived, from the policy and never from the host', async () => {
    const { vaultId, client } = await setUp();
    const archiving = { retentionDays: 90, archiveAfterDays: 30 };
    const dates = async (spec: object) => {
      const reply = await client.post('/v1/jobs', { vaultId, spec: { paths: ['/data'], ...archiving } });
      const jobId: string = reply.json.jobId;
      const [asked] = await owner.select().from(jobs).where(eq(jobs.id, jobId));
      expect(asked!.spec).not.toHaveProperty('archiveAfterDays');
      await owner
        .update(jobs)
        .set({ spec: { paths: ['/data'], ...spec } })
        .where(eq(jobs.id, jobId));
      const { json: begun } = await client.begin(jobId);
      const built = await buildTree(Buffer.from(begun.namingKey, 'base64'), sampleTree());
      await client.sendChunks(jobId, built.chunks);
      const { json } = await client.commit(jobId, built.root);
      const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, json.pointId));
      return point!;
    };
    const point = await dates(archiving);
    expect(point.archiveAt!.getTime() - point.createdAt.getTime()).toBe(30 * 86_400_000);
    expect((await dates({ retentionDays: 89, archiveAfterDays: 30 })).archiveAt).toBe(null);
    expect((await dates({ retentionDays: 90 })).archiveAt).toBe(null);
  });

  test('leaves no pin behind, neither on the vault nor on its packs', async () => {
    const { vaultId, client } = await setUp();
    await client.backUp(vaultId, sampleTree());
    expect(await owner.select().from(pins).where(eq(pins.vaultId, vaultId))).toEqual([]);
    const held = await owner.select().from(packs).where(eq(packs.vaultId, vaultId));
    expect(held.length).toBeGreaterThan(0);
    expect(held.every((pack) => pack.pinNo === null)).toBe(true);
  });

  test('sends only what changed since the parent, and the parent stays as it was', async () => {
    const { accountId, vaultId, client } = await setUp();
    const first = await client.backUp(vaultId, sampleTree());
    const changed = { ...sampleTree(), 'z.txt': Buffer.from('new text') };
    const second = await client.backUp(vaultId, changed);
    expect(second.begun.parent).toEqual({
      pointId: first.pointId,
      rootPage: Buffer.from(first.root).toString('hex'),
    });
    expect(second.sent).toBe(2);
    expect(await readBack(accountId, second.pointId)).toEqual(digestTree(changed));
    expect(await readBack(accountId, first.pointId)).toEqual(digestTree(sampleTree()));
  });

  test('of an unchanged tree sends nothing and still makes a point', async () => {
    const { accountId, vaultId, client } = await setUp();
    await client.backUp(vaultId, sampleTree());
    const second = await client.backUp(vaultId, sampleTree());
    expect(second).toMatchObject({ sent: 0, addedBytes: 0 });
    expect(await readBack(accountId, second.pointId)).toEqual(digestTree(sampleTree()));
  });

  test('of other paths has no parent', async () => {
    const { vaultId, client } = await setUp();
    await client.backUp(vaultId, sampleTree(), ['/data']);
    const other = await client.backUp(vaultId, sampleTree(), ['/data', '/etc']);
    expect(other.begun.parent).toBeNull();
    expect(other.sent).toBe(other.chunks.length);
  });

  test('stores once what two sources have in common, and tells neither', async () => {
    const { accountId, vaultId, client } = await setUp();
    const other = await TestClient.make(gateway, owner, accountId);
    const first = await client.backUp(vaultId, sampleTree());
    const second = await other.backUp(vaultId, sampleTree());
    expect(second.sent).toBe(second.chunks.length);
    expect(second.addedBytes).toBe(0);
    expect((await vaultOf(vaultId)).storedBytes).toBe(first.addedBytes);
    expect(await readBack(accountId, second.pointId)).toEqual(digestTree(sampleTree()));
  });

  test('hands the pages of its parent to a client that has lost its cache, and nothing else', async () => {
    const { vaultId, client } = await setUp();
    const first = await client.backUp(vaultId, sampleTree());
    const jobId = await client.startBackup(vaultId);
    await client.begin(jobId);
    const [page] = await client.fetch(jobId, [first.root], 'backup/parent-pages');
    expect(page).toMatchObject({ type: 'tree' });
    const data = first.chunks.find((chunk) => chunk.type === 'data')!;
    await expect(client.fetch(jobId, [data.name], 'backup/parent-pages')).rejects.toThrow('not_found');
  });

  test('that is committed twice makes one point', async () => {
    const { vaultId, client } = await setUp();
    const jobId = await client.startBackup(vaultId);
    const { json } = await client.begin(jobId);
    const built = await buildTree(Buffer.from(json.namingKey, 'base64'), sampleTree());
    await client.sendChunks(jobId, built.chunks);
    const answers = await Promise.all(Array.from({ length: 6 }, () => client.commit(jobId, built.root)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.json.pointId)).size).toBe(1);
    expect((await vaultOf(vaultId)).pointCount).toBe(1);
    // The pin ends with the commit itself: a client that never comes back to finish holds nothing.
    expect(await owner.select().from(pins).where(eq(pins.vaultId, vaultId))).toEqual([]);
  });
});

describe('a backup that is interrupted', () => {
  test('goes on in another engine with what had become durable', async () => {
    const { accountId, vaultId, client } = await setUp();
    const jobId = await client.startBackup(vaultId);
    const { json } = await client.begin(jobId);
    const built = await buildTree(Buffer.from(json.namingKey, 'base64'), sampleTree());
    await client.sendChunks(jobId, built.chunks.slice(0, 3));
    await gateway.env.backups.end(jobId);

    const second = client.at(await TestGateway.over(gateway.vaults));
    await second.begin(jobId);
    const flags = await second.known(
      jobId,
      built.chunks.map(({ name }) => name),
    );
    expect(flags.slice(0, 3)).toEqual([1, 1, 1]);
    expect(flags.slice(3).every((flag) => flag === 0)).toBe(true);
    await second.sendChunks(jobId, built.chunks.slice(3));
    const committed = await second.commit(jobId, built.root);
    expect(committed.status).toBe(200);
    expect(await readBack(accountId, committed.json.pointId)).toEqual(digestTree(sampleTree()));
  });

  test('says which chunks are missing when an engine lost them, and takes them again', async () => {
    const { vaultId, client } = await setUp();
    const jobId = await client.startBackup(vaultId);
    const { json } = await client.begin(jobId);
    const built = await buildTree(Buffer.from(json.namingKey, 'base64'), sampleTree());
    await client.sendChunks(jobId, built.chunks);
    // Nothing was flushed: a second engine sees what a restarted one would.
    const second = client.at(await TestGateway.over(gateway.vaults));
    const refused = await second.commit(jobId, built.root);
    expect(refused.json.error).toMatchObject({ code: 'invalid_input', reason: 'chunks_missing' });
    expect(refused.json.error.missing).toEqual([Buffer.from(built.root).toString('hex')]);
    await second.begin(jobId);
    await second.sendChunks(jobId, built.chunks);
    expect((await second.commit(jobId, built.root)).status).toBe(200);
  });

  test('releases its pin when it is given up, at the latest with the next tick', async () => {
    const { accountId, vaultId, client } = await setUp();
    const jobId = await client.startBackup(vaultId);
    await client.begin(jobId);
    expect(await releaseEndedPins(engine, accountId)).toBe(0);
    await owner.update(jobs).set({ status: 'failed' }).where(eq(jobs.id, jobId));
    expect(await releaseEndedPins(engine, accountId)).toBe(1);
    expect(await owner.select().from(pins).where(eq(pins.vaultId, vaultId))).toEqual([]);
    const failed = await client.startBackup(vaultId);
    await client.begin(failed);
    await client.finish(failed, 'failed');
    expect(await owner.select().from(pins).where(eq(pins.vaultId, vaultId))).toEqual([]);
  });
});

describe('a hostile client', () => {
  test('without a credential, with a wrong one, or revoked gets nowhere', async () => {
    const { vaultId, client } = await setUp();
    const body = JSON.stringify({ vaultId, spec: { paths: ['/x'] } });
    for (const authorization of ['', 'Bearer nonsense', `Basic ${client.credential}`]) {
      const headers = { ...client.headers(), authorization };
      expect((await gateway.send('POST', '/v1/jobs', { body, headers })).status).toBe(401);
    }
    const jobId = await client.startBackup(vaultId);
    await owner.update(clients).set({ revokedAt: new Date() }).where(eq(clients.id, client.clientId));
    expect((await client.begin(jobId)).status).toBe(401);
  });

  test("finds another account's, or another client's, job as missing as one that never was", async () => {
    const { accountId, vaultId, client } = await setUp();
    const jobId = await client.startBackup(vaultId);
    await client.begin(jobId);
    const stranger = (await setUp()).client;
    const sibling = await TestClient.make(gateway, owner, accountId);
    for (const other of [stranger, sibling]) {
      const replies = [
        await other.begin(jobId),
        await other.sendChunks(jobId, []),
        await other.commit(jobId, Buffer.alloc(16)),
        await other.finish(jobId),
      ];
      const missing = await other.begin('job-missing');
      for (const reply of replies) {
        expect(reply.status).toBe(404);
        expect(reply.json.error.message).toBe(missing.json.error.message);
      }
    }
    const foreignVault = await stranger.post('/v1/jobs', { vaultId, spec: { paths: ['/x'] } });
    expect(foreignVault.status).toBe(404);
  });

  test.each([0, -2, -1])('cannot claim a chunk that it has not sent (%i)', async (at) => {
    const { vaultId, client } = await setUp();
    const jobId = await client.startBackup(vaultId);
    const { json } = await client.begin(jobId);
    const built = await buildTree(Buffer.from(json.namingKey, 'base64'), sampleTree());
    await client.sendChunks(jobId, built.chunks.toSpliced(at, 1));
    const refused = await client.commit(jobId, built.root);
    expect(refused.json.error).toMatchObject({
      reason: 'chunks_missing',
      missing: [Buffer.from(built.chunks.at(at)!.name).toString('hex')],
    });
    expect((await vaultOf(vaultId)).pointCount).toBe(0);
  });

  test("cannot claim another source's chunk by its name, nor learn that it is there", async () => {
    const { accountId, vaultId, client } = await setUp();
    const secret = noise(40_000, 99);
    await client.backUp(vaultId, { 'secret.bin': secret });
    const thief = await TestClient.make(gateway, owner, accountId);
    const jobId = await thief.startBackup(vaultId);
    const { json } = await thief.begin(jobId);
    const key = Buffer.from(json.namingKey, 'base64');
    const built = await buildTree(key, { 'secret.bin': secret });
    const data = built.chunks.find((chunk) => chunk.type === 'data')!;
    expect(await thief.known(jobId, [data.name])).toEqual([0]);
    // The page itself is honestly sent; only the secret's bytes are not.
    await thief.sendChunks(
      jobId,
      built.chunks.filter((chunk) => chunk.type === 'tree'),
    );
    const refused = await thief.commit(jobId, built.root);
    expect(refused.json.error).toMatchObject({ reason: 'chunks_missing' });
  });

  test("cannot pass other bytes off as another source's chunk", async () => {
    const { accountId, vaultId, client } = await setUp();
    const first = await client.backUp(vaultId, { 'secret.bin': noise(40_000, 98) });
    const data = first.chunks.find((chunk) => chunk.type === 'data')!;
    const thief = await TestClient.make(gateway, owner, accountId);
    const jobId = await thief.startBackup(vaultId);
    await thief.begin(jobId);
    const refused = await thief.sendChunks(jobId, [{ ...data, bytes: Buffer.alloc(data.bytes.length) }]);
    expect(refused.json.error).toMatchObject({ code: 'invalid_input', reason: 'chunk_name_mismatch' });
    expect(await thief.known(jobId, [data.name])).toEqual([0]);
  });

  test('cannot store bytes under a name that is not theirs', async () => {
    const { vaultId, client } = await setUp();
    const jobId = await client.startBackup(vaultId);
    const { json } = await client.begin(jobId);
    const key = Buffer.from(json.namingKey, 'base64');
    const name = computeName(key, 'data', Buffer.from('honest'));
    const sent = await client.sendChunks(jobId, [{ name, type: 'data', bytes: Buffer.from('forged') }]);
    const committed = await client.commit(jobId, name);
    const errors = [sent, committed].map((reply) => reply.json.error?.reason);
    expect(errors).toContain('chunk_name_mismatch');
    expect(
      await owner
        .select()
        .from(chunks)
        .where(eq(chunks.name, nameToUuid(name))),
    ).toEqual([]);
    // The job is not lost with its session.
    const built = await buildTree(key, sampleTree());
    await client.begin(jobId);
    await client.sendChunks(jobId, built.chunks);
    expect((await client.commit(jobId, built.root)).status).toBe(200);
  });

  test('cannot commit a data chunk, a content page or noise as the root of a tree', async () => {
    const { vaultId, client } = await setUp();
    const jobId = await client.startBackup(vaultId);
    const { json } = await client.begin(jobId);
    const key = Buffer.from(json.namingKey, 'base64');
    const bytes = noise(500, 5);
    const asPage = { name: computeName(key, 'tree', bytes), type: 'tree' as const, bytes };
    const asData = { name: computeName(key, 'data', bytes), type: 'data' as const, bytes };
    await client.sendChunks(jobId, [asPage, asData]);
    for (const { name } of [asPage, asData]) {
      expect((await client.commit(jobId, name)).json.error).toMatchObject({ reason: 'tree_malformed' });
    }
  });

  test('cannot refer to a file of its parent as if it were a folder', async () => {
    const { vaultId, client } = await setUp();
    const first = await client.backUp(vaultId, sampleTree());
    const jobId = await client.startBackup(vaultId);
    const { json } = await client.begin(jobId);
    const key = Buffer.from(json.namingKey, 'base64');
    const data = first.chunks.find((chunk) => chunk.type === 'data')!;
    const entry = new ByteWriter();
    const meta = { name: Buffer.from('x'), mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n };
    encodeEntry(entry, { ...meta, type: 'dir', root: data.name, totals: { files: 0, dirs: 0, bytes: 0 } });
    const bytes = Buffer.concat([encodePageHeader('dir', 0, 1), entry.finish()]);
    const page = { name: computeName(key, 'tree', bytes), type: 'tree' as const, bytes };
    await client.sendChunks(jobId, [page]);
    expect((await client.commit(jobId, page.name)).json.error).toMatchObject({ reason: 'tree_malformed' });
  });

  test('of one account leaves room for those of others', async () => {
    const sessions = new BackupSessions(gateway.vaults, { sessions: 3, perAccount: 2 });
    const open = async ({ accountId, vaultId, client }: Awaited<ReturnType<typeof setUp>>) => {
      const [jobId, { clientId }] = [await client.startBackup(vaultId), client];
      return sessions.get({ accountId, clientId, jobId, kind: 'backup', attempt: 1 });
    };
    const [busy, calm] = [await setUp(), await setUp()];
    await open(busy);
    await open(busy);
    await expect(open(busy)).rejects.toMatchObject({ code: 'rate_limited' });
    await open(calm);
    await expect(open(calm)).rejects.toMatchObject({ code: 'rate_limited' });
    await sessions.close();
  });

  test('is stopped when its attempt was taken over, or its job has ended', async () => {
    const { vaultId, client } = await setUp();
    const jobId = await client.startBackup(vaultId);
    await client.begin(jobId);
    await owner.update(jobs).set({ attempt: 2 }).where(eq(jobs.id, jobId));
    for (const reply of [
      await client.begin(jobId),
      await client.sendChunks(jobId, []),
      await client.commit(jobId, Buffer.alloc(16)),
      await client.finish(jobId),
    ]) {
      expect(reply.status).toBe(409);
      expect(reply.json.error.reason).toBe('attempt_superseded');
    }
    await owner.update(jobs).set({ attempt: 1, status: 'cancelled' }).where(eq(jobs.id, jobId));
    expect((await client.sendChunks(jobId, [])).json.error.reason).toBe('job_not_running');
  });

  test('is refused bodies that are too long, cut off or not what they should be', async () => {
    const { vaultId, client } = await setUp();
    const jobId = await client.startBackup(vaultId);
    await client.begin(jobId);
    const path = `/v1/jobs/${jobId}/backup`;
    const long = Buffer.alloc(maxBatchBytes + 1);
    expect((await client.postBytes(`${path}/known`, long)).status).toBe(413);
    expect((await client.postBytes(`${path}/chunks`, long.subarray(0, 1000))).status).toBe(400);
    const header = Buffer.alloc(21, 255);
    expect((await client.postBytes(`${path}/chunks`, header)).status).toBe(400);
    expect((await client.postBytes(`${path}/known`, Buffer.alloc(17))).status).toBe(400);
    expect(
      (await gateway.send('POST', `${path}/begin`, { headers: client.headers(), body: '{' })).status,
    ).toBe(400);
    expect((await client.post(`${path}/commit`, { attempt: 1 })).status).toBe(400);
    const noAttempt = await gateway.send('POST', `${path}/known`, { headers: client.headers() });
    expect(noAttempt.status).toBe(400);
    const old = { ...client.headers(), 'x-crossvault-protocol': '0' };
    expect((await gateway.send('GET', '/v1/vaults', { headers: old })).json.error.reason).toBe(
      'protocol_unsupported',
    );
  });

  test('with a wrong clock cannot make its point expire early or stay for ever', async () => {
    const { vaultId, client } = await setUp();
    for (const capturedAt of ['1999-01-01T00:00:00Z', '2999-01-01T00:00:00Z']) {
      const jobId = await client.startBackup(vaultId);
      const { json } = await client.begin(jobId);
      const built = await buildTree(Buffer.from(json.namingKey, 'base64'), sampleTree());
      await client.sendChunks(jobId, built.chunks);
      const { json: committed } = await client.commit(jobId, built.root, {
        startedAt: capturedAt,
        capturedAt,
      });
      const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, committed.pointId));
      const days = (point!.expiresAt.getTime() - Date.now()) / 86_400_000;
      expect(days).toBeGreaterThan(29.9);
      expect(days).toBeLessThan(30.1);
    }
  });

  test('through an engine with a wrong clock expires no earlier for it', async () => {
    const { vaultId, client } = await setUp();
    const past = new ManualClock(new Date('2001-01-01T00:00:00Z'));
    const slow = await TestGateway.over(gateway.vaults, Buffer.alloc(32, 7), past);
    const { pointId } = await client.at(slow).backUp(vaultId, sampleTree());
    const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, pointId));
    expect(point!.expiresAt.getTime()).toBeGreaterThan(Date.now() + 29.9 * 86_400_000);
  });

  test('sees a key that is disabled in the middle of its backup at the next request', async () => {
    const account = await makeAccount(owner);
    const keyId = await makeKey(owner, account.accountId);
    await createKeyMaterial(gateway.vaults, { accountId: account.accountId, keyId });
    const vaultId = await makeVault(gateway.vaults, owner, account, { kmsKeyId: keyId });
    const client = await TestClient.make(gateway, owner, account.accountId);
    const jobId = await client.startBackup(vaultId);
    const { json } = await client.begin(jobId);
    const built = await buildTree(Buffer.from(json.namingKey, 'base64'), sampleTree());
    expect((await client.sendChunks(jobId, built.chunks)).status).toBe(200);
    await owner.update(kmsKeys).set({ state: 'disabled' }).where(eq(kmsKeys.id, keyId));
    expect((await client.sendChunks(jobId, built.chunks)).status).toBe(424);
    expect((await client.commit(jobId, built.root)).json.error.code).toBe('key_unavailable');
    await inAccount(engine, account.accountId, (tx) =>
      tx
        .update(kmsKeys)
        .set({ state: 'enabled' })
        .where(and(eq(kmsKeys.id, keyId), eq(kmsKeys.accountId, account.accountId))),
    );
    expect((await client.commit(jobId, built.root)).status).toBe(200);
  });
});
