import { csvLine } from '@/lib/api/csv';
import { meterGroupOf } from './meters';
import { formatDecimal } from './money';
import type { Statement, StatementLine } from './statement-schemas';

type Column = [name: string, value: (line: StatementLine, statement: Statement) => unknown];

const columns: Column[] = [
  ['month', (_, { month }) => month],
  ['vault_id', (line) => line.vaultId],
  ['vault_name', (line) => line.vaultName],
  ['vault_kind', (line) => line.vaultKind],
  ['vault_deleted', (line) => line.isDeleted],
  ['region', (line) => line.region],
  ['source_account_id', (line) => line.source?.accountId],
  ['source_account_name', (line) => line.source?.accountName],
  ['source_vault_id', (line) => line.source?.vaultId],
  ['meter', (line) => line.meter],
  ['unit', (line) => (meterGroupOf(line.meter) === 'storage' ? 'byte-seconds' : 'bytes')],
  ['quantity', (line) => line.quantity],
  ['covered_by_plans', (line) => line.coveredQuantity],
  ['price_per_gib', (line) => formatDecimal(line.priceMicros)],
  ['amount', (line) => formatDecimal(line.amountMicros)],
  ['currency', (_, { currency }) => currency],
  ['measured_until', (_, { measuredUntil }) => measuredUntil],
];

/** The lines of a statement for spreadsheets and other programs; they add up to its total. */
export function* toStatementCsv(statement: Statement): Generator<string> {
  yield csvLine(columns.map(([name]) => name));
  for (const line of statement.lines) yield csvLine(columns.map(([, value]) => value(line, statement)));
}
