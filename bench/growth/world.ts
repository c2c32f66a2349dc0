import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createDatabase } from '@/db/client';
import type { TestDatabase } from '@/db/testing/harness';
import { newSigningKey } from '@/lib/audit/signing-key';
import { wrappingKeyFrom } from '@/lib/engine/core/service-key';
import { ThreadPool } from '@/lib/engine/core/work/pool';
import type { World } from '@/lib/engine/transfer/test-world';
import { folderRegionStorage } from '@/lib/engine/vaults/region-storage';
import { readEnv } from '@/lib/env';
import { loadRegions } from '@/lib/regions';
import { prepareDatabase, startDatabase } from '@/scripts/supervisor/database';
import { prepareSecrets } from '@/scripts/supervisor/secrets';
import { root } from '../crossvault/installation';
import { CountingEngine } from './counts';

export interface Place {
  database: TestDatabase;
  environment: World['environment'];
  engine: CountingEngine;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own and the engine's code in this process, where what it asks can be counted. */
export async function openPlace(scratch: string): Promise<Place> {
  const dataFolder = await mkdtemp(join(scratch, 'growth-'));
  await chmod(scratch, 0o711);
  await chmod(dataFolder, 0o711);
  process.env.CROSSVAULT_DATA_DIR = dataFolder;
  for (const name of ['DATABASE_URL', 'CROSSVAULT_REGIONS_FILE']) delete process.env[name];
  const env = readEnv();
  loadRegions(env);
  const { secrets } = await prepareSecrets(env);
  const { server, urls } = await startDatabase(env, secrets);
  await prepareDatabase(urls.owner, secrets, join(root, 'db/migrations'));
  const options = { applicationName: 'growth', maxConnections: 4 };
  const owner = createDatabase(urls.owner, options);
  const app = createDatabase(urls.app, options);
  const engine = new CountingEngine();
  const db = engine.database(urls.engine);
  const work = new ThreadPool();
  const environment = {
    db,
    storage: engine.storage(folderRegionStorage(dataFolder)),
    serviceKey: wrappingKeyFrom(randomBytes(32)),
    work,
    auditKey: newSigningKey(),
    dataFolder,
  };
  return {
    database: { owner, app, engine: db, urls },
    environment,
    engine,
    async stop() {
      await Promise.all([owner, app, db].map((database) => database.$client.end({ timeout: 5 })));
      await work.close();
      await server?.stop();
    },
  };
}
