import { sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import type { ChunkName } from '@/lib/engine/core';
import { NameSet } from '@/lib/engine/core/name-set';
import { nameFromUuid, nameToUuid } from '@/lib/engine/core/names';

export interface VaultKey {
  accountId: string;
  vaultId: string;
}

/** What a collection saw when it began to mark, in one statement and so at one moment. */
export interface MarkSnapshot {
  head: number;
  /** Newest pack. A newer one is none of this collection's business. */
  markPack: number;
  /** Packs of running work, whose contents no point reaches yet. Those of abandoned copies are not among them. */
  runningPacks: number[];
  /** Root pages of visible points, and of points that running work reads or builds on. */
  roots: { spaceNo: number; page: ChunkName }[];
}

export async function readMarkSnapshot(db: Database, vault: VaultKey): Promise<MarkSnapshot> {
  const [row] = await inAccount(db, vault.accountId, (tx) =>
    tx.execute<{
      head: string;
      mark_pack: string;
      running: string[];
      roots: { space: number; page: string }[];
    }>(sql`
      select v.head,
        coalesce((select max(p.pack_no) from packs p where p.vault_id = v.id), 0) as mark_pack,
        coalesce((select json_agg(p.pack_no) from packs p join pins n on n.pin_no = p.pin_no
          where p.vault_id = v.id and n.work_id not like 'abandoned/%'), '[]') as running,
        coalesce((select json_agg(json_build_object('space', b.space_no, 'page', b.root_page)) from backup_points b
          where b.vault_id = v.id and (b.status = 'visible' or exists (
            select 1 from pins n where n.vault_id = v.id and n.point_id = b.id))), '[]') as roots
      from vaults v where v.id = ${vault.vaultId} and v.account_id = ${vault.accountId}`),
  );
  return {
    head: Number(row!.head),
    markPack: Number(row!.mark_pack),
    runningPacks: row!.running.map(Number),
    roots: row!.roots.map(({ space, page }) => ({ spaceNo: space, page: nameFromUuid(page) })),
  };
}

/** Rows of a space that may be condemned, in the order of their names: those of packs that the mark covered. */
export async function* candidateNames(
  db: Database,
  vault: VaultKey,
  spaceNo: number,
  snapshot: Pick<MarkSnapshot, 'markPack' | 'runningPacks'>,
): AsyncGenerator<Buffer[]> {
  const pageSize = 20_000;
  for (let after: string | null = '00000000-0000-0000-0000-000000000000'; after !== null; ) {
    const from: string = after;
    const rows: { name: string }[] = await inAccount(db, vault.accountId, (tx) =>
      tx.execute<{ name: string }>(sql`
        select c.name from chunks c
        where c.space_no = ${spaceNo} and c.name > ${from}::uuid and c.condemned_by is null
          and c.pack_no <= ${snapshot.markPack} and not (c.pack_no = any(${list(snapshot.runningPacks)}::bigint[]))
        order by c.name limit ${pageSize}`),
    );
    yield rows.map((row) => nameFromUuid(row.name));
    after = rows.length < pageSize ? null : rows.at(-1)!.name;
  }
}

const namesAtATime = 10_000;

/** Condemns rows of packs that the mark covered. @returns how many. */
export async function condemn(
  tx: Tx,
  collectionNo: number,
  spaceNo: number,
  dead: Iterable<ChunkName>,
  snapshot: Pick<MarkSnapshot, 'markPack' | 'runningPacks'>,
): Promise<number> {
  let condemned = 0;
  for (const names of inSlices(dead, namesAtATime)) {
    const rows = await tx.execute(sql`
      update chunks set condemned_by = ${collectionNo}
      where space_no = ${spaceNo} and name = any(${list(names)}::uuid[]) and condemned_by is null
        and pack_no <= ${snapshot.markPack} and not (pack_no = any(${list(snapshot.runningPacks)}::bigint[]))`);
    condemned += rows.count;
  }
  return condemned;
}

export async function uncondemn(
  tx: Tx,
  collectionNo: number,
  spaceNo: number,
  spared: Iterable<ChunkName>,
): Promise<void> {
  for (const names of inSlices(spared, namesAtATime)) {
    await tx.execute(sql`
      update chunks set condemned_by = null
      where space_no = ${spaceNo} and name = any(${list(names)}::uuid[]) and condemned_by = ${collectionNo}`);
  }
}

/** Which names this collection has condemned. */
export function condemnedBy(db: Database, vault: VaultKey, collectionNo: number, spaceNo: number) {
  return async (names: readonly ChunkName[]): Promise<boolean[]> => {
    const condemned = new NameSet();
    for (const slice of inSlices(names, namesAtATime)) {
      const rows = await inAccount(db, vault.accountId, (tx) =>
        tx.execute<{ name: string }>(sql`
          select name from chunks
          where space_no = ${spaceNo} and name = any(${list(slice)}::uuid[]) and condemned_by = ${collectionNo}`),
      );
      for (const row of rows) condemned.add(nameFromUuid(row.name));
    }
    return names.map((name) => condemned.has(name));
  };
}

/** Root pages of points committed or archived since the mark, and of points that work has pinned. */
export async function rootsSince(db: Database, vault: VaultKey, head: number) {
  const rows = await inAccount(db, vault.accountId, (tx) =>
    tx.execute<{ space_no: number; root_page: string }>(sql`
      select b.space_no, b.root_page from backup_points b
      where b.vault_id = ${vault.vaultId} and (
        exists (select 1 from pins n where n.vault_id = b.vault_id and n.point_id = b.id)
        or b.id in (select e.point_id from point_events e
          where e.vault_id = ${vault.vaultId} and e.seq > ${head} and e.kind in ('committed', 'archived')) and b.status = 'visible')`),
  );
  return rows.map((row) => ({ spaceNo: row.space_no, page: nameFromUuid(row.root_page) }));
}

/** Tree pages in packs that the mark left out: newer ones, and those that were running work's. */
export async function* newPages(
  db: Database,
  vault: VaultKey,
  spaceNo: number,
  mark: { markPack: number; runningPacks: readonly number[] },
): AsyncGenerator<Buffer[]> {
  const packs = await inAccount(db, vault.accountId, (tx) =>
    tx.execute<{ pack_no: string }>(sql`
      select p.pack_no from packs p where p.space_no = ${spaceNo} and (p.pack_no > ${mark.markPack}
        or p.pack_no = any(${list(mark.runningPacks)}::bigint[])) order by p.pack_no`),
  );
  for (const { pack_no: packNo } of packs) {
    const rows = await inAccount(db, vault.accountId, (tx) =>
      tx.execute<{ name: string }>(sql`
        select c.name from chunks c where c.pack_no = ${packNo} and c.kind = 1 and c.condemned_by is null`),
    );
    for (const pages of inSlices(rows, 32)) yield pages.map((row) => nameFromUuid(row.name));
  }
}

export function* inSlices<T>(values: Iterable<T>, size: number): Generator<T[]> {
  let slice: T[] = [];
  for (const value of values) {
    slice.push(value);
    if (slice.length < size) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

/** An array parameter as one literal: thousands of single ones would pass the protocol's limit. */
function list(values: readonly (number | ChunkName)[]): string {
  return `{${values.map((value) => (typeof value === 'number' ? value : nameToUuid(value))).join(',')}}`;
}
