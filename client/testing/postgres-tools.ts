import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startCluster, stopCluster } from '@/db/embedded/cluster';
import { serverIdentity } from '@/db/embedded/identity';

const installed = '/usr/lib/postgresql';

/** The folder of an installed PostgreSQL that has its own server beside pg_dump and psql, or null. */
export function findPostgresTools(): string | null {
  const versions = existsSync(installed) ? readdirSync(installed) : [];
  const folders = versions.map((version) => join(installed, version, 'bin'));
  const isWhole = (folder: string) =>
    ['initdb', 'postgres', 'pg_dump', 'psql', 'createdb'].every((name) => existsSync(join(folder, name)));
  return folders.find(isWhole) ?? null;
}

/** A server of the installed PostgreSQL, trusting whoever is on this machine; pg_dump refuses servers newer than itself. */
export async function startInstalledPostgres(bin: string) {
  const identity = serverIdentity();
  const home = mkdtempSync('/tmp/crossvault-pg-tools-');
  chmodSync(home, 0o711);
  if (identity) chownSync(home, identity.uid, identity.gid);
  const dataFolder = join(home, 'data');
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', dataFolder, '-U', 'owner', '--auth', 'trust', '-E', 'UTF8'],
    {
      ...identity,
      cwd: '/',
      encoding: 'utf8',
    },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const server = await startCluster({
    binaries: { root: bin, initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), version: '' },
    identity,
    dataFolder,
    port: await freePort(),
    logFile: join(home, 'log'),
    settings: { fsync: 'off' },
  });
  return {
    url: (name: string) => `postgres://owner@127.0.0.1:${server.port}/${name}`,
    async remove() {
      await stopCluster(server.pid, 'immediate');
      rmSync(home, { recursive: true, force: true });
    },
  };
}
