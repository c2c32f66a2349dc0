import { z } from 'zod';
import { regionId } from '@/lib/schemas';

/** What storage costs by: the kind of its vault, or `archive` for whatever lies in the archive tier. */
export const storageClasses = [
  'standard',
  'replication_target',
  'archive',
  'database',
  'container',
  'server_backup',
  'disk_backup',
  'trial',
] as const;
export type StorageClass = (typeof storageClasses)[number];

const micros = z.number().int().nonnegative();
const byClass = <T extends z.ZodType>(price: T) =>
  z.strictObject({
    standard: price,
    replication_target: price,
    archive: price,
    database: price,
    container: price,
    /** Per GiB of capacity, used or not. As `standard` in a list that does not name it. */
    server_backup: price.optional(),
    disk_backup: price.optional(),
    trial: price,
  });

type GivenPrices = z.output<ReturnType<typeof byClass<typeof micros>>>;
const allClasses = (given: GivenPrices): Record<StorageClass, number> => ({
  ...given,
  server_backup: given.server_backup ?? given.standard,
  disk_backup: given.disk_backup ?? given.standard,
});

/** The prices of one region, in millionths of the currency's unit. */
export const RegionPrices = z.object({
  storagePerGibMonthMicros: byClass(micros).transform(allClasses),
  /** Into this region from another one; the owner of the target vault pays. */
  replicationPerGibMicros: micros,
  /** Out of this region over the Internet, to a host outside the cloud. */
  internetRestorePerGibMicros: micros,
});
export type RegionPrices = z.infer<typeof RegionPrices>;

export const PriceList = z.object({
  currency: z.string(),
  default: RegionPrices,
  regions: z.record(z.string(), RegionPrices),
  routes: z.array(z.object({ from: z.string(), to: z.string(), perGibMicros: micros })),
});
export type PriceList = z.infer<typeof PriceList>;

/** As the operator writes it: `0.02` or `"0.02"`, at most six decimals. */
const Price = z
  .union([z.string(), z.number()], { error: 'A price is a number such as 0.02.' })
  .transform(String)
  .pipe(z.string().regex(/^\d{1,6}(?:\.\d{1,6})?$/, 'A price is 0 to 999999 with at most six decimals.'))
  .transform((text) => {
    const [whole, fraction = ''] = text.split('.');
    return Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0'));
  });

const FilePrices = z.strictObject({
  storagePerGibMonth: byClass(Price),
  replicationPerGib: Price,
  internetRestorePerGib: Price,
});

/** The file a price list is written in. What a region does not name is taken from `default`. */
const PriceFile = z.strictObject({
  currency: z.string().refine(isCurrency, 'A currency is a code of three capital letters, such as EUR.'),
  default: FilePrices,
  regions: z
    .record(
      regionId,
      FilePrices.partial().extend({
        storagePerGibMonth: FilePrices.shape.storagePerGibMonth.partial().optional(),
      }),
    )
    .default({}),
  routes: z.array(z.strictObject({ from: regionId, to: regionId, perGib: Price })).default([]),
});

/** @throws a ZodError that names each value that cannot be used. `knownRegions` catches a region that is misspelt. */
export function parsePriceList(file: unknown, knownRegions: readonly string[]): PriceList {
  return PriceFile.superRefine((list, context) => {
    const refuse = (path: PropertyKey[], region: string) =>
      context.addIssue({ code: 'custom', path, message: `${region} is not a region of this installation.` });
    for (const region of Object.keys(list.regions)) {
      if (!knownRegions.includes(region)) refuse(['regions', region], region);
    }
    list.routes.forEach((one, at) => {
      if (!knownRegions.includes(one.from)) refuse(['routes', at, 'from'], one.from);
      if (!knownRegions.includes(one.to)) refuse(['routes', at, 'to'], one.to);
    });
  })
    .transform(toPriceList)
    .parse(file);
}

function toPriceList(file: z.output<typeof PriceFile>): PriceList {
  const whole = (prices: z.output<typeof FilePrices>): RegionPrices => ({
    storagePerGibMonthMicros: allClasses(prices.storagePerGibMonth),
    replicationPerGibMicros: prices.replicationPerGib,
    internetRestorePerGibMicros: prices.internetRestorePerGib,
  });
  const regions = Object.entries(file.regions).map(([region, prices]) => {
    const storagePerGibMonth = { ...file.default.storagePerGibMonth, ...prices.storagePerGibMonth };
    return [region, whole({ ...file.default, ...prices, storagePerGibMonth })] as const;
  });
  return {
    currency: file.currency,
    default: whole(file.default),
    regions: Object.fromEntries(regions),
    routes: file.routes.map(({ from, to, perGib }) => ({ from, to, perGibMicros: perGib })),
  };
}

function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code) && Intl.supportedValuesOf('currency').includes(code);
}

export function pricesOf(list: PriceList, region: string): RegionPrices {
  return list.regions[region] ?? list.default;
}

/** Inside one region traffic is free; a route of its own goes before the price of the region it leads to. */
export function replicationPerGibMicros(list: PriceList, fromRegion: string, toRegion: string): number {
  if (fromRegion === toRegion) return 0;
  const route = list.routes.find(({ from, to }) => from === fromRegion && to === toRegion);
  return route?.perGibMicros ?? pricesOf(list, toRegion).replicationPerGibMicros;
}

/** @param kind of the vault; the three trials share a price. */
export function storageClassOf(kind: string, tier: 'standard' | 'archive'): StorageClass {
  if (tier === 'archive') return 'archive';
  if (kind.startsWith('trial')) return 'trial';
  return storageClasses.find((known) => known === kind) ?? 'standard';
}
