import { drizzle } from 'drizzle-orm/postgres-js';
import { afterAll } from 'vitest';
import { createSql, type Database } from '@/db/client';
import * as schema from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import type { ObjectStore } from '@/lib/engine/core';
import { noise } from '@/lib/engine/core/test-bytes';
import { type Files, makeWorld, type World } from './test-world';

/** Counts what an engine asks of the database and of the stores. */
export class Counters {
  constructor(private readonly urls: TestDatabase['urls']) {}

  queries = 0;
  names = 0;
  readBytes: Record<string, number> = {};
  writtenBytes: Record<string, number> = {};
  lists = 0;

  reset(): void {
    Object.assign(this, { queries: 0, names: 0, readBytes: {}, writtenBytes: {}, lists: 0 });
  }

  database(): Database {
    const logQuery = (query: string, params: unknown[]) => {
      this.queries += 1;
      if (!query.includes('from chunks')) return;
      for (const param of params)
        if (typeof param === 'string') this.names += param.match(/[0-9a-f]{8}-/g)?.length ?? 0;
    };
    const sql = createSql(this.urls.engine, { applicationName: 'counted', maxConnections: 4 });
    afterAll(() => sql.end({ timeout: 2 }));
    return drizzle(sql, { schema, logger: { logQuery } });
  }

  store(inner: ObjectStore, vaultId: string): ObjectStore {
    const add = (sums: Record<string, number>, bytes: number) => {
      sums[vaultId] = (sums[vaultId] ?? 0) + bytes;
    };
    return {
      get: async (name, range) => {
        const bytes = await inner.get(name, range);
        add(this.readBytes, bytes.length);
        return bytes;
      },
      putIfAbsent: (name, bytes) => {
        const parts = bytes instanceof Uint8Array ? [bytes] : bytes;
        add(
          this.writtenBytes,
          parts.reduce((sum, part) => sum + part.length, 0),
        );
        return inner.putIfAbsent(name, bytes);
      },
      list: (prefix, options) => {
        this.lists += 1;
        return inner.list(prefix, options);
      },
      delete: (name) => inner.delete(name),
      stat: (name) => inner.stat(name),
    };
  }
}

/** A world whose engine is counted. */
export async function countedWorld(
  database: TestDatabase,
  options: { isStarted?: boolean } = {},
): Promise<{ world: World; counters: Counters }> {
  const world = await makeWorld(database, options);
  const counters = new Counters(database.urls);
  const { storage } = world.environment;
  world.environment = {
    ...world.environment,
    db: counters.database(),
    storage: { ...storage, vaultStore: (vault) => counters.store(storage.vaultStore(vault), vault.id) },
  };
  return { world, counters };
}

export function filesOf(count: number, bytes: number, seed: number): Files {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`d${i % 8}/f${seed}-${i}`, noise(bytes, seed * 1000 + i)]),
  );
}
