import type { PriceList, RegionPrices } from './price-list';

/** Round figures of our own, so that costs can be seen at work. They are nobody's offer: the operator puts its own. */
const prices: RegionPrices = {
  storagePerGibMonthMicros: {
    standard: 20_000,
    replication_target: 20_000,
    archive: 5_000,
    database: 30_000,
    container: 20_000,
    server_backup: 25_000,
    disk_backup: 25_000,
    trial: 0,
  },
  replicationPerGibMicros: 50_000,
  internetRestorePerGibMicros: 100_000,
};

export const defaultPriceList: PriceList = {
  currency: 'USD',
  default: prices,
  regions: {
    'cn-hongkong': { ...prices, replicationPerGibMicros: 80_000, internetRestorePerGibMicros: 150_000 },
    'ap-southeast-1': { ...prices, replicationPerGibMicros: 80_000, internetRestorePerGibMicros: 120_000 },
  },
  routes: [],
};
