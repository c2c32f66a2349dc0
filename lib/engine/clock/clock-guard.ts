import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';

/** What an engine has measured since the trusted time that it saw last. */
export interface Measured {
  trustedAt: Date;
  /** By a clock that only runs forward. */
  elapsedMs: number;
}

/** What oscillators and the slewing of clocks may differ by; far more than either does. */
const drift = 1.01;

/** The latest time that this engine can vouch for; null when it has measured nothing yet. */
export function vouchFor(measured: Measured | null): Date | null {
  return measured && new Date(measured.trustedAt.getTime() + measured.elapsedMs * drift);
}

export interface ClockState {
  trustedAt: Date;
  /** Since when the database's clock is not believed; null while it is. */
  heldSince: Date | null;
}

export interface ClockGuard {
  /** Compares the database's clock with what has been measured. Expiry goes by the outcome. */
  beat(): Promise<ClockState>;
}

/** @param nowMs a clock that only runs forward. */
export function createClockGuard(db: Database, nowMs: () => number = () => performance.now()): ClockGuard {
  let last: { trustedAt: Date; atMs: number } | null = null;
  return {
    async beat() {
      const atMs = nowMs();
      const vouched = vouchFor(last && { trustedAt: last.trustedAt, elapsedMs: atMs - last.atMs });
      const [row] = await db.execute<{ trusted_ms: number; held_ms: number | null }>(sql`
        select extract(epoch from trusted_at)::float8 * 1000 as trusted_ms,
          extract(epoch from held_since)::float8 * 1000 as held_ms
        from beat_clock(${vouched?.toISOString() ?? null}::timestamptz)`);
      // Measured from before the question, so that the time it took is counted.
      last = { trustedAt: new Date(row!.trusted_ms), atMs };
      return { trustedAt: last.trustedAt, heldSince: row!.held_ms === null ? null : new Date(row!.held_ms) };
    },
  };
}
