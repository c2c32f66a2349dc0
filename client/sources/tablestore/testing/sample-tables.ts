import {
  binaryValue,
  booleanValue,
  type Cell,
  doubleValue,
  infMax,
  infMin,
  integerValue,
  type KeyColumn,
  keyOf,
  type Row,
  stringValue,
  type TableSchema,
} from '../model';
import { BatchFiller } from '../restore/row-writes';
import type { RowWrite, WideColumnSource } from '../wide-column-source';

const { signal } = new AbortController();
const column = (name: string, type: KeyColumn['type'], isAutoIncrement = false): KeyColumn => ({
  name,
  type,
  isAutoIncrement,
});
const day = 86_400;

export function schemaOf(key: KeyColumn[], change: Partial<TableSchema> = {}): TableSchema {
  return {
    key,
    definedColumns: [],
    options: {
      timeToLiveSeconds: -1,
      maxVersions: 1,
      maxVersionOffsetSeconds: 3650 * day,
      allowsUpdate: true,
    },
    indexes: [],
    stream: { isEnabled: false, expirationHours: 0 },
    throughput: { read: 0, write: 0 },
    ...change,
  };
}

/** Keys of all types, one to four columns; values of all types; several versions. */
export const sampleSchemas: Record<string, TableSchema> = {
  events: schemaOf([column('id', 'integer')]),
  everything: schemaOf(
    [column('tenant', 'string'), column('id', 'integer'), column('part', 'binary'), column('tag', 'string')],
    {
      definedColumns: [{ name: 'text', type: 'string' }],
      options: {
        timeToLiveSeconds: -1,
        maxVersions: 4,
        maxVersionOffsetSeconds: 3650 * day,
        allowsUpdate: true,
      },
      indexes: [
        {
          name: 'by_text',
          keyColumns: ['text', 'tenant', 'id', 'part', 'tag'],
          definedColumns: [],
          updateMode: 'async',
          type: 'global',
        },
      ],
      stream: { isEnabled: true, expirationHours: 24 },
    },
  ),
  kept: schemaOf([column('id', 'integer')], {
    options: {
      timeToLiveSeconds: 400 * day,
      maxVersions: 2,
      maxVersionOffsetSeconds: 3650 * day,
      allowsUpdate: true,
    },
  }),
  empty: schemaOf([column('id', 'binary')]),
};

const cell = (name: string, value: Omit<Cell, 'name' | 'timestamp'>, timestamp: bigint): Cell => ({
  name,
  ...value,
  timestamp,
});

/** Rows for `everything`, their values at the edges of what there is. */
export function hardRows(count: number, baseMs: bigint): Row[] {
  const integers = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 9_007_199_254_740_993n];
  const doubles = [0, -0, Number.MIN_VALUE, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN];
  const texts = ['', 'plain', 'é中文🦉', 'a\u0000b', 'line\nline', ' trailing '];
  return Array.from({ length: count }, (_, i): Row => {
    const versions = Array.from({ length: (i % 4) + 1 }, (_, version) =>
      cell('text', stringValue(texts[(i + version) % texts.length]!), baseMs + BigInt(10 - version)),
    );
    return {
      key: [
        { name: 'tenant', ...stringValue(['', 'a', 'a\u0000', 'zé'][i % 4]!) },
        { name: 'id', ...integerValue(i % 2 ? BigInt(i) : -BigInt(i)) },
        { name: 'part', ...binaryValue(Buffer.from([i % 256, 0, 255])) },
        { name: 'tag', ...stringValue('t'.repeat((i % 5) * 10)) },
      ],
      cells: [
        cell('blob', binaryValue(Buffer.alloc(i % 700, i)), baseMs),
        cell('flag', booleanValue(i % 2 === 0), baseMs + 3n),
        cell('n', integerValue(integers[i % integers.length]!), baseMs + 1n),
        cell('ratio', doubleValue(doubles[i % doubles.length]!), baseMs + 2n),
        ...versions,
        cell('timestamp', stringValue('a column of this name'), baseMs),
      ],
    };
  });
}

export function plainRows(count: number, baseMs: bigint, width = 100, from = 0): Row[] {
  return Array.from({ length: count }, (_, i) => ({
    key: [{ name: 'id', ...integerValue(BigInt(from + i)) }],
    cells: [cell('v', stringValue(`${from + i} `.padEnd(width, 'x')), baseMs + BigInt(i % 1000))],
  }));
}

export async function writeAll(source: WideColumnSource, table: string, rows: readonly Row[]): Promise<void> {
  const filler = new BatchFiller<{ write: RowWrite }>();
  const send = async (batch: { write: RowWrite }[] | null) => {
    if (!batch?.length) return;
    const outcomes = await source.writeRows(
      table,
      batch.map(({ write }) => write),
      signal,
    );
    const failed = outcomes.find(Boolean);
    if (failed) throw failed;
  };
  for (const { key, cells } of rows)
    await send(filler.add({ write: { kind: 'put', key, cells, onlyIfMissing: false } }));
  await send(filler.take());
}

/** Every version of every row, as text that is equal exactly when the rows are. */
export async function readAll(source: WideColumnSource, table: string): Promise<string[]> {
  const { key } = await source.describeTable(table, signal);
  const end = keyOf(key, infMax);
  const rows: Row[] = [];
  let start: Row['key'] | null = keyOf(key, infMin);
  while (start) {
    const page: Awaited<ReturnType<WideColumnSource['readPage']>> = await source.readPage(
      table,
      { start, end },
      { maxVersions: 100 },
      signal,
    );
    rows.push(...page.rows);
    start = page.next;
  }
  return rows.map(textOf);
}

function textOf({ key, cells }: Row): string {
  const value = ({ name, tag, bytes }: { name: string; tag: number; bytes: Buffer }) =>
    `${name}:${tag}:${bytes.toString('hex')}`;
  return [...key.map(value), ...cells.map((cell) => `${value(cell)}@${cell.timestamp}`)].join(' ');
}
