import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createSql } from '@/db/client';
import { readEnv } from '@/lib/env';
import { findOwnerUrl, startDatabase } from './database';
import { prepareSecrets } from './secrets';

const dataFolder = await mkdtemp(join(tmpdir(), 'crossvault-database-'));
afterAll(() => rm(dataFolder, { recursive: true, force: true }));
const env = readEnv({ CROSSVAULT_DATA_DIR: dataFolder });

test('the embedded database of an installation is found while it runs, and only then', async () => {
  expect(findOwnerUrl(env)).toBeNull();
  const { secrets } = await prepareSecrets(env);
  expect(findOwnerUrl(env)).toBeNull();
  const { server, urls } = await startDatabase(env, secrets);
  try {
    expect(findOwnerUrl(env)).toBe(urls.owner);
    const owner = createSql(findOwnerUrl(env)!, { applicationName: 'crossvault-test', maxConnections: 1 });
    expect(await owner`select current_database() as name`).toEqual([{ name: 'crossvault' }]);
    await owner.end();
  } finally {
    await server!.stop();
  }
  expect(findOwnerUrl(env)).toBeNull();
}, 90_000);

test('an external database is taken as it was given', () => {
  expect(findOwnerUrl({ ...env, databaseUrl: 'postgres://owner@db/crossvault' })).toBe(
    'postgres://owner@db/crossvault',
  );
});
