import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
import { clusterHome, reachableBinaries } from './home';
import { serverIdentity } from './identity';

export interface EmbeddedOptions {
  /** The installation's data folder; the cluster gets a folder of its own. */
  dataFolder: string;
  logFile: string;
  ownerPassword: string;
}

export interface EmbeddedServer {
  /** Where the cluster lies. */
  folder: string;
  pid: number;
  /** Whether it was running already, left behind by a start that was killed. */
  isAdopted: boolean;
  isAlive(): boolean;
  ownerUrl(database: string): string;
  /** Starts it again on the same port after it died; recovery is PostgreSQL's own. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const settings = { max_connections: '120', shared_buffers: '128MB' };

/** The PostgreSQL of one installation: made at the first start, adopted when an earlier run left it running. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const identity = serverIdentity();
  const home = clusterHome(options.dataFolder, identity);
  const binaries = reachableBinaries(identity, home);
  const folder = join(home, 'data');
  mkdirSync(dirname(options.logFile), { recursive: true });

  const start = (port: number) =>
    startCluster({ binaries, identity, dataFolder: folder, port, logFile: options.logFile, settings });
  const launch = async (): Promise<Postmaster> => {
    if (!existsSync(folder)) createOnce();
    requireSameMajor(folder, binaries.version);
    return start(await freePort());
  };
  /** A cluster that is half made never has the final name. */
  const createOnce = () => {
    const unfinished = `${folder}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    initCluster({ binaries, identity, dataFolder: unfinished }, options.ownerPassword);
    renameSync(unfinished, folder);
  };

  const orphan = await adoptable(folder);
  let server = orphan ?? (await launch());
  return {
    folder,
    get pid() {
      return server.pid;
    },
    isAdopted: orphan !== null,
    isAlive: () => isAlive(server.pid),
    ownerUrl: (database) => ownerUrl(server, options.ownerPassword, database),
    async restart() {
      server = await start(server.port);
    },
    stop: () => stopCluster(server.pid),
  };
}

/** The owner's address of a database in the running PostgreSQL of an installation; null when it does not run. */
export function findEmbedded(dataFolder: string, ownerPassword: string, database: string): string | null {
  const running = findRunning(join(clusterHome(dataFolder, serverIdentity()), 'data'));
  return running?.isReady ? ownerUrl(running, ownerPassword, database) : null;
}

function ownerUrl({ port }: Postmaster, password: string, database: string): string {
  return `postgres://${ownerRole}:${password}@127.0.0.1:${port}/${database}`;
}

/** A server that still starts or stops is of no use: it is brought to an end first. */
async function adoptable(folder: string): Promise<Postmaster | null> {
  const running = findRunning(folder);
  if (!running) return null;
  if (running.isReady) return running;
  await stopCluster(running.pid);
  return null;
}

function requireSameMajor(folder: string, version: string): void {
  const major = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (version.split('.')[0] === major) return;
  throw new Error(
    `The data in ${folder} was written by PostgreSQL ${major} and this version brings ${version}. See docs/operations.md, "A newer PostgreSQL".`,
  );
}
