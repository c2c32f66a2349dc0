import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase, type Database } from '@/db/client';
import { findRunning, ownerRole } from '@/db/embedded/cluster';
import { clusterHome } from '@/db/embedded/home';
import { serverIdentity } from '@/db/embedded/identity';
import { installation } from './installation';

/** Lets a spec reach past the product as its database owner can: to move a date, or to read what no door shows. */
export async function asDatabaseOwner<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const { dataDir } = installation();
  const server = findRunning(join(clusterHome(dataDir, serverIdentity()), 'data'));
  if (!server) throw new Error('The embedded PostgreSQL does not run');
  const { ownerPassword } = JSON.parse(readFileSync(join(dataDir, 'secrets/secrets.json'), 'utf8'));
  const url = `postgres://${ownerRole}:${ownerPassword}@127.0.0.1:${server.port}/crossvault`;
  const db = createDatabase(url, { applicationName: 'crossvault-e2e', maxConnections: 1 });
  try {
    return await work(db);
  } finally {
    await db.$client.end({ timeout: 5 });
  }
}
