import { groupBy } from './group-by';
import { type Meter, type MeterGroup, meterGroupOf } from './meters';
import type { StatementLine } from './statement-schemas';

export interface VaultSum {
  vaultId: string;
  vaultName: string;
  vaultKind: string;
  region: string;
  isDeleted: boolean;
  source: StatementLine['source'];
  groupMicros: Record<MeterGroup, number>;
  amountMicros: number;
}

export function sumByVault(lines: readonly StatementLine[]): VaultSum[] {
  return [...groupBy(lines, ({ vaultId }) => vaultId).values()].map((ofVault) => {
    const { vaultId, vaultName, vaultKind, region, isDeleted, source } = ofVault[0]!;
    const sums = sumByGroup(ofVault);
    return { vaultId, vaultName, vaultKind, region, isDeleted, source, ...sums };
  });
}

export interface SourceSum {
  accountId: string;
  accountName: string;
  vaults: string[];
  groupMicros: Record<MeterGroup, number>;
  amountMicros: number;
}

/** What each account costs whose copies are kept here. */
export function sumBySource(lines: readonly StatementLine[]): SourceSum[] {
  const copies = lines.filter(({ source }) => source !== null);
  return [...groupBy(copies, ({ source }) => source!.accountId)].map(([accountId, ofSource]) => ({
    accountId,
    accountName: ofSource[0]!.source!.accountName,
    vaults: [...new Set(ofSource.map(({ vaultName }) => vaultName))],
    ...sumByGroup(ofSource),
  }));
}

export interface MeterSum {
  meter: Meter;
  quantity: number;
  coveredQuantity: number;
  amountMicros: number;
}

export function sumByMeter(lines: readonly StatementLine[]): MeterSum[] {
  return [...groupBy(lines, ({ meter }) => meter)].map(([meter, ofMeter]) => {
    const sum = (key: 'quantity' | 'coveredQuantity' | 'amountMicros') =>
      ofMeter.reduce((total, line) => total + line[key], 0);
    return {
      meter,
      quantity: sum('quantity'),
      coveredQuantity: sum('coveredQuantity'),
      amountMicros: sum('amountMicros'),
    };
  });
}

export function sumByGroup(lines: readonly StatementLine[]) {
  const groupMicros: Record<MeterGroup, number> = { storage: 0, replication: 0, restore: 0 };
  for (const { meter, amountMicros } of lines) groupMicros[meterGroupOf(meter)] += amountMicros;
  const amountMicros = groupMicros.storage + groupMicros.replication + groupMicros.restore;
  return { groupMicros, amountMicros };
}
