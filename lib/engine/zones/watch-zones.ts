import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import type { OpenZone } from './open-region-storage';

const everyMs = 60_000;

export interface ZoneWatch {
  stop(): Promise<void>;
}

/** Looks at every zone now and once a minute, and writes down what it sees. Resolves after the first look. */
export async function watchZones(
  db: Database,
  zones: readonly OpenZone[],
  onError: (error: unknown) => void,
): Promise<ZoneWatch> {
  const look = () => lookAtZones(db, zones).catch(onError);
  await look();
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

export async function lookAtZones(db: Database, zones: readonly OpenZone[]): Promise<void> {
  const known = await db.execute<{ region: string; zone: string }>(sql`select region, zone from zone_health`);
  const isKnown = new Set(known.map(({ region, zone }) => `${region}/${zone}`));
  for (const zone of zones) {
    const { region, id, medium } = zone;
    const seen = await zone.probe(isKnown.has(`${region}/${id}`)).then(
      (probe) => ({ ...probe, isReachable: true, lastError: null }),
      (error: Error) => ({
        device: null,
        capacityBytes: null,
        freeBytes: null,
        isReachable: false,
        lastError: error.message.slice(0, 500),
      }),
    );
    await db.execute(sql`
      insert into zone_health (region, zone, medium, device, is_reachable, last_error, capacity_bytes, free_bytes)
      values (${region}, ${id}, ${medium}, ${seen.device}, ${seen.isReachable}, ${seen.lastError},
        ${seen.capacityBytes}, ${seen.freeBytes})
      on conflict (region, zone) do update set medium = excluded.medium, is_reachable = excluded.is_reachable,
        device = coalesce(excluded.device, zone_health.device), last_error = excluded.last_error,
        capacity_bytes = coalesce(excluded.capacity_bytes, zone_health.capacity_bytes),
        free_bytes = excluded.free_bytes, checked_at = now(),
        changed_at = case when zone_health.is_reachable = excluded.is_reachable then zone_health.changed_at else now() end`);
  }
  const names = zones.map(({ region, id }) => `${region}/${id}`);
  await db.execute(
    sql`delete from zone_health where not (region || '/' || zone = any(${`{${names.join(',')}}`}::text[]))`,
  );
}
