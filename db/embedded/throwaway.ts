import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
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
import { canReach, type Identity, serverIdentity } from './identity';

const prefix = 'crossvault-scratch-';
const scratchFolders = [...new Set([tmpdir(), '/tmp'])].filter((folder) => existsSync(folder));

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
  const home = makeHome(identity);
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

/** In the first temporary folder that the server's user can enter. */
function makeHome(identity: Identity | null): string {
  for (const parent of scratchFolders) {
    const home = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
    chmodSync(home, 0o711);
    if (canReach(home, identity)) return home;
    rmSync(home, { recursive: true });
  }
  throw new Error(`The server's user can enter none of ${scratchFolders.join(', ')}`);
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
  const homes = scratchFolders.flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)));
  for (const home of homes) {
    const name = basename(home);
    const owner = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : 0;
    if (!owner || isAlive(owner)) continue;
    const server = findRunning(join(home, 'data'));
    if (server) await stopCluster(server.pid, 'immediate');
    rmSync(home, { recursive: true, force: true });
  }
}
