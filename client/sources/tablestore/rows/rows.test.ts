import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, integerValue, type KeyColumn, type Row, stringValue } from '../model';
import { RowCutter, rowGroups } from './row-cutter';
import { RowReader, RowWriter } from './row-format';

const key: KeyColumn[] = [
  { name: 'tenant', type: 'string', isAutoIncrement: false },
  { name: 'id', type: 'integer', isAutoIncrement: false },
];
const cell = (name: string, text: string, timestamp = 1n): Cell => ({
  name,
  ...stringValue(text),
  timestamp,
});
const rowOf = (id: number, cells: Cell[] = [cell('v', `value ${id}`)]): Row => ({
  key: [
    { name: 'tenant', ...stringValue('a') },
    { name: 'id', ...integerValue(BigInt(id)) },
  ],
  cells,
});

function cut(rows: Row[], namingKey = Buffer.alloc(32, 5)): string[] {
  const [writer, cutter] = [new RowWriter(), new RowCutter(namingKey)];
  const groups: string[] = [];
  for (const row of rows)
    for (const group of cutter.add(row.key, writer.encode(row))) groups.push(group.toString('latin1'));
  for (const group of cutter.finish()) groups.push(group.toString('latin1'));
  return groups;
}

describe('rows in a backup point', () => {
  test('the bytes of a row are those that the documentation gives', () => {
    const row = rowOf(2, [cell('b', 'new', 258n), cell('b', 'old', 1n)]);
    expect(new RowWriter().encode(row).toString('hex')).toBe(
      [
        '2b',
        '030161',
        '00080200000000000000',
        '01',
        '016202',
        '000000000000010203036e6577',
        '000000000000000103036f6c64',
      ].join(''),
    );
  });

  test('equal rows are equal bytes, in whatever order their columns and versions come', () => {
    const cells = [cell('b', 'x', 3n), cell('a', 'y', 1n), cell('a', 'z', 2n), cell('é', '', 1n)];
    const [first, ...others] = [
      cells,
      [...cells].reverse(),
      [cells[2]!, cells[0]!, cells[3]!, cells[1]!],
    ].map((some) => new RowWriter().encode(rowOf(1, some)).toString('hex'));
    for (const other of others) expect(other).toBe(first);
  });

  test('rows read back as they were, wherever the pieces of their file end', () => {
    const rows = [rowOf(1), rowOf(2, []), rowOf(3, [cell('wide', 'w'.repeat(3000), 2n ** 62n)]), rowOf(-4)];
    const writer = new RowWriter();
    const file = Buffer.concat(rows.map((row) => Buffer.from(writer.encode(row))));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: file.length }), { maxLength: 6 }), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), file.length];
        const reader = new RowReader(key);
        const read = ends.flatMap((end, i) => [...reader.read(file.subarray(ends[i - 1] ?? 0, end))]);
        reader.finish();
        expect(read.map(({ row }) => row)).toEqual(rows);
        expect(read.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(file.length);
      }),
      { numRuns: 50 },
    );
  });

  test('a file that ends inside a row, and a value of an unknown type, are damage and not rows', () => {
    const file = Buffer.from(new RowWriter().encode(rowOf(1)));
    const reader = new RowReader(key);
    expect([...reader.read(file.subarray(0, 10))]).toEqual([]);
    expect(() => reader.finish()).toThrow('ends inside a row');
    file[1] = 9;
    expect(() => [...new RowReader(key).read(file)]).toThrow('a value of type 9');
  });
});

describe('groups of rows', () => {
  const rows = Array.from({ length: 20_000 }, (_, id) => rowOf(id, [cell('v', `${id}-`.repeat(20))]));
  const groups = cut(rows);

  test('keep within their sizes, and near the average', () => {
    const sizes = groups.map((group) => group.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(rowGroups.maxBytes);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThanOrEqual(rowGroups.minBytes);
    const average = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(average).toBeGreaterThan(rowGroups.averageBytes / 2);
    expect(average).toBeLessThan(rowGroups.averageBytes * 2);
  });

  test('ten changed rows change at most ten groups, ten new and ten deleted ones at most thirty', () => {
    const known = new Set(groups);
    const ids = Array.from({ length: 10 }, (_, i) => i * 1900 + 7);
    const changed = rows.map((row, id) => (ids.includes(id) ? rowOf(id, [cell('v', 'changed', 2n)]) : row));
    expect(cut(changed).filter((group) => !known.has(group)).length).toBeLessThanOrEqual(10);
    const moved = [...rows.filter((_, id) => !ids.includes(id)), ...ids.map((id) => rowOf(30_000 + id))];
    expect(cut(moved).filter((group) => !known.has(group)).length).toBeLessThanOrEqual(30);
  });

  test('a range that begins elsewhere shares all groups but its first', () => {
    const known = new Set(groups);
    expect(cut(rows.slice(5_431)).filter((group) => !known.has(group)).length).toBeLessThanOrEqual(2);
  });

  test('another lineage cuts elsewhere', () => {
    const known = new Set(groups);
    expect(cut(rows, Buffer.alloc(32, 6)).filter((group) => known.has(group)).length).toBeLessThan(
      groups.length / 2,
    );
  });

  test('a row that is longer than a group is split and reads back', () => {
    const sizes = { minBytes: 64, averageBytes: 256, maxBytes: 1024 };
    const wide = rowOf(1, [cell('v', 'x'.repeat(2500))]);
    const [writer, cutter] = [new RowWriter(), new RowCutter(Buffer.alloc(32, 5), sizes)];
    const parts: Buffer[] = [];
    for (const row of [wide, rowOf(2)])
      for (const group of cutter.add(row.key, writer.encode(row))) parts.push(Buffer.from(group));
    parts.push(...[...cutter.finish()].map((group) => Buffer.from(group)));
    expect(parts.slice(0, 2).map((part) => part.length)).toEqual([1024, 1024]);
    const reader = new RowReader(key);
    const read = parts.flatMap((part) => [...reader.read(part)]);
    reader.finish();
    expect(read.map(({ row }) => row)).toEqual([wide, rowOf(2)]);
  });
});
