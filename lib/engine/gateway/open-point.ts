import { and, eq } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { backupPoints } from '@/db/schema';
import type { ChunkLocation, ChunkName, LoadChunk, VaultReader } from '@/lib/engine/core';
import type { FrameGroup } from '@/lib/engine/core/carried-frames';
import { nameFromUuid } from '@/lib/engine/core/names';
import { CrossvaultError, notFound } from '@/lib/errors';
import { type OpenVault, openVault, type VaultEnvironment, type VaultLineage } from '../vaults';

export type PointRow = typeof backupPoints.$inferSelect;

/** A visible point with all that reading it needs. Made per request: it holds only while key and point stand. */
export interface OpenPoint {
  row: PointRow;
  rootPage: Buffer;
  vault: OpenVault;
  lineage: VaultLineage;
  reader: VaultReader;
  load: LoadChunk;
}

/** @throws `not_found` for a point that is not there, not visible, or a stranger's. */
async function loadPointRow(
  environment: VaultEnvironment,
  accountId: string,
  pointId: string,
  isPinned: boolean,
): Promise<PointRow> {
  const [row] = await inAccount(environment.db, accountId, (tx) =>
    tx
      .select()
      .from(backupPoints)
      .where(
        and(
          eq(backupPoints.accountId, accountId),
          eq(backupPoints.id, pointId),
          isPinned ? undefined : eq(backupPoints.status, 'visible'),
        ),
      ),
  );
  if (!row) throw notFound('backup point');
  return row;
}

/**
 * @param options.isPinned the caller's work pinned the point while it was visible: it may be on its way out by now.
 * @throws `not_found`, `key_unavailable`, `storage_unavailable`.
 */
export async function openPoint(
  environment: VaultEnvironment,
  accountId: string,
  pointId: string,
  { isPinned = false } = {},
): Promise<OpenPoint> {
  const row = await loadPointRow(environment, accountId, pointId, isPinned);
  const vault = await openVault(environment, { accountId, vaultId: row.vaultId });
  const lineage = vault.space(row.spaceNo);
  const reader = readerOf(vault, lineage);
  return {
    row,
    vault,
    lineage,
    reader,
    rootPage: nameFromUuid(row.rootPage),
    load: (name) => loadChunk(vault, lineage, reader, name),
  };
}

const maxReaders = 16;
const readers = new Map<string, { keys: OpenVault['keys']; reader: VaultReader }>();

/** Readers keep opened frames, so the lineages in use share them over requests. A key opened anew gets a new reader. */
export function readerOf(vault: OpenVault, lineage: VaultLineage): VaultReader {
  const id = `${vault.vaultId} ${lineage.lineageId}`;
  const known = readers.get(id);
  readers.delete(id);
  const entry = known?.keys === vault.keys ? known : { keys: vault.keys, reader: vault.reader(lineage) };
  readers.set(id, entry);
  if (readers.size > maxReaders) readers.delete(readers.keys().next().value!);
  return entry.reader;
}

/** One chunk. A pack that is gone was compacted meanwhile: its chunk is looked up once more. */
export async function loadChunk(
  vault: OpenVault,
  lineage: VaultLineage,
  reader: VaultReader,
  name: ChunkName,
): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    const [location] = await locate(vault, lineage, [name]);
    if (!location)
      throw new CrossvaultError('corrupt_data', 'The backup point refers to data that is not there.');
    try {
      return await reader.read(name, location);
    } catch (error) {
      if (!isGone(error) || attempt === 2) throw error;
    }
  }
}

/**
 * Where chunks of a point are. A point that moves to the archive while it is read loses its chunks in the standard tier
 * with the next collection; they are then found in the archive.
 */
async function locate(
  vault: OpenVault,
  lineage: VaultLineage,
  names: readonly ChunkName[],
): Promise<(ChunkLocation | null)[]> {
  const locations = await vault.index(lineage).locate(names);
  const archive = vault.spaces.find(
    ({ lineageId, tier }) => lineageId === lineage.lineageId && tier === 'archive',
  );
  if (lineage.tier === 'archive' || !archive || locations.every(Boolean)) return locations;
  const archived = await vault.index(archive).locate(names);
  return locations.map((location, i) => location ?? archived[i] ?? null);
}

function isGone(error: unknown): boolean {
  return error instanceof CrossvaultError && error.code === 'not_found';
}

/** How data chunks of a point are going to be read by frames. A pack that is gone was compacted: all is looked up once more. */
export async function planFrames(
  vault: OpenVault,
  lineage: VaultLineage,
  reader: VaultReader,
  names: readonly ChunkName[],
): Promise<FrameGroup[]> {
  for (let attempt = 1; ; attempt++) {
    const found = requireFound(names, await locate(vault, lineage, names));
    try {
      return await reader.planFrames(found);
    } catch (error) {
      if (!isGone(error) || attempt === 2) throw error;
    }
  }
}

function requireFound(names: readonly ChunkName[], locations: readonly (ChunkLocation | null)[]) {
  return locations.map((location, i) => {
    if (!location)
      throw new CrossvaultError('corrupt_data', 'The backup point refers to data that is not there.');
    return { name: names[i]!, location };
  });
}

/** Many chunks in the order given, some frames ahead. @throws like `loadChunk`. */
export async function* loadChunks(
  vault: OpenVault,
  lineage: VaultLineage,
  reader: VaultReader,
  names: readonly ChunkName[],
): AsyncGenerator<{ name: ChunkName; type: 'data' | 'tree'; bytes: Uint8Array }> {
  const found = requireFound(names, await locate(vault, lineage, names));
  let done = 0;
  try {
    for await (const { name, bytes } of reader.readAll(found)) {
      yield { name, type: found[done]!.location.pack.type, bytes };
      done++;
    }
  } catch (error) {
    if (!isGone(error)) throw error;
    for (const { name, location } of found.slice(done)) {
      yield { name, type: location.pack.type, bytes: await loadChunk(vault, lineage, reader, name) };
    }
  }
}
