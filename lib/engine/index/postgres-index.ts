import { type SQL, sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import type { ChunkLocation, ChunkName, ChunkType, PackRef, PackRow, VaultIndex } from '@/lib/engine/core';
import { nameFromUuid, nameToHex, nameToUuid } from '@/lib/engine/core/names';
import { packObjectName as nameOfPack, type StorageTier } from '@/lib/engine/core/tier';
import { CrossvaultError, invariant } from '@/lib/errors';

/** The `chunks.kind` column. */
const kinds: Record<ChunkType, number> = { data: 0, tree: 1 };

export interface IndexScope {
  accountId: string;
  vaultId: string;
  spaceNo: number;
  /** The tier of the space: part of its packs' object names. */
  tier?: StorageTier;
  /** The running work's pin: what `add` records is never condemned while the pin stands. */
  pinNo?: number | null;
  /** A damaged pack whose chunks are being written anew: their rows move to the packs that `add` records. */
  replacesPackNo?: number;
  /** Key version that new packs are sealed under. */
  keyVersion?: number;
  /** Set to read the source's space while working as the target's account; `add` is then refused by the database. */
  replicationId?: string;
  /** Set to read the backup of a share while working as its recipient's account. */
  shareId?: string;
}

interface Row extends Record<string, unknown> {
  name: string;
  sha256: Buffer;
  size_bytes: number;
  frame_no: number;
  chunk_offset: number;
  chunk_bytes: number;
  kind: number;
}

/** The index of one space in PostgreSQL, behind the walls of one account. Each call is a transaction of its own. */
export class PostgresIndex implements VaultIndex {
  constructor(
    private readonly db: Database,
    private readonly scope: IndexScope,
  ) {}

  lookup(names: readonly ChunkName[]): Promise<(ChunkLocation | null)[]> {
    return this.#find(names, sql`and c.condemned_by is null`);
  }

  /**
   * Where to read chunks that a visible point is known to reach: finds condemned rows too. Between a condemnation and the
   * second mark, a point committed by work that is older than the condemnation may rest on a condemned row, which is
   * still there and will be spared. Never for deciding what need not be written.
   */
  locate(names: readonly ChunkName[]): Promise<(ChunkLocation | null)[]> {
    return this.#find(names, sql``);
  }

  async add(pack: PackRef, rows: readonly PackRow[]): Promise<{ addedRows: number }> {
    return this.#run(async (tx) => {
      const packNo = await this.#addPack(tx, pack, rows);
      const replaced = this.scope.replacesPackNo ?? 0;
      const sorted = inOrder(rows);
      const added = await tx.execute(sql`
        insert into chunks (space_no, name, pack_no, frame_no, chunk_offset, chunk_bytes, kind)
        select ${this.scope.spaceNo}, r.name, ${packNo}, r.frame_no, r.chunk_offset, r.chunk_bytes, ${kinds[pack.type]}
        from ${places(sorted)}
        on conflict (space_no, name) do update
          set pack_no = excluded.pack_no, frame_no = excluded.frame_no, chunk_offset = excluded.chunk_offset,
              chunk_bytes = excluded.chunk_bytes, kind = excluded.kind,
              condemned_by = case when chunks.pack_no = ${replaced} then chunks.condemned_by end
          where chunks.condemned_by is not null or chunks.pack_no = ${replaced}`);
      return { addedRows: added.count };
    });
  }

  /**
   * Records a pack that holds chunks of other packs anew: rows that lie in one of `from` now lie in it. No row is made, so a
   * chunk that was collected meanwhile does not come back.
   * @param isStill asked in the same transaction; nothing happens when it answers no.
   * @returns how many rows moved, or null when it answered no.
   */
  async move(
    pack: PackRef,
    rows: readonly PackRow[],
    from: readonly number[],
    isStill: (tx: Tx) => Promise<boolean>,
  ): Promise<number | null> {
    return this.#run(async (tx) => {
      if (!(await isStill(tx))) return null;
      const packNo = await this.#addPack(tx, pack, rows);
      const moved = await tx.execute(sql`
        update chunks c
        set pack_no = ${packNo}, frame_no = r.frame_no, chunk_offset = r.chunk_offset, chunk_bytes = r.chunk_bytes
        from ${places(inOrder(rows))}
        where c.space_no = ${this.scope.spaceNo} and c.name = r.name and c.pack_no = any(${textArray(from)}::bigint[])`);
      return moved.count;
    });
  }

  /** Names of the packs that the pin's work has put, for work that goes on after a crash. */
  async *pinnedNames(pinNo: number, pageSize = 10_000): AsyncGenerator<Buffer> {
    for (let after: string | null = '00000000-0000-0000-0000-000000000000'; after !== null; ) {
      const rows: { name: string }[] = await this.#run((tx) =>
        tx.execute<{ name: string }>(sql`
          select c.name from chunks c join packs p on p.pack_no = c.pack_no
          where c.space_no = ${this.scope.spaceNo} and p.pin_no = ${pinNo} and c.name > ${after}::uuid
            and c.condemned_by is null
          order by c.name limit ${pageSize}`),
      );
      for (const row of rows) yield nameFromUuid(row.name);
      after = rows.length < pageSize ? null : rows[rows.length - 1]!.name;
    }
  }

  async #find(names: readonly ChunkName[], condition: SQL): Promise<(ChunkLocation | null)[]> {
    if (names.length === 0) return [];
    const rows = await this.#run((tx) =>
      tx.execute<Row>(sql`
        select c.name, p.sha256, p.size_bytes, c.frame_no, c.chunk_offset, c.chunk_bytes, c.kind
        from chunks c join packs p on p.pack_no = c.pack_no
        where c.space_no = ${this.scope.spaceNo} and c.name = any(${uuidArray(names)}::uuid[]) ${condition}`),
    );
    const packs = new Map<string, PackRef>();
    const found = new Map<string, ChunkLocation>();
    for (const row of rows) {
      const objectName = packObjectName(row.sha256, this.scope.tier);
      const pack = packs.get(objectName) ?? {
        objectName,
        sizeBytes: row.size_bytes,
        type: row.kind === kinds.tree ? 'tree' : 'data',
      };
      packs.set(objectName, pack);
      const { frame_no: frame, chunk_offset: offset, chunk_bytes: length } = row;
      found.set(nameToHex(nameFromUuid(row.name)), { pack, frame, offset, length });
    }
    return names.map((name) => found.get(nameToHex(name)) ?? null);
  }

  async #addPack(tx: Tx, pack: PackRef, rows: readonly PackRow[]): Promise<number> {
    const { accountId, vaultId, spaceNo, pinNo = null, keyVersion } = this.scope;
    invariant(keyVersion !== undefined, 'an index that packs are added to knows their key version');
    const [row] = await tx.execute<{ pack_no: string; space_no: number }>(sql`
      insert into packs (account_id, vault_id, space_no, sha256, size_bytes, plain_bytes, key_version, pin_no)
      values (${accountId}, ${vaultId}, ${spaceNo}, decode(${packSha256(pack.objectName, this.scope.tier)}, 'hex'),
        ${pack.sizeBytes}, ${rows.reduce((sum, row) => sum + row.length, 0)}, ${keyVersion}, ${pinNo})
      on conflict (vault_id, sha256) do update set sha256 = excluded.sha256
      returning pack_no, space_no`);
    invariant(row?.space_no === spaceNo, `${pack.objectName} belongs to this space`);
    return Number(row.pack_no);
  }

  #run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const { accountId, replicationId, shareId } = this.scope;
    return inAccount(this.db, accountId, work, { replicationId, shareId });
  }
}

