import { readdirSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createDatabase } from '@/db/client';
import { makeAccount } from '@/db/factories';
import { migrationsFolder } from '@/db/testing/constants';
import { testDatabase } from '@/db/testing/harness';
import { systemClock } from '@/lib/clock';
import { readHealth } from './health';
import { log } from './log';

const { owner, app } = await testDatabase();
const newest = readdirSync(migrationsFolder)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .at(-1)!;

test('a fresh installation is well, and tells its schema', async () => {
  expect(await readHealth(app, systemClock, newest)).toEqual({
    status: 'ok',
    database: { reachable: true, schemaVersion: newest },
    engine: { lastTickAgeSeconds: null, dueTickers: 0, oldestDueSeconds: 0 },
  });
});

test('due work that no engine takes for a minute is told, by count and time only', async () => {
  const { account } = await makeAccount(owner);
  const put = (age: string) =>
    owner.execute(sql`insert into tickers (account_id, due_at, last_tick_at)
      values (${account.accountId}, now() - ${age}::interval, now() - interval '1 hour')
      on conflict (account_id) do update set due_at = excluded.due_at`);
  await put('10 seconds');
  expect(await readHealth(app, systemClock, null)).toMatchObject({ status: 'ok', engine: { dueTickers: 1 } });
  await put('90 seconds');
  const health = await readHealth(app, systemClock, null);
  expect(health.status).toBe('degraded');
  expect(health.engine.oldestDueSeconds).toBeGreaterThanOrEqual(90);
  expect(health.engine.lastTickAgeSeconds).toBeGreaterThanOrEqual(3600);
});

test('another schema than this version knows is degraded, no database at all is down', async () => {
  await owner.execute(sql`delete from tickers`);
  expect((await readHealth(app, systemClock, '9999_future.sql')).status).toBe('degraded');
  log.level = 'silent';
  const nowhere = createDatabase('postgres://app:app@127.0.0.1:1/none', { applicationName: 'test' });
  expect(await readHealth(nowhere, systemClock, null)).toMatchObject({
    status: 'down',
    database: { reachable: false },
  });
  await nowhere.$client.end({ timeout: 1 });
});
