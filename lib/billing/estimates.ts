import { chargePerGibMicros, type Money } from './money';
import { type PriceList, pricesOf, replicationPerGibMicros, storageClassOf } from './price-list';

/**
 * What things would come to, from a price list and sizes. Pure, for servers and browsers: the warning before a share, the
 * rehearsal of a lock and the review of a restore show these before anything is done.
 */

const daysPerMonth = 30;

export interface StoredBytes {
  storedBytes: number;
  /** Kind of the vault. */
  kind: string;
  tier: 'standard' | 'archive';
  region: string;
}

/** For keeping so many stored bytes for a month of 30 days. Capacity plans are not taken off. */
export function estimateMonthlyStorageCost(list: PriceList, stored: StoredBytes): Money {
  const prices = pricesOf(list, stored.region).storagePerGibMonthMicros;
  const price = prices[storageClassOf(stored.kind, stored.tier)];
  return { amountMicros: chargePerGibMicros(stored.storedBytes, price), currency: list.currency };
}

/** For keeping so many stored bytes for a number of days. */
export function estimateStorageCostForDays(list: PriceList, stored: StoredBytes, days: number): Money {
  const month = estimateMonthlyStorageCost(list, stored);
  return { ...month, amountMicros: Math.round((month.amountMicros * days) / daysPerMonth) };
}

/** For sending so many bytes to a replication target; nothing inside one region. The owner of the target pays. */
export function estimateReplicationTrafficCost(
  list: PriceList,
  traffic: { trafficBytes: number; fromRegion: string; toRegion: string },
): Money {
  const price = replicationPerGibMicros(list, traffic.fromRegion, traffic.toRegion);
  return { amountMicros: chargePerGibMicros(traffic.trafficBytes, price), currency: list.currency };
}

export type Connection = 'internet' | 'vpn' | 'leased_line';

/** How restored bytes leave a region: only `restore_internet` is charged. */
export type RestoreMeter = 'restore_internet' | 'restore_vpn' | 'restore_leased_line' | 'restore_region';

/** Where a restore goes: `server` is a host outside the cloud; whatever stands in the cloud is in the vault's region. */
export interface RestoreDestination {
  placement: 'server' | 'cloud';
  connection: Connection;
}

export function restoreMeterOf({ placement, connection }: RestoreDestination): RestoreMeter {
  return placement === 'cloud' ? 'restore_region' : `restore_${connection}`;
}

export function estimateRestoreCost(
  list: PriceList,
  restore: { restoredBytes: number; vaultRegion: string; destination: RestoreDestination },
): Money & { meter: RestoreMeter; isMetered: boolean } {
  const meter = restoreMeterOf(restore.destination);
  const isMetered = meter === 'restore_internet';
  const price = isMetered ? pricesOf(list, restore.vaultRegion).internetRestorePerGibMicros : 0;
  return {
    amountMicros: chargePerGibMicros(restore.restoredBytes, price),
    currency: list.currency,
    meter,
    isMetered,
  };
}

export interface ReplicaEstimate {
  /** The first synchronisation: everything the source vault stores, once. */
  firstCopyBytes: number;
  firstCopyCost: Money;
  /** What is new in 30 days, sent between the regions. */
  monthlyTrafficBytes: number;
  monthlyTrafficCost: Money;
  /** At today's size, and at the size of 30 days from now if nothing expires until then. */
  monthlyStorageCost: Money;
  storedBytesInAMonth: number;
  monthlyStorageCostInAMonth: Money;
}

/** What a replica would cost the owner of its target. Sizes are of stored bytes: compressed and without duplicates. */
export function estimateReplica(
  list: PriceList,
  replica: { storedBytes: number; growthBytesPerDay: number; fromRegion: string; toRegion: string },
): ReplicaEstimate {
  const { storedBytes, fromRegion, toRegion } = replica;
  const monthlyTrafficBytes = Math.round(Math.max(0, replica.growthBytesPerDay) * daysPerMonth);
  const storedBytesInAMonth = storedBytes + monthlyTrafficBytes;
  const traffic = (trafficBytes: number) =>
    estimateReplicationTrafficCost(list, { trafficBytes, fromRegion, toRegion });
  const storage = (bytes: number) =>
    estimateMonthlyStorageCost(list, {
      storedBytes: bytes,
      kind: 'replication_target',
      tier: 'standard',
      region: toRegion,
    });
  return {
    firstCopyBytes: storedBytes,
    firstCopyCost: traffic(storedBytes),
    monthlyTrafficBytes,
    monthlyTrafficCost: traffic(monthlyTrafficBytes),
    monthlyStorageCost: storage(storedBytes),
    storedBytesInAMonth,
    monthlyStorageCostInAMonth: storage(storedBytesInAMonth),
  };
}
