import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  findRunning,
  freePort,
  initCluster,
  isAlive,
  ownerRole,
  type Postmaster,
  startCluster,
  stopCluster,
} from './cluster';
import { reachableBinaries } from './home';
import { serverIdentity } from './identity';

const prefix = 'crossvault-scratch-';

export interface ThrowawayCluster {
  host: '127.0.0.1';
  port: number;
  pid: number;
  ownerPassword: string;
  /** Connection string of the owner for one database. */
  ownerUrl(database?: string): string;
  /** Stops as a power cut would and starts again on the same port and data. */
  restart(): Promise<void>;
  /** Stops the server and removes every byte of it. */
  remove(): Promise<void>;
}

/** A PostgreSQL in a temporary folder for tests and campaigns. With `durable` it syncs, as production does. */
export async function startThrowaway({
  durable = false,
  settings = {},
}: {
  durable?: boolean;
  settings?: Record<string, string>;
} = {}): Promise<ThrowawayCluster> {
  await removeAbandoned();
  const identity = serverIdentity();
  const home = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  chmodSync(home, 0o711);
  const binaries = reachableBinaries(identity, home);
  const dataFolder = join(home, 'data');
  const ownerPassword = 'owner';
  initCluster({ binaries, identity, dataFolder }, ownerPassword);

  const unsafe: Record<string, string> = durable
    ? {}
    : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const shared = {
    max_connections: '300',
    shared_buffers: '64MB',
    max_wal_size: '2GB',
    ...unsafe,
    ...settings,
  };
  const start = (port: number) =>
    startCluster({ binaries, identity, dataFolder, port, logFile: join(home, 'log'), settings: shared });

  let server = await startOnFreePort(start);
  return {
    host: '127.0.0.1',
    get port() {
      return server.port;
    },
    get pid() {
      return server.pid;
    },
    ownerPassword,
    ownerUrl: (database = 'postgres') =>
      `postgres://${ownerRole}:${ownerPassword}@127.0.0.1:${server.port}/${database}`,
    async restart() {
      await stopCluster(server.pid, 'immediate');
      server = await start(server.port);
    },
    async remove() {
      await stopCluster(server.pid, 'immediate');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function startOnFreePort(start: (port: number) => Promise<Postmaster>): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

/** A test run that was killed leaves its server running; the pid in the folder's name says whose it was. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : 0;
    if (!owner || isAlive(owner)) continue;
    const home = join(tmpdir(), name);
    const server = findRunning(join(home, 'data'));
    if (server) await stopCluster(server.pid, 'immediate');
    rmSync(home, { recursive: true, force: true });
  }
}