export function packObjectName(sha256: Uint8Array, tier: StorageTier = 'standard'): string {
  return nameOfPack(Buffer.from(sha256).toString('hex'), tier);
}

/** The 64 hex digits of `packs/<aa>/<64 hex digits>`, or of the same in the archive. */
export function packSha256(objectName: string, tier: StorageTier = 'standard'): string {
  const sha256 = objectName.slice(-64);
  if (!/^[0-9a-f]{64}$/.test(sha256) || nameOfPack(sha256, tier) !== objectName) {
    throw new CrossvaultError('invalid_input', `${objectName} is not the name of a pack of this tier.`);
  }
  return sha256;
}

type NamedRow = PackRow & { uuid: string };

/** In the order of names: two writers that bring the same chunks wait for each other instead of deadlocking. */
function inOrder(rows: readonly PackRow[]): NamedRow[] {
  const named = rows.map((row) => ({ ...row, uuid: nameToUuid(row.name) }));
  return named.sort((a, b) => (a.uuid < b.uuid ? -1 : a.uuid > b.uuid ? 1 : 0));
}

function places(rows: readonly NamedRow[]): SQL {
  return sql`unnest(
    ${textArray(rows.map((row) => row.uuid))}::uuid[], ${textArray(rows.map((row) => row.frame))}::int[],
    ${textArray(rows.map((row) => row.offset))}::int[], ${textArray(rows.map((row) => row.length))}::int[]
  ) as r (name, frame_no, chunk_offset, chunk_bytes)`;
}

/** Array parameters travel as one literal: thousands of single parameters would pass the protocol's limit. */
function textArray(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}

function uuidArray(names: readonly ChunkName[]): string {
  return textArray(names.map(nameToUuid));
}
