import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createDatabase, type Database } from '@/db/client';
import { freePort } from '@/db/embedded/cluster';
import { readEnv } from '@/lib/env';
import { loadRegions } from '@/lib/regions';
import { Child } from '@/scripts/supervisor/child';
import { prepareDatabase, startDatabase } from '@/scripts/supervisor/database';
import { logEnd, untilLogged } from '@/scripts/supervisor/readiness';
import { prepareSecrets } from '@/scripts/supervisor/secrets';

export const root = join(import.meta.dirname, '../..');

/** A PostgreSQL and an engine of their own, as `npm start` runs them, without the web server. */
export interface Installation {
  dataFolder: string;
  gatewayUrl: string;
  owner: Database;
  app: Database;
  enginePid: number;
  postgresPid: number;
  /** A process that is stopped with the installation, or earlier. */
  startClient(configDir: string): Promise<Child>;
  stop(): Promise<void>;
}

export async function startInstallation(scratch: string): Promise<Installation> {
  const dataFolder = await mkdtemp(join(scratch, 'installation-'));
  // The database's own user has to reach its folder.
  await chmod(scratch, 0o711);
  process.env.CROSSVAULT_DATA_DIR = dataFolder;
  process.env.CROSSVAULT_GATEWAY_PORT = String(await freePort());
  for (const name of ['DATABASE_URL', 'GATEWAY_URL', 'ENGINE_URL']) delete process.env[name];
  const env = readEnv();
  loadRegions(env);
  const { secrets } = await prepareSecrets(env);
  const { server, urls } = await startDatabase(env, secrets);
  await prepareDatabase(urls.owner, secrets, join(root, 'db/migrations'));
  const common = { NODE_ENV: 'production', CROSSVAULT_DATA_DIR: dataFolder, GATEWAY_URL: env.gatewayUrl };
  const logs = join(dataFolder, 'logs');
  const engineLog = join(logs, 'engine.log');
  const from = logEnd(engineLog);
  const engine = new Child({
    name: 'The engine',
    command: [process.execPath, ...engineFlags(), join(root, 'dist/engine.js')],
    cwd: root,
    env: { ...common, DATABASE_URL: urls.engine, LOG_LEVEL: 'info' },
    logFile: engineLog,
    untilReady: (signal) => untilLogged(engineLog, from, signal),
    graceMs: 20_000,
    onRestart: failed,
  });
  await engine.start();
  const owner = createDatabase(urls.owner, { applicationName: 'bench', maxConnections: 2 });
  const app = createDatabase(urls.app, { applicationName: 'bench', maxConnections: 4 });
  return {
    dataFolder,
    gatewayUrl: env.gatewayUrl,
    owner,
    app,
    enginePid: engine.pid!,
    postgresPid: server!.pid,
    startClient: (configDir) => startClient(configDir, logs),
    async stop() {
      await Promise.all([owner.$client.end({ timeout: 5 }), app.$client.end({ timeout: 5 })]);
      await engine.stop();
      await server?.stop();
    },
  };
}

async function startClient(configDir: string, logs: string): Promise<Child> {
  await mkdir(configDir, { recursive: true });
  const client = new Child({
    name: 'The client',
    command: [
      ...[process.execPath, '--import', join(root, 'scripts/exit-with-parent.mjs')],
      ...[join(root, 'dist/crossvault.js'), 'daemon'],
    ],
    cwd: configDir,
    env: { NODE_ENV: 'production', CROSSVAULT_CLIENT_DIR: configDir },
    logFile: join(logs, 'client.log'),
    untilReady: async () => {},
    graceMs: 10_000,
    onRestart: failed,
  });
  await client.start();
  return client;
}

/** Options for a profiler, e.g. `BENCH_ENGINE_FLAGS="--cpu-prof --cpu-prof-dir=/tmp/profiles"`. */
function engineFlags(): string[] {
  return process.env.BENCH_ENGINE_FLAGS?.split(' ') ?? [];
}

function failed(why: string): never {
  throw new Error(`${why}: what was measured is worth nothing`);
}
