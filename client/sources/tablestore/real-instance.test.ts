import { randomBytes } from 'node:crypto';
import sdk from 'tablestore';
import { afterAll, describe, expect, test } from 'vitest';
import { planTable } from './restore/plan-table';
import { SdkSource } from './sdk-source';
import { hardRows, plainRows, readAll, sampleSchemas, writeAll } from './testing/sample-tables';

const { TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE, TABLESTORE_ACCESS_KEY_ID, TABLESTORE_ACCESS_KEY_SECRET } =
  process.env;
const address = {
  endpoint: TABLESTORE_ENDPOINT ?? '',
  instance: TABLESTORE_INSTANCE ?? '',
  accessKeyId: TABLESTORE_ACCESS_KEY_ID ?? '',
  accessKeySecret: TABLESTORE_ACCESS_KEY_SECRET ?? '',
  allowsPrivateEndpoint: false,
};
const isNamed = Object.values(address).every((value) => value !== '');
const { signal } = new AbortController();
const made: string[] = [];
const newName = (what: string) => {
  const name = `crossvault_test_${what}_${randomBytes(4).toString('hex')}`;
  made.push(name);
  return name;
};

interface Deleting {
  Client: new (options: object) => { deleteTable(params: { tableName: string }): Promise<unknown> };
}
afterAll(async () => {
  const { endpoint, instance, accessKeyId, accessKeySecret } = address;
  if (!isNamed) return;
  const { Client } = sdk as never as Deleting;
  const client = new Client({
    endpoint,
    instancename: instance,
    accessKeyId,
    secretAccessKey: accessKeySecret,
  });
  for (const tableName of made) await client.deleteTable({ tableName }).catch(() => {});
});

/** Against an instance that the environment names; see docs/sources/tablestore.md. */
describe.skipIf(!isNamed)('a real Tablestore instance', () => {
  test('takes tables and rows as the double does, and gives them back the same', async () => {
    const source = await SdkSource.open(address);
    const [first, second] = [newName('a'), newName('b')];
    const schema = { ...sampleSchemas.everything!, indexes: [] };
    await source.createTable(first, schema, signal);
    expect((await source.describeTable(first, signal)).key).toEqual(schema.key);
    const recently = BigInt(Date.now() - 3_600_000);
    await writeAll(source, first, hardRows(300, recently));
    const rows = await readAll(source, first);
    expect(rows).toHaveLength(300);
    await source.createTable(second, schema, signal);
    await writeAll(source, second, hardRows(300, recently));
    expect(await readAll(source, second)).toEqual(rows);
    expect(await source.splitPoints(first, 1024 * 1024, signal)).toBeInstanceOf(Array);
    source.close();
  });

  test('takes old timestamps once the offset is raised, as a restore does', async () => {
    const source = await SdkSource.open(address);
    const name = newName('old');
    const schema = sampleSchemas.events!;
    const options = { ...schema.options, maxVersionOffsetSeconds: 86_400 };
    await source.createTable(name, { ...schema, options }, signal);
    const old = BigInt(Date.now() - 30 * 86_400_000);
    await expect(writeAll(source, name, plainRows(1, old))).rejects.toMatchObject({
      reason: 'source_refused',
    });
    const read = { from: '', until: '', rowsWrittenMeanwhile: 0, hasSchemaChanged: false };
    const versions = { oldestVersion: String(old), newestVersion: String(old) };
    const file = {
      rowFormat: 1 as const,
      table: name,
      instance: '',
      schema,
      rows: 1,
      bytes: 1,
      ...versions,
      read,
    };
    const existing = await source.describeTable(name, signal);
    const plan = planTable(file, existing, { tables: [], autoIncrement: 'keep' }, new Date());
    await source.setOptions(name, plan.options.during, signal);
    await writeAll(source, name, plainRows(1, old));
    expect(await readAll(source, name)).toHaveLength(1);
    source.close();
  });
});
