import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readPriceList } from '@/lib/billing/read-price-list';
import { type Env, readEnv } from '@/lib/env';
import { loadRegions } from '@/lib/regions';
import { requirePorts } from '../setup/preflight.mjs';
import { step } from '../setup/progress.mjs';
import { announce, announceServiceKey } from './announce';
import { Child } from './child';
import { prepareDatabase, type RunningDatabase, startDatabase } from './database';
import { makeDemo, readDemo } from './demo';
import { demoClients } from './demo-clients';
import { engineFlags, engineMemory } from './engine-flags';
import { logEnd, untilLogged } from './readiness';
import { claimDataFolder, type Run, recordRun, releaseDataFolder } from './run-file';
import { prepareSecrets, type Secrets } from './secrets';
import { type ChildInit, commonEnv, webChild } from './web-child';

export interface SupervisorOptions {
  /** The checkout. */
  root: string;
  /** Runs engine and console from their sources. */
  isDevelopment: boolean;
  /** When the command was given, in milliseconds of `performance.now()`. */
  startedAt: number;
}

const watchMs = 1000;
const engineGraceMs = 45_000;

/**
 * Runs one installation until a signal comes: PostgreSQL, then engine and web server, restarted when they die; stopped
 * in the opposite order, so that the engine can write down where it stands.
 */
export async function run({ root, isDevelopment, startedAt }: SupervisorOptions): Promise<void> {
  const env = readEnv();
  const webUrl = process.env.NEXTAUTH_URL ?? `http://${env.host}:${env.webPort}`;
  const stoppers: (() => Promise<void> | void)[] = [];
  let stopping: Promise<void> | undefined;
  /** Of a second signal too: the stop that has begun goes on. */
  const stop = () => {
    stopping ??= stopAll(stoppers);
    return stopping;
  };
  const leave = async () => {
    if (!stopping) console.log('\nStopping: work in progress is put down where the next start takes it up.');
    await stop();
    console.log('Stopped.');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void leave());

  try {
    await claimDataFolder(env.dataFolder, webUrl);
    stoppers.push(() => releaseDataFolder(env.dataFolder));
    await requirePorts();
    loadRegions(env);
    readPriceList(env.priceListFile);
    const { secrets, isServiceKeyNew } = await prepareSecrets(env);
    const record: Run = { supervisor: process.pid, webUrl };
    const note = (name: 'postgres' | 'engine' | 'web') => (pid: number) => {
      record[name] = pid;
      recordRun(env.dataFolder, record);
    };
    const starting = startDatabase(env, secrets);
    // A signal that comes while the server starts must stop it too
    stoppers.push(async () => (await starting.catch(() => null))?.server?.stop());
    const database = await step('Starting PostgreSQL', () => starting);
    if (database.server) stoppers.push(keepRunning(database.server, note('postgres')));
    await prepareTables(root, database, secrets);
    if (stopping) return;

    const onRestart = (why: string) => console.error(`crossvault: ${why}.`);
    const childOf = (name: 'engine' | 'web') => ({
      root,
      env,
      isDevelopment,
      onRestart,
      onReady: note(name),
    });
    const engine = engineChild({ ...childOf('engine'), databaseUrl: database.urls.engine });
    const web = webChild({ ...childOf('web'), webUrl, databaseUrl: database.urls.app, secrets });
    stoppers.push(() => engine.stop());
    await step('Starting the engine', () => engine.start());
    if (stopping) return;
    stoppers.push(() => web.stop());
    await step('Starting the console', () => web.start());

    if (isServiceKeyNew) announceServiceKey(env.serviceKeyFile);
    const signIns = await demoSignIns(env, database, join(root, 'dist'));
    const clients = stopping ? [] : demoClients({ root, env, onRestart });
    stoppers.push(async () => void (await Promise.all(clients.map((client) => client.stop()))));
    await Promise.all(clients.map((client) => client.start()));
    if (!stopping)
      announce(env, webUrl, database.server?.folder, signIns, (performance.now() - startedAt) / 1000);
  } catch (error) {
    if (stopping) return;
    await stop();
    throw error;
  }
}

async function stopAll(stoppers: (() => Promise<void> | void)[]): Promise<void> {
  for (const stopOne of stoppers.reverse()) {
    try {
      await stopOne();
    } catch (error) {
      console.error(error);
    }
  }
}

async function prepareTables(root: string, { urls }: RunningDatabase, secrets: Secrets): Promise<void> {
  const applied = await prepareDatabase(urls.owner, secrets, join(root, 'db/migrations'));
  if (applied.length > 0) console.log(`Migrated the database: ${applied.length} applied.`);
}

/** PostgreSQL restarts its own backends; only when the whole of it is gone is there something to do. */
function keepRunning(
  server: NonNullable<RunningDatabase['server']>,
  onReady: (pid: number) => void,
): () => Promise<void> {
  onReady(server.pid);
  let current: Promise<void> | null = null;
  const revive = async () => {
    try {
      await server.restart();
      onReady(server.pid);
    } catch (error) {
      console.error(error);
    }
    current = null;
  };
  const timer = setInterval(() => {
    if (current || server.isAlive()) return;
    console.error('crossvault: PostgreSQL ended; starting it again.');
    current = revive();
  }, watchMs);
  return async () => {
    clearInterval(timer);
    await current;
  };
}

function engineChild(init: ChildInit & { databaseUrl: string }): Child {
  const { root, env, isDevelopment, databaseUrl, onRestart, onReady } = init;
  const logFile = join(env.dataFolder, 'logs', 'engine.log');
  const source = ['--import', 'tsx', join(root, 'lib/engine/main.ts')];
  let from = 0;
  return new Child({
    name: 'The engine',
    command: [
      process.execPath,
      ...engineFlags,
      ...(isDevelopment ? source : ['--enable-source-maps', join(root, 'dist/engine.js')]),
    ],
    cwd: root,
    env: {
      ...commonEnv(env, isDevelopment),
      ...engineMemory,
      DATABASE_URL: databaseUrl,
      GATEWAY_LISTEN: `${env.host}:${env.gatewayPort}`,
    },
    logFile,
    beforeStart: () => {
      from = logEnd(logFile);
    },
    untilReady: (signal) => untilLogged(logFile, from, signal),
    graceMs: engineGraceMs,
    onRestart,
    onReady,
  });
}

/** The first start of a data folder makes the demo accounts, unless it was told not to. */
async function demoSignIns(env: Env, { urls }: RunningDatabase, distFolder: string) {
  const made = readDemo(env.dataFolder);
  if (made) {
    if (!made.isComplete) console.log('The demo accounts are incomplete: making them was interrupted.');
    return made.signIns;
  }
  if (process.env.CROSSVAULT_DEMO === '0' || !existsSync(join(distFolder, 'demo.js'))) return [];
  if (env.regionsFile) {
    console.log('No demo accounts are made: the regions are those of your own file.');
    return [];
  }
  return step('Making demo accounts and backing up their files', (note) =>
    makeDemo(env, urls, distFolder, note),
  );
}
