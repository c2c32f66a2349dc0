import { z } from 'zod';
import {
  type PriceList,
  pricesOf,
  replicationPerGibMicros,
  type StorageClass,
  storageClasses,
} from './price-list';

export const storageMeters = storageClasses.map((name) => `storage_${name}` as const);
export const Meter = z.enum([
  ...(storageMeters as [`storage_${StorageClass}`, ...`storage_${StorageClass}`[]]),
  'replication_traffic',
  'replication_local',
  'restore_internet',
  'restore_vpn',
  'restore_leased_line',
  'restore_region',
]);
export type Meter = z.infer<typeof Meter>;

/** The three things that can cost something. */
export type MeterGroup = 'storage' | 'replication' | 'restore';
export const meterGroupOf = (meter: Meter) => meter.slice(0, meter.indexOf('_')) as MeterGroup;

export const meterWords: Record<Meter, string> = {
  storage_standard: 'Storage, standard vaults',
  storage_replication_target: 'Storage, replication targets',
  storage_archive: 'Storage, archive tier',
  storage_database: 'Storage, database vaults',
  storage_container: 'Storage, container vaults',
  storage_server_backup: 'Capacity, server backup vaults',
  storage_disk_backup: 'Capacity, disk backup vaults',
  storage_trial: 'Storage, trials',
  replication_traffic: 'Replication between regions',
  replication_local: 'Replication inside a region',
  restore_internet: 'Restores over the Internet',
  restore_vpn: 'Restores over a VPN',
  restore_leased_line: 'Restores over a leased line',
  restore_region: 'Restores inside the region',
};

export interface MeteredPlace {
  region: string;
  /** Of the vault whose copy it takes. */
  sourceRegion: string | null;
}

/** Per GiB of traffic, or per GiB kept for a month of 30 days. */
export function meterPriceMicros(list: PriceList, meter: Meter, place: MeteredPlace): number {
  const prices = pricesOf(list, place.region);
  if (meter === 'replication_traffic')
    return replicationPerGibMicros(list, place.sourceRegion ?? '', place.region);
  if (meter === 'restore_internet') return prices.internetRestorePerGibMicros;
  const storage = storageClasses.find((name) => meter === `storage_${name}`);
  return storage ? prices.storagePerGibMonthMicros[storage] : 0;
}
