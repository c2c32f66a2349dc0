import sdk from 'tablestore';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { infMax, infMin, integerValue, keyOf, stringValue, type TableSchema } from './model';
import { SdkSource, type SourceOptions } from './sdk-source';
import { TablestoreDouble } from './testing/tablestore-double';
import type { RowWrite } from './wide-column-source';

const schema: TableSchema = {
  key: [
    { name: 'tenant', type: 'string', isAutoIncrement: false },
    { name: 'id', type: 'integer', isAutoIncrement: false },
  ],
  definedColumns: [{ name: 'state', type: 'string' }],
  options: {
    timeToLiveSeconds: -1,
    maxVersions: 3,
    maxVersionOffsetSeconds: 86_400 * 365,
    allowsUpdate: true,
  },
  indexes: [
    {
      name: 'by_state',
      keyColumns: ['state', 'tenant', 'id'],
      definedColumns: [],
      updateMode: 'async',
      type: 'global',
    },
  ],
  stream: { isEnabled: true, expirationHours: 24 },
  throughput: { read: 0, write: 0 },
};
const { signal } = new AbortController();
const all = { start: keyOf(schema.key, infMin), end: keyOf(schema.key, infMax) };
const put = (id: number, text = `row ${id}`): RowWrite => ({
  kind: 'put',
  key: [
    { name: 'tenant', ...stringValue('a') },
    { name: 'id', ...integerValue(BigInt(id)) },
  ],
  cells: [{ name: 'timestamp', ...stringValue(text), timestamp: BigInt(Date.now() - 5000) }],
  onlyIfMissing: false,
});

let double: TablestoreDouble;
const opened: SdkSource[] = [];
async function open(options: SourceOptions = {}, address = double.address) {
  const source = await SdkSource.open(address, options);
  opened.push(source);
  return source;
}

beforeAll(async () => {
  double = await TablestoreDouble.start();
  await (await open()).createTable('orders', schema, signal);
});
beforeEach(() => {
  double.faults.length = 0;
  double.requests.length = 0;
});
afterAll(async () => {
  for (const source of opened) source.close();
  await double.stop();
});

