import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import type { VaultPlace, ZonePlace } from './region-storage';

/** How often a zone's objects are compared with its siblings'. */
export const compareEveryHours = 24;

/** A new vault's zones: each gets every object from the first one on. */
export async function addZoneRows(
  tx: Tx,
  { accountId, id }: Pick<VaultPlace, 'accountId' | 'id'>,
  zones: readonly Pick<ZonePlace, 'id'>[],
): Promise<void> {
  const next =
    zones.length > 1 ? sql`now() + make_interval(hours => ${compareEveryHours})` : sql`null::timestamptz`;
  for (const zone of zones) {
    await tx.execute(sql`
      insert into vault_zones (account_id, vault_id, zone, next_compare_at, due_at)
      values (${accountId}, ${id}, ${zone.id}, ${next}, ${next}) on conflict do nothing`);
  }
}
