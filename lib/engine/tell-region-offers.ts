import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { knownRegions, type Region } from '@/lib/regions';

/**
 * Tells the database what the regions file offers, so that its own rules go by the same list. A region that left the file
 * offers nothing any more.
 */
export async function tellRegionOffers(
  db: Database,
  offers: readonly Pick<Region, 'id' | 'vaultReplication' | 'backupSharing'>[] = knownRegions(),
): Promise<void> {
  const given = JSON.stringify(
    offers.map(({ id, vaultReplication, backupSharing }) => ({ id, vaultReplication, backupSharing })),
  );
  await db.execute(sql`
    with given as (select * from jsonb_to_recordset(${given}::text::jsonb) as g (id text, "vaultReplication" boolean, "backupSharing" boolean)),
      gone as (update region_offers o set vault_replication = false, backup_sharing = false
        where not exists (select 1 from given g where g.id = o.region))
    insert into region_offers (region, vault_replication, backup_sharing)
      select id, "vaultReplication", "backupSharing" from given
    on conflict (region) do update set vault_replication = excluded.vault_replication,
      backup_sharing = excluded.backup_sharing`);
}
