import { drizzle } from 'drizzle-orm/postgres-js';
import { createSql, type Database } from '@/db/client';
import * as schema from '@/db/schema';
import type { ObjectStore } from '@/lib/engine/core';
import type { RegionStorage } from '@/lib/engine/vaults/region-storage';

/** What an engine asked of the database and of the stores since the last reset. */
export interface Counts {
  /** Statements, transactions' own included. */
  queries: number;
  /** Chunk names that an index was asked for. */
  names: number;
  lists: number;
  readBytes: number;
  writtenBytes: number;
}

const none: Counts = { queries: 0, names: 0, lists: 0, readBytes: 0, writtenBytes: 0 };

/** Counts what goes by: no clock and no other process has a part in it. */
export class CountingEngine {
  readonly counts: Counts = { ...none };

  reset(): void {
    Object.assign(this.counts, none);
  }

  database(url: string): Database {
    const logQuery = (query: string, params: unknown[]) => {
      this.counts.queries += 1;
      if (!query.includes('from chunks')) return;
      for (const param of params)
        if (typeof param === 'string') this.counts.names += param.match(/[0-9a-f]{8}-/g)?.length ?? 0;
    };
    const sql = createSql(url, { applicationName: 'growth', maxConnections: 8 });
    return drizzle(sql, { schema, logger: { logQuery } });
  }

  storage(inner: RegionStorage): RegionStorage {
    return { ...inner, vaultStore: (vault) => this.#store(inner.vaultStore(vault)) };
  }

  #store(inner: ObjectStore): ObjectStore {
    const { counts } = this;
    return {
      async get(name, range, into) {
        const bytes = await inner.get(name, range, into);
        counts.readBytes += bytes.length;
        return bytes;
      },
      putIfAbsent(name, bytes) {
        const parts = bytes instanceof Uint8Array ? [bytes] : bytes;
        for (const part of parts) counts.writtenBytes += part.length;
        return inner.putIfAbsent(name, bytes);
      },
      list(prefix, options) {
        counts.lists += 1;
        return inner.list(prefix, options);
      },
      delete: (name) => inner.delete(name),
      stat: (name) => inner.stat(name),
    };
  }
}
