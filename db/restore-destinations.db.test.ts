import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RestoreSpec } from '@/lib/jobs/schemas';
import { createSql } from './client';
import { emptyDatabase } from './testing/harness';

const folder = join(import.meta.dirname, 'migrations');

test('restores of before there were destinations are those to a folder of a host', async () => {
  const owner = createSql(await emptyDatabase(), { applicationName: 'migrate-test', maxConnections: 1 });
  await owner.unsafe(`
    create table jobs (account_id text, client_id text, point_id text, kind text, spec jsonb);
    insert into jobs (kind, spec) values
      ('restore', '{"targetPath": "/old", "conflictPolicy": "skip", "selection": {"mode": "all"}}'),
      ('backup', '{"paths": ["/srv"]}')`);
  const name = (await readdir(folder)).find((file) => file.endsWith('_restore_destinations.sql'))!;
  await owner.unsafe(await readFile(join(folder, name), 'utf8'));
  const specs = (await owner`select spec from jobs order by kind desc`).map(({ spec }) => spec);
  expect(specs).toEqual([
    {
      selection: { mode: 'all' },
      destination: { kind: 'host', targetPath: '/old' },
      conflictPolicy: 'skip',
    },
    { paths: ['/srv'] },
  ]);
  expect(RestoreSpec.parse(specs[0])).toEqual({ ...specs[0], isDryRun: false });
  await owner.end();
});
