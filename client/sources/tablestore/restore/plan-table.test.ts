import { describe, expect, test } from 'vitest';
import type { TableFile } from '../backup/table-file';
import type { TableSchema } from '../model';
import { planTable } from './plan-table';

const now = new Date('2026-03-01T00:00:00Z');
const day = 86_400;
const at = (iso: string) => String(Date.parse(iso));
const schema: TableSchema = {
  key: [
    { name: 'tenant', type: 'string', isAutoIncrement: false },
    { name: 'id', type: 'integer', isAutoIncrement: false },
  ],
  definedColumns: [],
  options: { timeToLiveSeconds: -1, maxVersions: 3, maxVersionOffsetSeconds: day, allowsUpdate: true },
  indexes: [{ name: 'by_id', keyColumns: ['id'], definedColumns: [], updateMode: 'async', type: 'global' }],
  stream: { isEnabled: false, expirationHours: 0 },
  throughput: { read: 5, write: 0 },
};
const file = (change: Partial<TableFile> = {}): TableFile => ({
  rowFormat: 1,
  table: 'orders',
  instance: 'shop',
  schema,
  rows: 10,
  bytes: 1000,
  oldestVersion: at('2026-01-01T00:00:00Z'),
  newestVersion: at('2026-02-01T00:00:00Z'),
  read: {
    from: now.toISOString(),
    until: now.toISOString(),
    rowsWrittenMeanwhile: 0,
    hasSchemaChanged: false,
  },
  ...change,
});
const target = { tables: [], autoIncrement: 'keep' as const };

describe('what a restore does with a table', () => {
  test('an absent table is made as it was, without reserved throughput, taking the original timestamps', () => {
    const plan = planTable(file(), null, target, now);
    expect(plan.to).toBe('orders');
    expect(plan.create).toMatchObject({
      key: schema.key,
      indexes: schema.indexes,
      throughput: { read: 0, write: 0 },
    });
    expect(plan.create!.options.maxVersionOffsetSeconds).toBe((59 + 7) * day);
    expect(plan.options.after).toEqual(schema.options);
    expect(plan.notes.join(' ')).toMatch(
      /orders is created with by_id.*reserved throughput \(5 read.*raised to 66 days.*put back to 1 day/,
    );
  });

  test('under another name its indexes get names of their own, for names of indexes are taken in the whole instance', () => {
    const plan = planTable(file(), null, { ...target, tables: [{ from: 'orders', to: 'orders_back' }] }, now);
    expect(plan.to).toBe('orders_back');
    expect(plan.create!.indexes.map(({ name }) => name)).toEqual(['by_id_orders_back']);
  });

  test.each([
    ['another name', [{ ...schema.key[0]!, name: 'account' }, schema.key[1]!]],
    ['another type', [{ ...schema.key[0]!, type: 'binary' as const }, schema.key[1]!]],
    ['more columns', [...schema.key, { name: 'line', type: 'integer' as const, isAutoIncrement: false }]],
    ['numbers from the service', [schema.key[0]!, { ...schema.key[1]!, isAutoIncrement: true }]],
  ])('a table there whose key has %s is refused with both keys named', (_, key) => {
    const plan = planTable(file(), { ...schema, key }, target, now);
    expect(plan.refusal).toMatch(
      /has another key \(.*\) than the one in the backup \(tenant string, id integer\)/,
    );
    expect(plan.create).toBeNull();
  });

  test('a table there keeps its options but for the offset, and what is lost by them is said', () => {
    const options = {
      timeToLiveSeconds: 30 * day,
      maxVersions: 1,
      maxVersionOffsetSeconds: 90 * day,
      allowsUpdate: true,
    };
    const plan = planTable(file(), { ...schema, options }, target, now);
    expect(plan.options).toEqual({ during: options, after: options });
    expect(plan.oldestKept).toBe(BigInt(Date.parse('2026-01-30T00:01:00Z')));
    expect(plan.notes.join(' ')).toMatch(/time to live is 30 days.*keeps 1 versions and the original kept 3/);
  });

  test('numbers are kept or given anew, as was chosen, and what that means is said', () => {
    const key = [schema.key[0]!, { ...schema.key[1]!, isAutoIncrement: true }];
    const numbered = file({ schema: { ...schema, key } });
    expect(planTable(numbered, null, target, now)).toMatchObject({ renumbers: null });
    const anew = planTable(numbered, null, { ...target, autoIncrement: 'renumber' }, now);
    expect(anew.renumbers).toBe('id');
    expect(anew.notes.join(' ')).toContain('new numbers in id');
  });

  test('an empty table needs no wider offset', () => {
    const plan = planTable(file({ oldestVersion: null, newestVersion: null, rows: 0 }), schema, target, now);
    expect(plan.options.during).toEqual(plan.options.after);
  });
});
