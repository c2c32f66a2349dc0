import { expect, test } from 'vitest';
import type { StatementLine } from './statement-schemas';
import { sumByMeter, sumBySource, sumByVault } from './sum-lines';

const line = (
  vaultId: string,
  meter: StatementLine['meter'],
  amountMicros: number,
  from?: string,
): StatementLine => ({
  vaultId,
  vaultName: `name of ${vaultId}`,
  vaultKind: from ? 'replication_target' : 'standard',
  region: 'cn-beijing',
  isDeleted: false,
  source: from ? { accountId: from, accountName: `Account ${from}`, vaultId: 'v', vaultName: 'v' } : null,
  meter,
  quantity: 10,
  coveredQuantity: 1,
  priceMicros: 1,
  amountMicros,
});
const lines = [
  line('v-1', 'storage_standard', 5),
  line('r-1', 'storage_replication_target', 7, 'A'),
  line('r-1', 'replication_traffic', 11, 'A'),
  line('r-2', 'replication_traffic', 13, 'A'),
  line('r-3', 'restore_internet', 17, 'B'),
];

test('what a source account costs is all of its targets, and nothing of other vaults', () => {
  expect(sumBySource(lines)).toEqual([
    {
      accountId: 'A',
      accountName: 'Account A',
      vaults: ['name of r-1', 'name of r-2'],
      groupMicros: { storage: 7, replication: 24, restore: 0 },
      amountMicros: 31,
    },
    expect.objectContaining({ accountId: 'B', amountMicros: 17 }),
  ]);
});

test('every way of adding up comes to the same total', () => {
  for (const sums of [sumByVault(lines), sumByMeter(lines)]) {
    expect(sums.reduce((total, { amountMicros }) => total + amountMicros, 0)).toBe(53);
  }
  expect(sumByMeter(lines).find(({ meter }) => meter === 'replication_traffic')).toMatchObject({
    quantity: 20,
    coveredQuantity: 2,
  });
});
