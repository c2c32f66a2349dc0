import { sql } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import type { ObjectStore, StorageTier } from '@/lib/engine/core';
import { packObjectName } from '@/lib/engine/index/postgres-index';
import type { VaultKey } from './rows';

const rowsAtATime = 10_000;
const packsAtATime = 50;

/** Deletes rows that are still condemned, some thousands in a transaction. @returns whether there may be more. */
export async function sweepRows(db: Database, vault: VaultKey, collectionNo: number): Promise<boolean> {
  const deleted = await inAccount(db, vault.accountId, (tx) =>
    tx.execute(sql`
      delete from chunks c using (
        select x.space_no, x.name from chunks x
        where x.space_no in (select s.space_no from chunk_spaces s where s.vault_id = ${vault.vaultId})
          and x.condemned_by = ${collectionNo}
        order by x.space_no, x.name limit ${rowsAtATime} for update) dead
      where c.space_no = dead.space_no and c.name = dead.name and c.condemned_by = ${collectionNo}`),
  );
  return deleted.count === rowsAtATime;
}

/**
 * Deletes packs without rows that the mark covered: the object first, so that no row is gone while its bytes stay. A pack
 * without rows never gets one again, because rows come with their pack only.
 * @returns whether there may be more.
 */
export async function sweepPacks(
  db: Database,
  store: ObjectStore,
  vault: VaultKey,
  collection: { collectionNo: number; markPack: number },
): Promise<boolean> {
  const empty = await inAccount(db, vault.accountId, (tx) =>
    tx.execute<{ pack_no: string; sha256: Buffer; tier: StorageTier }>(sql`
      select p.pack_no, p.sha256, s.tier from packs p join chunk_spaces s on s.space_no = p.space_no
      where p.vault_id = ${vault.vaultId} and p.pack_no <= ${collection.markPack}
        and not exists (select 1 from chunks c where c.pack_no = p.pack_no)
        and (p.pin_no is null or exists (
          select 1 from pins n where n.pin_no = p.pin_no and n.work_id like 'abandoned/%'))
      order by p.pack_no limit ${packsAtATime}`),
  );
  for (const { sha256, tier } of empty) await store.delete(packObjectName(sha256, tier));
  if (empty.length > 0) {
    await inAccount(db, vault.accountId, (tx) =>
      tx.execute(sql`
        with gone as (
          delete from packs where pack_no = any(${`{${empty.map((pack) => pack.pack_no).join(',')}}`}::bigint[])
          returning size_bytes)
        update collections set freed_bytes = freed_bytes + (select coalesce(sum(size_bytes), 0) from gone)
        where collection_no = ${collection.collectionNo}`),
    );
  }
  return empty.length === packsAtATime;
}
