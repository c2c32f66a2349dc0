import { sql } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres, { type Sql } from 'postgres';
import { keepStatements } from './keep-statements';
import * as schema from './schema';

export type Database = PostgresJsDatabase<typeof schema> & { $client: Sql };
export type Tx = Parameters<Parameters<Database['transaction']>[0]>[0];

export interface DatabaseOptions {
  /** Shown in `pg_stat_activity`; one name per process kind. */
  applicationName: string;
  maxConnections?: number;
  /** 0 for none, as migrations need. */
  statementTimeoutMs?: number;
  lockTimeoutMs?: number;
  idleInTransactionTimeoutMs?: number;
}

/** The version of `patches/postgres+3.4.9.patch` that this code relies on. */
const requiredRepair = 1;

/** A pool of connections that are made when first needed. Close it with `db.$client.end()`. */
export function createDatabase(url: string, options: DatabaseOptions): Database {
  return drizzle(keepStatements(createSql(url, options)), { schema });
}

/**
 * The pool without Drizzle. A statement that got no answer ten seconds after it should have timed out gives its
 * connection up: then the server, or the network to it, is gone without saying so.
 */
export function createSql(url: string, options: DatabaseOptions): Sql {
  requireRepairedDriver(postgres);
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  return postgres(url, {
    max: options.maxConnections ?? 10,
    connect_timeout: 5,
    backoff: (attempt) => Math.min(0.02 * 2 ** attempt, 0.5),
    response_timeout: statementTimeoutMs > 0 ? statementTimeoutMs / 1000 + 10 : null,
    onnotice: () => {},
    connection: {
      application_name: options.applicationName,
      statement_timeout: statementTimeoutMs,
      lock_timeout: options.lockTimeoutMs ?? 10_000,
      idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 30_000,
    },
  });
}

/**
 * As published the driver can run a statement outside its transaction once the connection is lost, without the
 * account that row-level security goes by; no process may work with it. See docs/decisions.
 */
export function requireRepairedDriver(driver: { connectionLossRepair?: number | undefined }): void {
  if (driver.connectionLossRepair === requiredRepair) return;
  throw new Error(
    'The database driver lacks its repair. Run "npm ci", which applies patches/postgres+3.4.9.patch.',
  );
}

/**
 * Runs `work` in a transaction that sees and writes only this account's rows. The account is set for the transaction
 * alone, so that it cannot leak to the next user of the connection; without it row-level security shows nothing.
 */
export function inAccount<T>(
  db: Database,
  accountId: string,
  work: (tx: Tx) => Promise<T>,
  context: { replicationId?: string; shareId?: string } = {},
): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`
      select set_config('app.account_id', ${accountId}, true),
             set_config('app.replication_id', ${context.replicationId ?? ''}, true),
             set_config('app.share_id', ${context.shareId ?? ''}, true)`);
    return work(tx);
  });
}
