import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, it } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { newSigningKey } from '@/lib/audit/signing-key';
import { loadOrCreateServiceKey } from '@/lib/engine/core/service-key';
import { inlinePool } from '@/lib/engine/core/work/pool';
import { folderRegionStorage } from '@/lib/engine/vaults';
import { Campaign } from './campaign';
import { FaultyWorld } from './faulty-world';

const database = await testDatabase();
const dataFolder = await mkdtemp(join(tmpdir(), 'crossvault-kills-'));
const children = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(dataFolder, { recursive: true, force: true });
});

const campaign = new Campaign('engine kills', 0.005);
/** Two at a time: one goes on while the other one dies. */
const enginesAtOnce = 2;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The engine as it runs in an installation: a process of its own. Resolves when it serves. */
async function startEngine(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/engine/main.ts'], {
    env: {
      ...process.env,
      DATABASE_URL: database.urls.engine,
      CROSSVAULT_DATA_DIR: dataFolder,
      CROSSVAULT_GATEWAY_PORT: String(await freePort()),
      ENGINE_THREADS: '1',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.add(child);
  child.on('exit', () => children.delete(child));
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (line: Buffer) => line.includes('"ready"') && resolve());
    child.once('exit', (code) => reject(new Error(`the engine ended with ${code}`)));
  });
  return child;
}

describe('engines that are killed', () => {
  it('lose nothing, at whatever moment', { timeout: 7_200_000 }, async () => {
    const { random, tally } = campaign;
    const { key: serviceKey } = await loadOrCreateServiceKey(join(dataFolder, 'secrets', 'service.key'));
    const environment = {
      db: database.engine,
      storage: folderRegionStorage(dataFolder),
      serviceKey,
      work: inlinePool,
      auditKey: newSigningKey(),
      dataFolder,
    };
    const world = await FaultyWorld.over(environment, database, random);
    const findings: string[] = [];
    const engines = await Promise.all(Array.from({ length: enginesAtOnce }, startEngine));
    while (!campaign.isOver && findings.length === 0) {
      for (let i = 0; i < 3; i++) await world.change();
      await world.expireCopies();
      // As if the lease of the one that died had run out.
      await database.owner.execute(sql`update tickers set lease_until = now() where lease_owner is not null`);
      await database.owner.execute(sql`select wake_ticker(${world.targetAccountId})`);
      await delay(random.int(400));
      const [victim] = engines.splice(random.int(engines.length), 1);
      victim!.kill('SIGKILL');
      await once(victim!, 'exit');
      tally.faults++;
      findings.push(...(await world.examine()));
      tally.acknowledged += world.told.size;
      engines.push(await startEngine());
    }
    const startedAt = performance.now();
    await database.owner.execute(sql`update tickers set lease_until = now() where lease_owner is not null`);
    if (!(await world.awaitCopies())) tally.hung++;
    campaign.recoveredIn(performance.now() - startedAt);
    findings.push(...(await world.examine()));
    campaign.found(findings);
    expect(findings).toEqual([]);
    expect(tally.hung).toBe(0);
  });
});