describe('a Tablestore instance through the official SDK', () => {
  test('describes a table as it was created, with options, indexes and stream', async () => {
    const source = await open();
    expect(await source.listTables(signal)).toEqual(['orders']);
    expect(await source.describeTable('orders', signal)).toEqual(schema);
    const options = { ...schema.options, maxVersions: 5 };
    await source.setOptions('orders', options, signal);
    expect((await source.describeTable('orders', signal)).options).toEqual(options);
  });

  test('writes and reads rows page by page, also a column named timestamp, which the SDK itself cannot write', async () => {
    const source = await open();
    const writes = Array.from({ length: 150 }, (_, id) => put(id));
    expect(await source.writeRows('orders', writes, signal)).toEqual(writes.map(() => null));
    const first = await source.readPage('orders', all, { maxVersions: 3, rows: 100 }, signal);
    expect(first.rows).toHaveLength(100);
    const rest = await source.readPage('orders', { ...all, start: first.next! }, { maxVersions: 3 }, signal);
    expect(rest.rows).toHaveLength(50);
    expect(rest.next).toBeNull();
    expect([...first.rows, ...rest.rows].map(({ cells }) => cells[0]!.bytes.toString())).toEqual(
      writes.map((_, id) => `row ${id}`),
    );
  });

  test('rows written by the unmodified SDK are read, with the timestamps the service gave', async () => {
    const { Client, Long, Condition } = sdk as never as FullSdk;
    const { endpoint, instance, accessKeyId, accessKeySecret } = double.address;
    const client = new Client({
      endpoint,
      instancename: instance,
      accessKeyId,
      secretAccessKey: accessKeySecret,
      maxRetries: 0,
    });
    const before = BigInt(Date.now());
    await client.putRow({
      tableName: 'orders',
      condition: new Condition(0, null),
      primaryKey: [{ tenant: 'zé' }, { id: Long.fromString('9007199254740993') }],
      attributeColumns: [{ amount: 1.5 }],
    });
    const start = [
      { name: 'tenant', ...stringValue('z') },
      { name: 'id', ...infMin },
    ];
    const { rows } = await (await open()).readPage('orders', { ...all, start }, { maxVersions: 3 }, signal);
    expect(rows[0]!.key.map(({ bytes }) => bytes.toString('hex'))).toEqual(['7ac3a9', '0100000000002000']);
    expect(rows[0]!.cells[0]!.bytes.readDoubleLE()).toBe(1.5);
    expect(rows[0]!.cells[0]!.timestamp).toBeGreaterThanOrEqual(before);
  });

  test('rows that fail one by one are told one by one', async () => {
    const source = await open();
    const outcomes = await source.writeRows(
      'orders',
      [put(1), { ...put(2), onlyIfMissing: true }, put(9000)],
      signal,
    );
    expect(outcomes.map((outcome) => outcome && { ...outcome })).toMatchObject([
      null,
      { reason: 'row_exists' },
      null,
    ]);
    double.operations.rowFault = (_, row) =>
      row % 2 ? { code: 'OTSNotEnoughCapacityUnit', message: '' } : null;
    const throttled = await source.writeRows('orders', [put(1), put(2)], signal);
    double.operations.rowFault = () => null;
    expect(throttled.filter(Boolean)).toMatchObject([{ reason: 'source_throttled', retryable: true }]);
  });

  test.each([
    [{ status: 503, code: 'OTSServerBusy' }],
    [{ status: 403, code: 'OTSNotEnoughCapacityUnit' }],
    ['refuse-connection'],
    ['break-answer'],
    ['drop-after'],
  ] as const)('%o passes by itself: the request is repeated and its rows arrive', async (how) => {
    const retried: string[] = [];
    const source = await open({ onRetry: ({ reason }) => retried.push(reason!) });
    double.faults.push({ operation: 'GetRange', times: 2, how });
    const { rows } = await source.readPage('orders', all, { maxVersions: 1, rows: 10 }, signal);
    expect(rows).toHaveLength(10);
    expect(retried).toHaveLength(2);
  });

  test('an instance that never answers ends by the deadline, not by patience alone', async () => {
    double.faults.push({ operation: '*', times: 100, how: 'hang' });
    const source = await open({ patienceMs: 0, limits: { silenceMs: 50, deadlineMs: 100 } });
    await expect(source.listTables(signal)).rejects.toMatchObject({
      code: 'unavailable',
      reason: 'source_unreachable',
    });
  });

  test('a request ends at once when the job is cancelled', async () => {
    double.faults.push({ operation: '*', times: 1, how: 'hang' });
    const cancel = new AbortController();
    const asked = (await open()).listTables(cancel.signal);
    setImmediate(() => cancel.abort(new Error('cancelled')));
    await expect(asked).rejects.toThrow('cancelled');
  });

  test('wrong keys, instances, tables and servers are told apart, each with what to do', async () => {
    const wrong = (change: object) => open({ patienceMs: 0 }, { ...double.address, ...change });
    await expect((await wrong({ accessKeySecret: 'no' })).listTables(signal)).rejects.toMatchObject({
      code: 'forbidden',
      reason: 'source_credentials_refused',
    });
    await expect((await wrong({ instance: 'other' })).listTables(signal)).rejects.toMatchObject({
      code: 'not_found',
      reason: 'instance_missing',
    });
    await expect((await wrong({})).describeTable('none', signal)).rejects.toMatchObject({
      reason: 'table_missing',
    });
    await expect((await wrong({ endpoint: 'http://127.0.0.1:1' })).listTables(signal)).rejects.toMatchObject({
      reason: 'source_unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    double.faults.push({
      operation: '*',
      times: 1,
      how: { status: 403, code: 'OTSAuthFailed', message: 'Mismatch between system time and x-ots-date: x.' },
    });
    await expect((await wrong({})).listTables(signal)).rejects.toMatchObject({ reason: 'clock_skew' });
  });

  test('a private address is refused before anything is sent, by name as well as by number', async () => {
    const { port } = new URL(double.endpoint);
    for (const host of ['127.0.0.1', 'localhost', '10.0.0.1'])
      await expect(
        open({}, { ...double.address, endpoint: `https://${host}:${port}`, allowsPrivateEndpoint: false }),
      ).rejects.toMatchObject({ code: 'not_eligible', reason: 'private_endpoint' });
    await expect(
      open({}, { ...double.address, endpoint: 'http://example.com', allowsPrivateEndpoint: false }),
    ).rejects.toMatchObject({ reason: 'plain_endpoint' });
    expect(double.requests).toEqual([]);
  });

  test('split points come in order and may name fewer key columns than the table has', async () => {
    const source = await open();
    const wide = Array.from({ length: 40 }, (_, i) => ({
      ...put(i, 'x'.repeat(90_000)),
      key: [
        { name: 'tenant', ...stringValue(`t${String(i).padStart(2, '0')}`) },
        { name: 'id', ...integerValue(1n) },
      ],
    }));
    await source.writeRows('orders', wide.slice(0, 40), signal);
    const points = await source.splitPoints('orders', 1024 * 1024, signal);
    expect(points.length).toBeGreaterThanOrEqual(2);
    expect(points.every((point) => point.length === 1)).toBe(true);
  });
});

interface FullSdk {
  Long: { fromString(text: string): unknown };
  Condition: new (existence: number, column: null) => object;
  Client: new (options: object) => { putRow(params: object): Promise<unknown> };
}
