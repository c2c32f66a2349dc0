import sdk from 'tablestore';
import type { InstanceAddress } from '@/client/sources/tablestore/sdk-transport';

/** The SDK as its own examples use it, and nothing else. */
interface Bare {
  Client: new (
    options: object,
  ) => {
    getRange(params: object): Promise<Page>;
    batchWriteRow(params: object): Promise<{ tables: { isOk: boolean }[] }>;
  };
  Long: { fromString(text: string): unknown };
  Condition: new (existence: number, column: null) => object;
  INF_MIN: object;
  INF_MAX: object;
  Direction: { FORWARD: string };
}
interface Page {
  rows: SdkRow[];
  nextStartPrimaryKey: { name: string; value: unknown }[] | null;
}
interface SdkRow {
  primaryKey: { name: string; value: unknown }[];
  attributes: { columnName: string; columnValue: unknown; timestamp: { toNumber(): number } }[];
}

const bare = sdk as never as Bare;
const rowsPerBatch = 200;

export function openBare({ endpoint, instance, accessKeyId, accessKeySecret }: InstanceAddress) {
  return new bare.Client({
    endpoint,
    instancename: instance,
    accessKeyId,
    secretAccessKey: accessKeySecret,
    maxRetries: 0,
  });
}
type BareClient = ReturnType<typeof openBare>;

/** Reads ids from `from` up to `to`, page by page. */
async function readRange(client: BareClient, tableName: string, from: number, to: number): Promise<SdkRow[]> {
  const rows: SdkRow[] = [];
  let start: object[] | null = [{ id: bare.Long.fromString(String(from)) }];
  while (start) {
    const page: Page = await client.getRange({
      tableName,
      direction: bare.Direction.FORWARD,
      maxVersions: 1,
      inclusiveStartPrimaryKey: start,
      exclusiveEndPrimaryKey: [{ id: bare.Long.fromString(String(to)) }],
    });
    rows.push(...page.rows);
    start = page.nextStartPrimaryKey?.map(({ name, value }) => ({ [name]: value })) ?? null;
  }
  return rows;
}

/** All rows of a table whose ids are 0 up to `count`, over so many channels. */
export async function readBare(client: BareClient, table: string, count: number, channels: number) {
  const step = Math.ceil(count / channels);
  const ranges = Array.from({ length: channels }, (_, i) =>
    readRange(client, table, i * step, Math.min(count, (i + 1) * step)),
  );
  return (await Promise.all(ranges)).flat();
}

export async function writeBare(client: BareClient, tableName: string, rows: SdkRow[], channels: number) {
  const batches: SdkRow[][] = [];
  for (let at = 0; at < rows.length; at += rowsPerBatch) batches.push(rows.slice(at, at + rowsPerBatch));
  await Promise.all(
    Array.from({ length: channels }, async () => {
      for (let batch = batches.pop(); batch; batch = batches.pop())
        await writeBatch(client, tableName, batch);
    }),
  );
}

async function writeBatch(client: BareClient, tableName: string, rows: SdkRow[]): Promise<void> {
  const changes = rows.map(({ primaryKey, attributes }) => ({
    type: 'PUT',
    condition: new bare.Condition(0, null),
    primaryKey: primaryKey.map(({ name, value }) => ({ [name]: value })),
    attributeColumns: attributes.map(({ columnName, columnValue, timestamp }) => ({
      [columnName]: columnValue,
      timestamp: timestamp.toNumber(),
    })),
  }));
  const { tables } = await client.batchWriteRow({ tables: [{ tableName, rows: changes }] });
  if (tables.some(({ isOk }) => !isOk)) throw new Error('A row was not written');
}
