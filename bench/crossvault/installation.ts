import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createDatabase, type Database } from '@/db/client';
import { freePort } from '@/db/embedded/cluster';
import { readEnv } from '@/lib/env';
import { loadRegions } from '@/lib/regions';
import { Child } from '@/scripts/supervisor/child';
import { prepareDatabase, startDatabase } from '@/scripts/supervisor/database';
import { engineFlags, engineMemory } from '@/scripts/supervisor/engine-flags';
import { logEnd, untilLogged } from '@/scripts/supervisor/readiness';
import { prepareSecrets } from '@/scripts/supervisor/secrets';
import { webChild } from '@/scripts/supervisor/web-child';

export const root = join(import.meta.dirname, '../..');

export interface InstallationOptions {
  /** The Node that engine and client run under; by default the one that runs the benchmark. */
  node?: string;
  /** Settings of the installation, as an operator gives them. */
  settings?: Record<string, string>;
}

/** A PostgreSQL and an engine of their own, as `npm start` runs them; the web server only where it is asked for. */
export interface Installation {
  dataFolder: string;
  node: string;
  gatewayUrl: string;
  owner: Database;
  app: Database;
  readonly enginePid: number;
  postgresPid: number;
  /** Verbs in this process act on this installation from now on; several may run. */
  use(): void;
  /** A process that is stopped with the installation, or earlier. @param within a command that runs a command. */
  startClient(configDir: string, within?: string[]): Promise<Child>;
  /** The console, stopped with the installation. @returns its address. */
  startWeb(): Promise<string>;
  /** Ends the engine and starts it again, with nothing read yet. */
  restartEngine(): Promise<void>;
  /** What the engine tells a collector. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

const ownSettings = [
  'DATABASE_URL',
  'GATEWAY_URL',
  'ENGINE_URL',
  'CROSSVAULT_HOST',
  'CROSSVAULT_REGIONS_FILE',
];

export async function startInstallation(
  scratch: string,
  { node = process.execPath, settings = {} }: InstallationOptions = {},
): Promise<Installation> {
  // Short: sockets of machines lie below, and their paths have a limit
  const dataFolder = await mkdtemp(join(scratch, 'i-'));
  // The database's own user has to reach its folder.
  await chmod(scratch, 0o711);
  const port = String(await freePort());
  const use = () => {
    for (const name of ownSettings) delete process.env[name];
    const given = {
      ...settings,
      ...(settings.GATEWAY_URL && { GATEWAY_URL: `${settings.GATEWAY_URL}:${port}` }),
    };
    Object.assign(process.env, given, { CROSSVAULT_DATA_DIR: dataFolder, CROSSVAULT_GATEWAY_PORT: port });
    const env = readEnv();
    loadRegions(env);
    return env;
  };
  const env = use();
  const { secrets } = await prepareSecrets(env);
  const { server, urls } = await startDatabase(env, secrets);
  await prepareDatabase(urls.owner, secrets, join(root, 'db/migrations'));
  const logs = join(dataFolder, 'logs');
  const makeEngine = () =>
    engineOf(node, logs, {
      ...settings,
      NODE_ENV: 'production',
      CROSSVAULT_DATA_DIR: dataFolder,
      CROSSVAULT_GATEWAY_PORT: port,
      GATEWAY_URL: env.gatewayUrl,
      DATABASE_URL: urls.engine,
      LOG_LEVEL: 'info',
    });
  let engine = makeEngine();
  await engine.start();
  const owner = createDatabase(urls.owner, { applicationName: 'bench', maxConnections: 2 });
  const app = createDatabase(urls.app, { applicationName: 'bench', maxConnections: 4 });
  let web: Child | null = null;
  return {
    dataFolder,
    node,
    gatewayUrl: env.gatewayUrl,
    owner,
    app,
    get enginePid() {
      return engine.pid!;
    },
    postgresPid: server!.pid,
    use: () => void use(),
    startClient: (configDir, within) => startClient(node, configDir, logs, within),
    async startWeb() {
      const webEnv = { ...env, webPort: await freePort() };
      const webUrl = `http://${env.host}:${webEnv.webPort}`;
      const databaseUrl = urls.app;
      const init = { root, env: webEnv, isDevelopment: false, onRestart: failed };
      web = webChild({ ...init, webUrl, databaseUrl, secrets });
      await web.start();
      return webUrl;
    },
    async restartEngine() {
      await engine.stop();
      engine = makeEngine();
      await engine.start();
    },
    metrics: () => readMetrics(Number(port)),
    async stop() {
      await web?.stop();
      await Promise.all([owner.$client.end({ timeout: 5 }), app.$client.end({ timeout: 5 })]);
      await engine.stop();
      await server?.stop();
    },
  };
}

function engineOf(node: string, logs: string, env: Record<string, string>): Child {
  const logFile = join(logs, 'engine.log');
  const from = logEnd(logFile);
  return new Child({
    name: 'The engine',
    command: [node, ...engineFlags, ...profilerFlags(), join(root, 'dist/engine.js')],
    cwd: root,
    env: { ...env, ...engineMemory },
    logFile,
    untilReady: (signal) => untilLogged(logFile, from, signal),
    graceMs: 20_000,
    onRestart: failed,
  });
}

async function startClient(
  node: string,
  configDir: string,
  logs: string,
  within: string[] = [],
): Promise<Child> {
  await mkdir(configDir, { recursive: true });
  const client = new Child({
    name: 'The client',
    command: [
      ...[...within, node, '--import', join(root, 'scripts/exit-with-parent.mjs')],
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

/** From this machine, as a collector would; nothing secret is in it. */
async function readMetrics(port: number): Promise<string> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path: '/metrics',
      rejectUnauthorized: false,
      agent: false,
    });
    asked.once('response', resolve).once('error', reject).end();
  });
  return text(answer);
}

/** Options for a profiler, e.g. `BENCH_ENGINE_FLAGS="--cpu-prof --cpu-prof-dir=/tmp/profiles"`. */
function profilerFlags(): string[] {
  return process.env.BENCH_ENGINE_FLAGS?.split(' ') ?? [];
}

function failed(why: string): never {
  throw new Error(`${why}: what was measured is worth nothing`);
}
