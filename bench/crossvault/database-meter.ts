import type { Database } from '@/db/client';
import { measureTree } from '../tree';

const gib = 1024 ** 3;

/** What the database and its log grow by while a vault fills. */
export class DatabaseMeter {
  #before = { size: 0, log: 0 };

  constructor(private readonly owner: Database) {}

  async start(): Promise<void> {
    this.#before = await this.#read();
  }

  /** @returns bytes for each GiB that the folder holds. */
  async perStored(name: string, folder: string): Promise<Record<string, number>> {
    const after = await this.#read();
    const storedGib = measureTree(folder).bytes / gib;
    return {
      [`${name}DatabaseBytesPerGib`]: (after.size - this.#before.size) / storedGib,
      [`${name}LogBytesPerGib`]: (after.log - this.#before.log) / storedGib,
    };
  }

  async #read() {
    const [row] = await this.owner.$client`
      select pg_database_size(current_database())::float8 as size,
        pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as log`;
    return row as unknown as { size: number; log: number };
  }
}
