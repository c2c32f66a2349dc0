import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { emptyDatabase, testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { commandInput } from './backup/stream-input';
import { findPostgresTools, startInstalledPostgres } from './testing/postgres-tools';
import { TestHost } from './testing/test-host';

const database = await testDatabase();
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const host = await TestHost.enrolled(database, engine, fingerprint);
const vaultId = await host.makeVault(engine, 'database');

/** Backs up what the command writes. @returns the file it was restored to. */
async function throughTheVault(name: string, command: [string, ...string[]]): Promise<string> {
  const stream = { kind: 'database_dump', name } as const;
  const job = host.start(await host.offerStream(vaultId, stream), { stream: commandInput(command, false) });
  const end = await job.ended;
  if (end.outcome !== 'complete') throw end.error;
  const folder = host.newFolder('dump');
  await host.restore(String(end.result!.summary.pointId), { targetPath: folder });
  return join(folder, `${name}.dump`);
}

const furnish = `
  create table customers (id integer primary key, name text not null, note text);
  insert into customers select n, 'Customer ' || n, repeat(md5(n::text), n % 7) from generate_series(1, 20000) as n;
  create table bookings (id bigint generated always as identity primary key,
    customer integer references customers, amount numeric(12, 2), at timestamptz);
  insert into bookings (customer, amount, at)
    select 1 + n % 20000, n * 1.37, timestamptz '2026-01-01' + n * interval '1 minute' from generate_series(1, 40000) as n;
  create index bookings_by_customer on bookings (customer);`;
const fingerprints = `
  select (select md5(string_agg(c::text, '|' order by id)) from customers c) as customers,
    (select md5(string_agg(b::text, '|' order by id)) from bookings b) as bookings,
    (select count(*)::int from pg_indexes where schemaname = 'public') as indexes`;

const bin = findPostgresTools();
const server = bin ? await startInstalledPostgres(bin) : null;
afterAll(() => server?.remove());

test.skipIf(!bin)(
  'a database dumped by pg_dump into the vault and read back by psql is the same database (needs an installed PostgreSQL)',
  async () => {
    const psql = (name: string, ...args: string[]) =>
      execFileSync(
        join(bin!, 'psql'),
        [server!.url(name), '-X', '-q', '-t', '-A', '-v', 'ON_ERROR_STOP=1', ...args],
        {
          encoding: 'utf8',
        },
      );
    psql('postgres', '-c', 'create database shop');
    psql('postgres', '-c', 'create database shop_again');
    psql('shop', '-c', furnish);
    const file = await throughTheVault('shop', [join(bin!, 'pg_dump'), server!.url('shop')]);
    psql('shop_again', '-f', file);
    expect(psql('shop_again', '-c', fingerprints)).toBe(psql('shop', '-c', fingerprints));
    expect(psql('shop_again', '-c', fingerprints)).toContain('|3');
  },
);

test('a table of the embedded PostgreSQL, copied out by a command and copied into a new database, is the same', async () => {
  const [from, to] = [postgres(await emptyDatabase()), postgres(await emptyDatabase())];
  afterAll(() => Promise.all([from.end(), to.end()]));
  await from.unsafe(furnish);
  const copyOut = `import postgres from 'postgres';
    const sql = postgres(process.argv[1]);
    for await (const rows of await sql.unsafe('copy customers to stdout (format binary)').readable())
      process.stdout.write(rows);
    await sql.end();`;
  const { host: at, port, user, pass, database: name } = from.options;
  const url = `postgres://${user}:${pass}@${at[0]}:${port[0]}/${name}`;
  const command: [string, ...string[]] = [process.execPath, '--input-type=module', '-e', copyOut, url];
  const file = await throughTheVault('customers', command);
  await to.unsafe('create table customers (id integer primary key, name text not null, note text)');
  await pipeline(
    createReadStream(file),
    await to.unsafe('copy customers from stdin (format binary)').writable(),
  );
  const sum = (sql: typeof from) =>
    sql.unsafe("select count(*)::int, md5(string_agg(c::text, '|' order by id)) from customers c");
  expect([...(await sum(to))]).toEqual([...(await sum(from))]);
  expect((await sum(to))[0]!.count).toBe(20_000);
});
