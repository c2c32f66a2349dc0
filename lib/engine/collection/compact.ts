import { sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { createVaultWriter, type PackRef, type StorageTier } from '@/lib/engine/core';
import { nameFromUuid } from '@/lib/engine/core/names';
import { openPack, readPackRows } from '@/lib/engine/core/pack/pack-reader';
import { PostgresIndex, packObjectName } from '@/lib/engine/index/postgres-index';
import { BoundedWriter } from '@/lib/engine/transfer/bounded-writer';
import { VaultFrames } from '@/lib/engine/transfer/vault-frames';
import type { OpenVault, VaultEnvironment, VaultLineage } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import { byLane, choosePacks, type SettledPack } from './compaction-rules';

interface Compaction {
  collectionNo: number;
  markPack: number;
}

const overtaken = 'collection_overtaken';
/** Sealed bytes read before other work has its turn. */
const stepBytes = 8 * 1024 * 1024;

/**
 * Writes packs anew that are mostly dead, or small and many, with what is alive in them. Their rows move when the new pack
 * is durable; the old packs are then without rows and are swept. Only settled packs that the mark covered: nobody's running
 * work has them, and whoever reads one of them while it goes looks its chunk up once more. May be stopped anywhere.
 */
export async function* compactPacks(
  environment: VaultEnvironment,
  vault: OpenVault,
  compaction: Compaction,
): AsyncGenerator<void> {
  yield* measureOldPacks(environment, vault, compaction);
  const packs = await listSettledPacks(environment, vault, compaction);
  for (const lane of byLane(choosePacks(packs))) {
    const space = vault.spaces.find(({ spaceNo }) => spaceNo === lane[0]!.spaceNo);
    if (space) yield* rewrite(environment, vault, space, compaction, lane);
    yield;
  }
}

async function* rewrite(
  environment: VaultEnvironment,
  vault: OpenVault,
  space: VaultLineage,
  compaction: Compaction,
  packs: readonly SettledPack[],
): AsyncGenerator<void> {
  const from = packs.map(({ packNo }) => packNo);
  const frames = new VaultFrames(vault, space, environment.work);
  const writer = createMovingWriter(environment, vault, space, compaction, from);
  try {
    let sinceYield = 0;
    for (const pack of packs) {
      for (const [frame, names] of await livingFrames(environment, vault, pack)) {
        const opened = await frames.open(pack.ref);
        const sealed = await frames.sealed(pack.ref, frame);
        const rows = await frames.rowsOf(pack.ref, frame);
        const again = () => frames.again(pack.ref, frame);
        await writer.addFrame({ pack: opened, frame, sealed, again, rows, wanted: names });
        sinceYield += sealed.length;
        if (sinceYield < stepBytes) continue;
        sinceYield = 0;
        yield;
      }
    }
    await writer.flush();
  } catch (error) {
    if (!(error instanceof CrossvaultError) || !['corrupt_data', 'not_found'].includes(error.code))
      throw error;
    // What cannot be read is not moved. The next verification looks at these packs first, heals them or names what is lost.
    await inAccount(environment.db, vault.address.accountId, (tx) =>
      tx.execute(sql`update packs set checked_at = null where pack_no = any(${list(from)}::bigint[])`),
    );
  } finally {
    await writer.abort();
  }
}

/** Every chunk's name is computed anew on the way: what is damaged is not carried into a new pack. */
function createMovingWriter(
  environment: VaultEnvironment,
  vault: OpenVault,
  space: VaultLineage,
  { collectionNo }: Compaction,
  from: readonly number[],
): BoundedWriter {
  const index = new PostgresIndex(environment.db, {
    ...vault.address,
    spaceNo: space.spaceNo,
    tier: space.tier,
    keyVersion: vault.keys.current.version,
  });
  return new BoundedWriter(() =>
    createVaultWriter({
      store: vault.store,
      keys: vault.keys,
      namingKey: space.namingKey,
      tier: space.tier,
      pool: environment.work,
      onStoredPack: async ({ pack, rows }) => {
        const moved = await index.move(pack, rows, from, (tx) => isStillCompacting(tx, collectionNo, pack));
        if (moved !== null) return;
        throw new CrossvaultError('state_conflict', 'Another engine has taken this collection further.', {
          reason: overtaken,
        });
      },
    }),
  );
}

/** Held until the rows have moved: another process cannot take the collection further meanwhile. */
async function isStillCompacting(tx: Tx, collectionNo: number, pack: PackRef): Promise<boolean> {
  const rows = await tx.execute(sql`
    update collections set rewritten_bytes = rewritten_bytes + ${pack.sizeBytes}, freed_bytes = freed_bytes - ${pack.sizeBytes}
    where collection_no = ${collectionNo} and step = 'compact' returning 1`);
  return rows.length > 0;
}

async function livingFrames(environment: VaultEnvironment, vault: OpenVault, { packNo }: SettledPack) {
  const rows = await inAccount(environment.db, vault.address.accountId, (tx) =>
    tx.execute<{ name: string; frame_no: number }>(
      sql`select name, frame_no from chunks where pack_no = ${packNo} order by frame_no, chunk_offset`,
    ),
  );
  const frames = new Map<number, Buffer[]>();
  for (const { name, frame_no: frame } of rows) {
    const names = frames.get(frame) ?? [];
    frames.set(frame, names);
    names.push(nameFromUuid(name));
  }
  return frames;
}

async function listSettledPacks(
  environment: VaultEnvironment,
  vault: OpenVault,
  { markPack }: Compaction,
): Promise<SettledPack[]> {
  const rows = await inAccount(environment.db, vault.address.accountId, (tx) =>
    tx.execute<{
      pack_no: string;
      space_no: number;
      sha256: Buffer;
      tier: StorageTier;
      size_bytes: number;
      plain_bytes: number;
      kind: number;
      living: string;
    }>(sql`
      select p.pack_no, p.space_no, p.sha256, s.tier, p.size_bytes, p.plain_bytes, min(c.kind) as kind,
        sum(c.chunk_bytes) as living
      from packs p join chunk_spaces s on s.space_no = p.space_no join chunks c on c.pack_no = p.pack_no
      where p.vault_id = ${vault.vaultId} and p.pack_no <= ${markPack} and p.pin_no is null and not p.is_damaged
        and p.plain_bytes is not null
      group by p.pack_no, s.tier order by p.pack_no`),
  );
  return rows.map((row) => ({
    packNo: Number(row.pack_no),
    spaceNo: row.space_no,
    sizeBytes: row.size_bytes,
    plainBytes: row.plain_bytes,
    livingBytes: Number(row.living),
    ref: {
      objectName: packObjectName(row.sha256, row.tier),
      sizeBytes: row.size_bytes,
      type: row.kind === 1 ? 'tree' : 'data',
    },
  }));
}

const oldPacksAtATime = 64;

/** Packs of versions that did not note what they held: their tables of contents say it. */
async function* measureOldPacks(
  environment: VaultEnvironment,
  vault: OpenVault,
  { markPack }: Compaction,
): AsyncGenerator<void> {
  const inVault = <T>(work: (tx: Tx) => Promise<T>) =>
    inAccount(environment.db, vault.address.accountId, work);
  for (let after = 0; ; ) {
    const packs = await inVault((tx) =>
      tx.execute<{ pack_no: string; sha256: Buffer; size_bytes: number; tier: StorageTier }>(sql`
        select p.pack_no, p.sha256, p.size_bytes, s.tier from packs p join chunk_spaces s on s.space_no = p.space_no
        where p.vault_id = ${vault.vaultId} and p.plain_bytes is null and p.pack_no > ${after}
          and p.pack_no <= ${markPack} and not p.is_damaged
        order by p.pack_no limit ${oldPacksAtATime}`),
    );
    for (const { pack_no: packNo, sha256, size_bytes: sizeBytes, tier } of packs) {
      const pack = { objectName: packObjectName(sha256, tier), sizeBytes };
      const rows = await readPackRows(vault.store, await openPack(vault.store, vault.keys, pack));
      const plainBytes = rows.reduce((sum, row) => sum + row.length, 0);
      await inVault((tx) =>
        tx.execute(sql`update packs set plain_bytes = ${plainBytes} where pack_no = ${packNo}`),
      );
    }
    if (packs.length < oldPacksAtATime) return;
    after = Number(packs.at(-1)!.pack_no);
    yield;
  }
}

const list = (numbers: readonly number[]) => `{${numbers.join(',')}}`;
