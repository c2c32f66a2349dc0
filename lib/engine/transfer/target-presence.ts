import { sql } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import type { ChunkName } from '@/lib/engine/core';
import { nameFromUuid, nameToHex, nameToUuid } from '@/lib/engine/core/names';
import type { Presence } from './find-missing';

/**
 * Asks the target's own index; condemned rows are absent, rows in packs of running work are unsettled. While the space has no
 * row at all everything is absent: what comes into it meanwhile is this copy's own, or is sent once more, which harms nothing.
 */
export function targetPresence(
  db: Database,
  accountId: string,
  spaceNo: number,
): (names: readonly ChunkName[]) => Promise<Presence[]> {
  let isEmpty: Promise<boolean> | undefined;
  return async (names) => {
    if (names.length === 0) return [];
    isEmpty ??= inAccount(db, accountId, async (tx) => {
      const [row] = await tx.execute<{ is_empty: boolean }>(
        sql`select not exists (select 1 from chunks where space_no = ${spaceNo}) as is_empty`,
      );
      return row!.is_empty;
    });
    if (await isEmpty) return names.map(() => 'absent');
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
