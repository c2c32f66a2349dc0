import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSql } from './client';
import { migrate } from './migrate';
import { emptyDatabase } from './testing/harness';

const url = await emptyDatabase();
const connect = () => createSql(url, { applicationName: 'migrate-test', maxConnections: 1 });

let folder: string;
let owner: ReturnType<typeof connect>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossvault-migrations-'));
  owner = connect();
  await owner`drop schema public cascade`;
  await owner`create schema public`;
});

afterEach(async () => {
  await owner.end();
  await rm(folder, { recursive: true });
});

const write = (name: string, statements: string) => writeFile(join(folder, name), statements);

test('applies files in the order of their names and each of them once', async () => {
  await write('0002_b.sql', 'insert into a values (1); insert into a values (2);');
  await write('0001_a.sql', 'create table a (id int);');
  expect(await migrate(owner, folder)).toEqual(['0001_a.sql', '0002_b.sql']);
  expect(await migrate(owner, folder)).toEqual([]);
  await write('0003_c.sql', 'insert into a values (3);');
  expect(await migrate(owner, folder)).toEqual(['0003_c.sql']);
  expect(await owner`select id from a order by id`.values()).toEqual([[1], [2], [3]]);
});

test('leaves nothing of a file that fails, and applies it once it is mended', async () => {
  await write('0001_a.sql', 'create table a (id int); create table b (id nonsense);');
  await expect(migrate(owner, folder)).rejects.toThrow('0001_a.sql failed: type "nonsense" does not exist');
  expect(await owner`select to_regclass('a')`.values()).toEqual([[null]]);
  await write('0001_a.sql', 'create table a (id int);');
  expect(await migrate(owner, folder)).toEqual(['0001_a.sql']);
});

test('refuses a file that changed after it was applied', async () => {
  await write('0001_a.sql', 'create table a (id int);');
  await migrate(owner, folder);
  await write('0001_a.sql', 'create table a (id bigint);');
  await expect(migrate(owner, folder)).rejects.toThrow('0001_a.sql has changed since it was applied');
});

test('refuses data of a newer version', async () => {
  await write('0001_a.sql', 'create table a (id int);');
  await write('0002_b.sql', 'create table b (id int);');
  await migrate(owner, folder);
  await unlink(join(folder, '0002_b.sql'));
  await expect(migrate(owner, folder)).rejects.toThrow('its data is from a newer version');
});

test('refuses a new file that sorts before an applied one', async () => {
  await write('0002_b.sql', 'create table b (id int);');
  await migrate(owner, folder);
  await write('0001_a.sql', 'create table a (id int);');
  await expect(migrate(owner, folder)).rejects.toThrow('0001_a.sql sorts before 0002_b.sql');
});

test('applies each file once however many processes start together', async () => {
  await write('0001_a.sql', 'create table a (id int); select pg_sleep(0.05); insert into a values (1);');
  const others = Array.from({ length: 4 }, connect);
  const applied = await Promise.all(others.map((other) => migrate(other, folder)));
  expect(applied.flat()).toEqual(['0001_a.sql']);
  expect(await owner`select id from a`).toHaveLength(1);
  await Promise.all(others.map((other) => other.end()));
});
