import { expect, test } from 'vitest';
import { defaultPriceList } from './default-price-list';
import {
  estimateMonthlyStorageCost,
  estimateReplica,
  estimateReplicationTrafficCost,
  estimateRestoreCost,
  estimateStorageCostForDays,
} from './estimates';
import type { PriceList } from './price-list';

const gib = 2 ** 30;
const list: PriceList = {
  ...defaultPriceList,
  regions: { 'cn-hongkong': { ...defaultPriceList.default, replicationPerGibMicros: 90_000 } },
  routes: [{ from: 'cn-hangzhou', to: 'cn-shanghai', perGibMicros: 10_000 }],
};
const usd = (amountMicros: number) => expect.objectContaining({ amountMicros, currency: 'USD' });

test.each([
  ['standard', 'standard', 20_000],
  ['replication_target', 'standard', 20_000],
  ['database', 'standard', 30_000],
  ['standard', 'archive', 5_000],
  ['archive', 'archive', 5_000],
  ['trial_oss', 'standard', 0],
] as const)('a GiB in a %s vault, %s tier, costs its price for 30 days', (kind, tier, micros) => {
  const stored = { storedBytes: gib, kind, tier, region: 'cn-hangzhou' };
  expect(estimateMonthlyStorageCost(list, stored)).toEqual(usd(micros));
  expect(estimateStorageCostForDays(list, stored, 15)).toEqual(usd(micros / 2));
});

test.each([
  ['inside one region', 'cn-hangzhou', 'cn-hangzhou', 0],
  ['over a route with its own price', 'cn-hangzhou', 'cn-shanghai', 10_000],
  ['the other way, at the price of the region it leads to', 'cn-shanghai', 'cn-hangzhou', 50_000],
  ['into a region with its own price', 'cn-hangzhou', 'cn-hongkong', 90_000],
])('traffic %s', (_, fromRegion, toRegion, micros) => {
  const traffic = { trafficBytes: gib, fromRegion, toRegion };
  expect(estimateReplicationTrafficCost(list, traffic)).toEqual(usd(micros));
});

test.each([
  ['over the Internet', 'server', 'internet', 'restore_internet', 200_000],
  ['over a VPN', 'server', 'vpn', 'restore_vpn', 0],
  ['over a leased line', 'server', 'leased_line', 'restore_leased_line', 0],
  ['inside the region, whatever its client says', 'cloud', 'internet', 'restore_region', 0],
] as const)('a restore %s', (_, placement, connection, meter, micros) => {
  const restore = {
    restoredBytes: 2 * gib,
    vaultRegion: 'cn-hangzhou',
    destination: { placement, connection },
  };
  expect(estimateRestoreCost(list, restore)).toEqual({
    amountMicros: micros,
    currency: 'USD',
    meter,
    isMetered: micros > 0,
  });
});

test('a replica costs its first copy, what is added every month, and its storage', () => {
  const replica = {
    storedBytes: 100 * gib,
    growthBytesPerDay: gib,
    fromRegion: 'cn-hangzhou',
    toRegion: 'cn-beijing',
  };
  expect(estimateReplica(list, replica)).toEqual({
    firstCopyBytes: 100 * gib,
    firstCopyCost: usd(5_000_000),
    monthlyTrafficBytes: 30 * gib,
    monthlyTrafficCost: usd(1_500_000),
    monthlyStorageCost: usd(2_000_000),
    storedBytesInAMonth: 130 * gib,
    monthlyStorageCostInAMonth: usd(2_600_000),
  });
  const near = estimateReplica(list, { ...replica, toRegion: 'cn-hangzhou' });
  expect([near.firstCopyCost, near.monthlyTrafficCost]).toEqual([usd(0), usd(0)]);
});
