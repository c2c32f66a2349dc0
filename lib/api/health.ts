import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import type { Clock } from '@/lib/clock';
import { describeError } from '@/lib/errors';
import { log } from './log';

/** Due work waits no longer than this for an engine that runs. */
const lateAfterSeconds = 60;

export interface Health {
  status: 'ok' | 'degraded' | 'down';
  database: { reachable: boolean; schemaVersion: string | null };
  engine: {
    /** Seconds since any account's ticker last ran; null before the first. An idle engine need not tick. */
    lastTickAgeSeconds: number | null;
    dueTickers: number;
    /** How long the oldest due ticker has waited. */
    oldestDueSeconds: number;
  };
}

/** `down` without the database; `degraded` when work is due and no engine takes it, or the schema is another one. */
export async function readHealth(db: Database, clock: Clock, expectedSchema: string | null): Promise<Health> {
  let row: {
    schema_version: string | null;
    last_tick_at: string | null;
    oldest_due_at: string | null;
    due_tickers: string;
  };
  try {
    const rows = await db.execute<typeof row>(sql`select * from door_health()`);
    row = rows[0]!;
  } catch (error) {
    log.warn({ err: describeError(error) }, 'the health check cannot reach the database');
    const engine = { lastTickAgeSeconds: null, dueTickers: 0, oldestDueSeconds: 0 };
    return { status: 'down', database: { reachable: false, schemaVersion: null }, engine };
  }
  const age = (at: string | null) =>
    at === null ? null : Math.max(0, Math.round((clock.now().getTime() - new Date(at).getTime()) / 1000));
  const oldestDueSeconds = age(row.oldest_due_at) ?? 0;
  const isSchemaRight = expectedSchema === null || row.schema_version === expectedSchema;
  return {
    status: oldestDueSeconds > lateAfterSeconds || !isSchemaRight ? 'degraded' : 'ok',
    database: { reachable: true, schemaVersion: row.schema_version },
    engine: {
      lastTickAgeSeconds: age(row.last_tick_at),
      dueTickers: Number(row.due_tickers),
      oldestDueSeconds,
    },
  };
}
