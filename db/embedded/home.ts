import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Binaries, binariesIn, findBinaries } from './binaries';
import { canReach, type Identity } from './identity';

/** Where root puts a database whose own data folder the unprivileged server cannot enter. */
const sharedHome = '/var/lib/crossvault';

/**
 * The folder for the cluster of one installation: inside its data folder, or, where root keeps that folder in a place
 * that others cannot enter (`/root`, a private temporary folder), under `/var/lib/crossvault`, told apart by a hash.
 * Throws rather than make a second, empty cluster when the first one can no longer be reached.
 */
export function clusterHome(dataFolder: string, identity: Identity | null, shared = sharedHome): string {
  const own = join(dataFolder, 'postgres');
  mkdirSync(own, { recursive: true });
  if (!identity) return own;
  chmodSync(dataFolder, 0o711);
  chmodSync(own, 0o711);
  const elsewhere = join(shared, createHash('sha256').update(dataFolder).digest('hex').slice(0, 16));
  if (hasCluster(elsewhere)) return elsewhere;
  if (canReach(own, identity)) return own;
  if (hasCluster(own)) {
    throw new Error(
      `The database in ${own} runs as another user than root, and that user can no longer enter the folder: give it permission to pass (chmod o+x) through every parent.`,
    );
  }
  mkdirSync(elsewhere, { recursive: true });
  for (const folder of [shared, elsewhere]) chmodSync(folder, 0o711);
  return elsewhere;
}

const hasCluster = (home: string) => existsSync(join(home, 'data', 'PG_VERSION'));

/** The installed binaries, or a copy of them in `home` where the server's user cannot enter node_modules. */
export function reachableBinaries(identity: Identity | null, home: string): Binaries {
  const binaries = findBinaries();
  if (canReach(binaries.postgres, identity)) return binaries;
  const copy = join(home, `native-${binaries.version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    cpSync(binaries.root, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  }
  return binariesIn(copy, binaries.version);
}
