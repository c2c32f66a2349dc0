import { sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { engineContext, type RegionStorage } from '@/lib/engine/vaults';
import { notify } from '@/lib/notifications';
import { writeAudit } from '@/lib/verb';
import { nextCompare } from './heal-zones';

interface VaultWithZones extends Record<string, unknown> {
  id: string;
  name: string;
  region: string;
  redundancy: 'LRS' | 'ZRS';
  is_new: boolean;
  zones: string[];
}

/**
 * Fits every vault to the zones that its region has by now: an added zone is owed everything and is filled by the healer,
 * one that was taken out is forgotten. Done at the start of an engine, before it works.
 */
export async function adoptZones(db: Database, storage: RegionStorage): Promise<void> {
  const accounts = await db.execute<{ account_id: string }>(sql`select account_id from tickers order by 1`);
  for (const { account_id: accountId } of accounts) {
    await inAccount(db, accountId, async (tx) => {
      // Engines that start at once do this one after the other; the later ones find it done.
      await tx.execute(
        sql`select 1 from vaults where account_id = ${accountId} order by id for no key update`,
      );
      const vaults = await tx.execute<VaultWithZones>(sql`
        select v.id, v.name, v.region, v.redundancy, v.status = 'initializing' as is_new,
          coalesce((select json_agg(z.zone) from vault_zones z where z.vault_id = v.id), '[]') as zones
        from vaults v where v.account_id = ${accountId} and v.status <> 'deleting'`);
      for (const vault of vaults) await adopt(tx, db, accountId, vault, storage);
    });
  }
}

async function adopt(tx: Tx, db: Database, accountId: string, vault: VaultWithZones, storage: RegionStorage) {
  const wanted = storage.zonesIn(vault.region).map(({ id }) => id);
  if (wanted.length === 0) return;
  const redundancy = wanted.length > 1 ? 'ZRS' : 'LRS';
  const added = vault.is_new ? [] : wanted.filter((zone) => !vault.zones.includes(zone));
  const removed = vault.zones.filter((zone) => !wanted.includes(zone));
  if (added.length === 0 && removed.length === 0 && redundancy === vault.redundancy) return;
  // Renamed zones: none that is known is left, so these are taken for the same places; opening the vault will tell.
  const isRenamed = removed.length === vault.zones.length;
  for (const zone of added) {
    await tx.execute(sql`
      insert into vault_zones (account_id, vault_id, zone, state, next_compare_at, due_at)
      values (${accountId}, ${vault.id}, ${zone}, ${isRenamed ? 'whole' : 'filling'}, now(), now())`);
  }
  for (const zone of removed) {
    await tx.execute(sql`delete from vault_zones where vault_id = ${vault.id} and zone = ${zone}`);
  }
  await tx.execute(sql`update vaults set redundancy = ${redundancy} where id = ${vault.id}`);
  await tx.execute(sql`
    update vault_zones set next_compare_at = ${redundancy === 'ZRS' ? nextCompare : sql`null`},
      due_at = ${redundancy === 'ZRS' ? sql`coalesce(due_at, ${nextCompare})` : sql`null`}
    where vault_id = ${vault.id} and state = 'whole' and (next_compare_at is null or ${redundancy} = 'LRS')`);
  await writeAudit(engineContext(db, accountId), tx, 'vaults.zones_changed', {
    resourceKind: 'vault',
    resourceId: vault.id,
    resourceName: vault.name,
    before: { redundancy: vault.redundancy, zones: vault.zones },
    after: { redundancy, zones: wanted },
  });
  if (added.length > 0 || removed.length > 0) await tell(tx, accountId, vault, { added, removed });
  await tx.execute(sql`select wake_ticker(${accountId})`);
}

async function tell(
  tx: Tx,
  accountId: string,
  vault: VaultWithZones,
  { added, removed }: { added: string[]; removed: string[] },
): Promise<void> {
  const href = `/${vault.region}/vaults/${vault.id}`;
  if (removed.length > 0) {
    await notify(tx, accountId, {
      kind: 'vaults.zone_removed',
      severity: 'warning',
      title: `${vault.name} is no longer kept in zone ${removed.join(', ')}`,
      body: 'The operator took the zone out of the region. What lies there is left alone and not kept up.',
      href,
    });
  }
  if (added.length > 0) {
    await notify(tx, accountId, {
      kind: 'vaults.zone_added',
      severity: 'info',
      title: `${vault.name} is being copied to zone ${added.join(', ')}`,
      body: 'The operator added the zone to the region. The vault can be used meanwhile.',
      href,
    });
  }
}
