import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { defaultPriceList } from './default-price-list';
import { PriceList, pricesOf } from './price-list';
import { readPriceList } from './read-price-list';

const folder = mkdtempSync(join(tmpdir(), 'crossvault-prices-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(content: unknown): string {
  const file = join(folder, 'prices.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const prices = {
  storagePerGibMonth: {
    standard: 0.02,
    replication_target: '0.025',
    archive: 0.004,
    database: 0.03,
    container: 0.02,
    trial: 0,
  },
  replicationPerGib: 0.05,
  internetRestorePerGib: '0.1',
};
const file = { currency: 'EUR', default: prices };

test('without a file the built-in list is in force', () => {
  expect(readPriceList(null)).toEqual(PriceList.parse(defaultPriceList));
});

test('decimals become whole millionths, and a region takes what it does not name from the default', () => {
  const regions = { 'cn-beijing': { storagePerGibMonth: { archive: 0.001 }, replicationPerGib: 0.07 } };
  const list = readPriceList(write({ ...file, regions }));
  expect(pricesOf(list, 'cn-hangzhou')).toEqual({
    storagePerGibMonthMicros: {
      standard: 20_000,
      replication_target: 25_000,
      archive: 4_000,
      database: 30_000,
      container: 20_000,
      server_backup: 20_000,
      disk_backup: 20_000,
      trial: 0,
    },
    replicationPerGibMicros: 50_000,
    internetRestorePerGibMicros: 100_000,
  });
  expect(pricesOf(list, 'cn-beijing')).toMatchObject({
    storagePerGibMonthMicros: { standard: 20_000, archive: 1_000 },
    replicationPerGibMicros: 70_000,
    internetRestorePerGibMicros: 100_000,
  });
});

test.each([
  ['text that is no JSON', '{', /is not JSON/],
  [
    'a price that is missing',
    { ...file, default: { ...prices, replicationPerGib: undefined } },
    /default\.replicationPerGib/,
  ],
  ['a price below zero', { ...file, default: { ...prices, replicationPerGib: -1 } }, /0 to 999999/],
  [
    'a price finer than a millionth',
    { ...file, default: { ...prices, replicationPerGib: '0.0000001' } },
    /six decimals/,
  ],
  ['a word that means nothing', { ...file, discount: 1 }, /discount/],
  ['a currency that does not exist', { ...file, currency: 'XYZ' }, /three capital letters/],
  ['a region that is misspelt', { ...file, regions: { 'cn-hangzou': {} } }, /cn-hangzou is not a region/],
  [
    'a route to nowhere',
    { ...file, routes: [{ from: 'cn-beijing', to: 'xx-none', perGib: 1 }] },
    /xx-none is not/,
  ],
])('a list with %s is refused at the start, naming it', (_, content, message) => {
  expect(() => readPriceList(write(content))).toThrow(message);
});

test('a file that is not there is refused with its name', () => {
  expect(() => readPriceList(join(folder, 'none.json'))).toThrow(/none\.json.*cannot be read/);
});
