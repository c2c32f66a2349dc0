import { isDeepStrictEqual } from 'node:util';
import { desc, sql } from 'drizzle-orm';
import type { Database, Tx } from '@/db/client';
import { priceLists } from '@/db/schema';
import { defaultPriceList } from './default-price-list';
import { PriceList } from './price-list';

/**
 * Puts a list in force from now on, if it is another one than the last. Hours that have begun keep their prices.
 * @throws when the currency is another one: amounts of two currencies cannot be added up.
 */
export async function recordPriceList(db: Database, list: PriceList): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('price_lists'))`);
    const [last] = await loadPriceLists(tx);
    if (last && last.list.currency !== list.currency) {
      throw new Error(
        `The price list is in ${list.currency}, but this installation has charged in ${last.list.currency}. Keep the currency.`,
      );
    }
    if (last && isDeepStrictEqual(PriceList.parse(list), last.list)) return;
    await tx.insert(priceLists).values({ list });
  });
}

export interface DatedPriceList {
  list: PriceList;
  inForceAt: Date;
}

/** Newest first. */
export async function loadPriceLists(tx: Tx | Database): Promise<DatedPriceList[]> {
  const rows = await tx.select().from(priceLists).orderBy(desc(priceLists.listNo));
  return rows.map(({ list, inForceAt }) => ({ list: PriceList.parse(list), inForceAt }));
}

/** The list in force; the built-in one until an engine has started once. */
export async function loadCurrentPriceList(tx: Tx): Promise<PriceList> {
  return (await loadPriceLists(tx))[0]?.list ?? defaultPriceList;
}
