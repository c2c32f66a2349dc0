import { sql } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import type { ChunkName } from '@/lib/engine/core';
import { nameFromUuid, nameToHex, nameToUuid } from '@/lib/engine/core/names';
import type { Presence } from './find-missing';

/** Asks the target's own index; condemned rows are absent, rows in packs of running work are unsettled. */
export function targetPresence(
  db: Database,
  accountId: string,
  spaceNo: number,
): (names: readonly ChunkName[]) => Promise<Presence[]> {
  return async (names) => {
    if (names.length === 0) return [];
    const wanted = `{${names.map(nameToUuid).join(',')}}`;
    const rows = await inAccount(db, accountId, (tx) =>
      tx.execute<{ name: string; is_settled: boolean }>(sql`
        select c.name, p.pin_no is null as is_settled
        from chunks c join packs p on p.pack_no = c.pack_no
        where c.space_no = ${spaceNo} and c.name = any(${wanted}::uuid[]) and c.condemned_by is null`),
    );
    const found = new Map<string, Presence>();
    for (const row of rows) {
      found.set(nameToHex(nameFromUuid(row.name)), row.is_settled ? 'settled' : 'unsettled');
    }
    return names.map((name) => found.get(nameToHex(name)) ?? 'absent');
  };
}
