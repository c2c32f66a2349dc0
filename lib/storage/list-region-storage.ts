import { count, eq, sql, sum } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { vaults, vaultZones, zoneDebts, zoneHealth } from '@/db/schema';
import { knownRegions } from '@/lib/regions';
import { readVerb } from '@/lib/verb';
import { sharedPlaces } from './rules';
import type { RegionStorage, RegionZone } from './schemas';

/** Every region with what it offers, how its zones are, and what of this account lies there. */
export const listRegionStorage = readVerb({
  action: 'storage.list_regions',
  permission: 'vaults.read',
  input: z.object({}),
  async run({ tx }): Promise<{ items: RegionStorage[] }> {
    const health = await tx.select().from(zoneHealth);
    const own = await readOwn(tx);
    const items = knownRegions().map(({ zones: _, zoneIds, ...region }): RegionStorage => {
      const rows = zoneIds.map((id) => ({
        id,
        row: health.find((one) => one.region === region.id && one.zone === id),
      }));
      const shared = sharedPlaces(rows.map(({ id, row }) => ({ id, device: row?.device ?? null })));
      const totals = own.totals.get(region.id);
      return {
        ...region,
        vaultCount: totals?.vaults ?? 0,
        storedBytes: Number(totals?.bytes ?? 0),
        zones: rows.map(
          ({ id, row }): RegionZone => ({
            id,
            medium: row?.medium ?? null,
            isReachable: row?.isReachable ?? null,
            lastError: row?.lastError ?? null,
            capacityBytes: row?.capacityBytes ?? null,
            freeBytes: row?.freeBytes ?? null,
            checkedAt: row?.checkedAt.toISOString() ?? null,
            sharesPlaceWith: shared.get(id) ?? [],
            owedObjects: own.owed.get(`${region.id}/${id}`) ?? 0,
            fillingVaults: own.filling.get(`${region.id}/${id}`) ?? 0,
          }),
        ),
      };
    });
    return { items };
  },
});

async function readOwn(tx: Tx) {
  const totals = await tx
    .select({ region: vaults.region, vaults: count(), bytes: sum(vaults.storedBytes) })
    .from(vaults)
    .groupBy(vaults.region);
  const place = sql<string>`${vaults.region} || '/' || ${vaultZones.zone}`;
  const filling = await tx
    .select({ place, vaults: count() })
    .from(vaultZones)
    .innerJoin(vaults, eq(vaults.id, vaultZones.vaultId))
    .where(eq(vaultZones.state, 'filling'))
    .groupBy(place);
  const owedPlace = sql<string>`${vaults.region} || '/' || ${zoneDebts.zone}`;
  const owed = await tx
    .select({ place: owedPlace, objects: count() })
    .from(zoneDebts)
    .innerJoin(vaults, eq(vaults.id, zoneDebts.vaultId))
    .groupBy(owedPlace);
  return {
    totals: new Map(totals.map((row) => [row.region, row])),
    filling: new Map(filling.map((row) => [row.place, row.vaults])),
    owed: new Map(owed.map((row) => [row.place, row.objects])),
  };
}
