import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eq } from 'drizzle-orm';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { backupPoints, clients, packs, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newSigningKey } from '@/lib/audit/signing-key';
import { loadOrCreateServiceKey } from './core/service-key';
import { noise } from './core/test-bytes';
import { inlinePool } from './core/work/pool';
import { openPoint } from './gateway/open-point';
import { GatewayAddress, TestClient } from './gateway/test-gateway';
import { buildTree, digestTree, readTree, type TestTree } from './gateway/test-tree';
import { folderRegionStorage, initialiseVault, type VaultEnvironment } from './vaults';
import { makeAccount, makeVaultRow } from './vaults/test-environment';

const database = await testDatabase();
const { owner, urls } = database;
const dataFolder = await mkdtemp(join(tmpdir(), 'crossvault-engine-'));
const running = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(dataFolder, { recursive: true, force: true });
});

interface EngineProcess {
  child: ChildProcess;
  gateway: GatewayAddress;
  ended: Promise<number | null>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function startProcess(): Promise<EngineProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/engine/main.ts'], {
    env: {
      ...process.env,
      DATABASE_URL: urls.engine,
      CROSSVAULT_DATA_DIR: dataFolder,
      CROSSVAULT_GATEWAY_PORT: String(await freePort()),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.add(child);
  const ended = once(child, 'exit').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    const entry = JSON.parse(line) as { msg: string; port: number };
    if (entry.msg !== 'ready') continue;
    child.stdout!.resume();
    const cert = await readFile(join(dataFolder, 'tls', 'gateway.crt'), 'utf8');
    return { child, gateway: new GatewayAddress(entry.port, cert), ended };
  }
  throw new Error('The engine ended before it was ready');
}

async function environmentHere(): Promise<VaultEnvironment> {
  const { key: serviceKey } = await loadOrCreateServiceKey(join(dataFolder, 'secrets', 'service.key'));
  return {
    db: database.engine,
    storage: folderRegionStorage(dataFolder),
    serviceKey,
    work: inlinePool,
    auditKey: newSigningKey(),
  };
}

async function makeReadyVault() {
  const account = await makeAccount(owner);
  const vaultId = await makeVaultRow(owner, account);
  await initialiseVault(await environmentHere(), { accountId: account.accountId, vaultId });
  return { accountId: account.accountId, vaultId };
}

const tree: TestTree = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`file-${String(i).padStart(2, '0')}`, noise(1_500_000, i + 1)]),
);

describe('an engine process', () => {
  test('that is killed in the middle of a backup loses nothing that was durable', async () => {
    const { accountId, vaultId } = await makeReadyVault();
    const first = await startProcess();
    const client = await TestClient.make(first.gateway, owner, accountId);
    const jobId = await client.startBackup(vaultId);
    const { json } = await client.begin(jobId);
    const built = await buildTree(Buffer.from(json.namingKey, 'base64'), tree);
    const half = built.chunks.slice(0, Math.floor(built.chunks.length * 0.8));
    for (let at = 0; at < half.length; at += 12) await client.sendChunks(jobId, half.slice(at, at + 12));
    // What was taken is stored in the background.
    await vi.waitFor(
      async () => expect(await owner.$count(packs, eq(packs.vaultId, vaultId))).toBeGreaterThan(0),
      { timeout: 30_000, interval: 10 },
    );
    first.child.kill('SIGKILL');
    await first.ended;

    const second = await startProcess();
    const again = client.at(second.gateway);
    await again.begin(jobId);
    const flags = await again.known(
      jobId,
      built.chunks.map(({ name }) => name),
    );
    const known = flags.filter(Boolean).length;
    expect(known).toBeGreaterThan(0);
    expect(known).toBeLessThanOrEqual(half.length);
    const rest = built.chunks.filter((_, i) => !flags[i]);
    for (let at = 0; at < rest.length; at += 12) await again.sendChunks(jobId, rest.slice(at, at + 12));
    const committed = await again.commit(jobId, built.root);
    expect(committed.status).toBe(200);
    const point = await openPoint(await environmentHere(), accountId, committed.json.pointId);
    expect(digestTree(await readTree(point.rootPage, point.load))).toEqual(digestTree(tree));
    const [vault] = await owner.select().from(vaults).where(eq(vaults.id, vaultId));
    // What was in flight at the kill was stored twice at most: nothing of it is counted before it is durable.
    expect(vault!.storedBytes).toBeLessThan(built.totals.bytes * 1.01);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  }, 60_000);

  test('drains when its parent goes away: what it had taken is durable', async () => {
    const { accountId, vaultId } = await makeReadyVault();
    const engine = await startProcess();
    const client = await TestClient.make(engine.gateway, owner, accountId);
    const jobId = await client.startBackup(vaultId);
    const { json } = await client.begin(jobId);
    const built = await buildTree(Buffer.from(json.namingKey, 'base64'), { 'a.bin': noise(100_000, 3) });
    await client.sendChunks(jobId, built.chunks);
    await owner.update(clients).set({ lastHeartbeatAt: null }).where(eq(clients.id, client.clientId));
    const waiting = client.post('/v1/heartbeat', {
      version: '1',
      platform: 'linux',
      hostname: 'h',
      runningJobs: [jobId],
      waitSeconds: 20,
    });
    await vi.waitFor(async () => {
      const [row] = await owner.select().from(clients).where(eq(clients.id, client.clientId));
      expect(row!.lastHeartbeatAt).not.toBeNull();
    });
    engine.child.stdin!.end();
    expect((await waiting).status).toBe(200);
    expect(await engine.ended).toBe(0);
    expect(await owner.select().from(packs).where(eq(packs.vaultId, vaultId))).not.toEqual([]);

    const next = await startProcess();
    const again = client.at(next.gateway);
    await again.begin(jobId);
    expect((await again.commit(jobId, built.root)).status).toBe(200);
    expect(await owner.select().from(backupPoints).where(eq(backupPoints.vaultId, vaultId))).toHaveLength(1);
    next.child.stdin!.end();
    expect(await next.ended).toBe(0);
  }, 60_000);
});
