import { sql } from 'drizzle-orm';
import { createDatabase, type Database } from '@/db/client';
import { readEnv } from '@/lib/env';
import { findOwnerUrl } from '@/scripts/supervisor/database';
import { installation } from './installation';

/** Has an account's ticker look again after a date was moved. The door for consoles ignores a second knock within two seconds. */
export async function wakeTicker(accountId: string): Promise<void> {
  await asDatabaseOwner((db) => db.execute(sql`select wake_ticker(${accountId})`));
}

/** Lets a spec reach past the product, as the owner of its database can: to move a date that no door moves. */
export async function asDatabaseOwner<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const url = findOwnerUrl(readEnv({ CROSSVAULT_DATA_DIR: installation().dataDir }));
  if (!url) throw new Error('The embedded PostgreSQL does not run');
  const db = createDatabase(url, { applicationName: 'crossvault-e2e', maxConnections: 1 });
  try {
    return await work(db);
  } finally {
    await db.$client.end({ timeout: 5 });
  }
}
