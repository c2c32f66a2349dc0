import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, inject } from 'vitest';
import { createDatabase, type Database, type DatabaseOptions } from '../client';
import { ownerRole } from '../embedded/cluster';
import { appRole, engineRole } from '../roles';
import { templateName, testPasswords } from './constants';

export interface TestDatabase {
  /** Superuser: sees every row. For arranging and checking, never for the code under test. */
  owner: Database;
  /** What the web process uses; bound by row-level security. */
  app: Database;
  /** What the engine process uses; bound by row-level security. */
  engine: Database;
  /** Connection strings of the same database, for code under test that runs in a process of its own. */
  urls: { owner: string; app: string; engine: string };
}

type Patience = Pick<DatabaseOptions, 'lockTimeoutMs' | 'statementTimeoutMs' | 'idleInTransactionTimeoutMs'>;

/**
 * A migrated database of one's own, dropped after the suite. Call it at the top of a `*.db.test.ts` file:
 * `const { owner, app } = await testDatabase();`
 */
export async function testDatabase(patience: Patience = {}): Promise<TestDatabase> {
  const name = await createSuiteDatabase(`template ${templateName}`);
  const urls = {
    owner: urlFor(name, ownerRole, inject('ownerPassword')),
    app: urlFor(name, appRole, testPasswords.app),
    engine: urlFor(name, engineRole, testPasswords.engine),
  };
  const options = { applicationName: 'crossvault-test', maxConnections: 8, ...patience };
  const owner = createDatabase(urls.owner, options);
  const app = createDatabase(urls.app, options);
  const engine = createDatabase(urls.engine, options);
  // Hooks run last-in first-out: these handles close before their database is dropped.
  afterAll(async () => {
    await Promise.all([owner, app, engine].map((database) => database.$client.end({ timeout: 2 })));
  });
  return { owner, app, engine, urls };
}

/** The owner's connection string of a database without any table, dropped after the suite. */
export async function emptyDatabase(): Promise<string> {
  return urlFor(await createSuiteDatabase(), ownerRole, inject('ownerPassword'));
}

async function createSuiteDatabase(options = ''): Promise<string> {
  const name = `suite_${randomBytes(6).toString('hex')}`;
  const admin = postgres(urlFor('postgres', ownerRole, inject('ownerPassword')), {
    max: 1,
    onnotice: () => {},
  });
  await admin.unsafe(`create database ${name} ${options}`);
  afterAll(async () => {
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.end();
  });
  return name;
}

function urlFor(database: string, role: string, password: string): string {
  return `postgres://${role}:${password}@127.0.0.1:${inject('postgresPort')}/${database}`;
}
