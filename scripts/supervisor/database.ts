import { join } from 'node:path';
import { createSql } from '@/db/client';
import { type EmbeddedServer, findEmbedded, startEmbedded } from '@/db/embedded/server';
import { migrate } from '@/db/migrate';
import { appRole, engineRole, ensureRoles } from '@/db/roles';
import type { Env } from '@/lib/env';
import { findSecrets, type Secrets } from './secrets';

export interface RunningDatabase {
  /** Absent for an external database, which is not ours to stop. */
  server: EmbeddedServer | null;
  urls: { owner: string; app: string; engine: string };
}

const databaseName = 'crossvault';

/** Starts the embedded PostgreSQL, or takes over one that an interrupted run left; does nothing for an external one. */
export async function startDatabase(env: Env, secrets: Secrets): Promise<RunningDatabase> {
  if (env.databaseUrl) return { server: null, urls: urlsFrom(env.databaseUrl, secrets) };
  const server = await startEmbedded({
    dataFolder: env.dataFolder,
    logFile: join(env.dataFolder, 'logs', 'postgres.log'),
    ownerPassword: secrets.ownerPassword,
  });
  await createDatabaseOnce(server.ownerUrl('postgres'));
  return { server, urls: urlsFrom(server.ownerUrl(databaseName), secrets) };
}

/** The owner's address of the database of this installation, or null where the embedded one does not run. */
export function findOwnerUrl(env: Env): string | null {
  if (env.databaseUrl) return env.databaseUrl;
  const secrets = findSecrets(env);
  return secrets && findEmbedded(env.dataFolder, secrets.ownerPassword, databaseName);
}

/** Brings roles and tables to this version. Returns the names of the migrations that were applied. */
export async function prepareDatabase(
  ownerUrl: string,
  secrets: Secrets,
  migrationsFolder: string,
): Promise<string[]> {
  const owner = connect(ownerUrl);
  try {
    await ensureRoles(owner, { app: secrets.appPassword, engine: secrets.enginePassword });
    return await migrate(owner, migrationsFolder);
  } finally {
    await owner.end({ timeout: 5 });
  }
}

async function createDatabaseOnce(ownerUrl: string): Promise<void> {
  const owner = connect(ownerUrl);
  try {
    const [existing] = await owner`select 1 from pg_database where datname = ${databaseName}`;
    if (!existing) await owner.unsafe(`create database ${databaseName}`);
  } finally {
    await owner.end({ timeout: 5 });
  }
}

function connect(ownerUrl: string) {
  return createSql(ownerUrl, {
    applicationName: 'crossvault-start',
    maxConnections: 1,
    statementTimeoutMs: 0,
    lockTimeoutMs: 0,
    idleInTransactionTimeoutMs: 0,
  });
}

function urlsFrom(ownerUrl: string, secrets: Secrets): RunningDatabase['urls'] {
  return {
    owner: ownerUrl,
    app: withRole(ownerUrl, appRole, secrets.appPassword),
    engine: withRole(ownerUrl, engineRole, secrets.enginePassword),
  };
}

function withRole(url: string, role: string, password: string): string {
  const changed = new URL(url);
  changed.username = role;
  changed.password = password;
  return changed.href;
}
