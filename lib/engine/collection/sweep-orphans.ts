import { sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { systemClock } from '@/lib/clock';
import { type ObjectStore, packPrefixes, type StorageTier } from '@/lib/engine/core';
import { packObjectName } from '@/lib/engine/index/postgres-index';
import type { VaultKey } from './rows';

/**
 * Orphans are left alone this long. After an older dump of the database was restored, what was made since looks like
 * orphans and is all that is left of it: there is a week to notice.
 */
const graceMs = 7 * 86_400_000;

interface Kind {
  prefix: string;
  /** Objects of other names are not ours to judge. */
  pattern: RegExp;
  /** Those of the names that a row stands for. */
  known(tx: Tx, vaultId: string, names: string[]): Promise<string[]>;
}

/** Manifests before the packs that they refer to, as in every deletion. */
const kinds: Kind[] = [
  {
    prefix: 'points/',
    pattern: /^points\/s-[0-9a-z]+$/,
    async known(tx, vaultId, names) {
      const ids = names.map((name) => name.slice('points/'.length));
      const rows = await tx.execute<{ id: string }>(sql`
        select id from backup_points where vault_id = ${vaultId} and id = any(${`{${ids.join(',')}}`}::text[])`);
      return rows.map(({ id }) => `points/${id}`);
    },
  },
  packsOf('standard', /^packs\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/),
  packsOf('archive', /^archive\/packs\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/),
];

function packsOf(tier: StorageTier, pattern: RegExp): Kind {
  return {
    prefix: packPrefixes[tier],
    pattern,
    async known(tx, vaultId, names) {
      const hashes = names.map((name) => `"\\\\x${name.slice(-64)}"`);
      const rows = await tx.execute<{ sha256: Buffer }>(sql`
        select p.sha256 from packs p join chunk_spaces s on s.space_no = p.space_no
        where p.vault_id = ${vaultId} and s.tier = ${tier} and p.sha256 = any(${`{${hashes.join(',')}}`}::bytea[])`);
      return rows.map(({ sha256 }) => packObjectName(sha256, tier));
    },
  };
}

/**
 * Deletes manifests and packs that no row names: those of work that died between the store and the database. Work opens
 * its pin before it puts anything, so once no pin stands after the listing, each listed object has its row by now or never
 * gets one; later work puts objects that are not in the list. Yields after each page of objects.
 */
export async function* sweepOrphans(db: Database, store: ObjectStore, vault: VaultKey): AsyncGenerator<void> {
  await store.sweepUnfinished?.(beforeGrace());
  for (const kind of kinds) {
    for (let after: string | null = ''; after !== null; ) {
      const page = await store.list(kind.prefix, after ? { after } : {});
      const names = page.objects.map(({ name }) => name).filter((name) => kind.pattern.test(name));
      const known = await inAccount(db, vault.accountId, async (tx) =>
        (await hasRunningWork(tx, vault.vaultId)) ? null : kind.known(tx, vault.vaultId, names),
      );
      if (!known) return;
      const hasRow = new Set(known);
      for (const name of names) if (!hasRow.has(name)) await deleteOld(store, name);
      after = page.next;
      yield;
    }
  }
}

async function hasRunningWork(tx: Tx, vaultId: string): Promise<boolean> {
  const [running] = await tx.execute(sql`
    select 1 from pins n where n.vault_id = ${vaultId} and n.work_kind in ('backup', 'copy', 'archive', 'backup_copy')
      and n.work_id not like 'abandoned/%' limit 1`);
  return running !== undefined;
}

async function deleteOld(store: ObjectStore, name: string): Promise<void> {
  const found = await store.stat(name);
  if (found && found.modifiedAt < beforeGrace()) await store.delete(name);
}

const beforeGrace = () => new Date(systemClock.now().getTime() - graceMs);
