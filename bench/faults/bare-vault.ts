import { createHash } from 'node:crypto';
import { loadLineage } from '@/lib/engine/core/lineage';
import type { PointManifest } from '@/lib/engine/core/point';
import { putPoint } from '@/lib/engine/core/point-store';
import { listPoints, openBareVault, rebuildIndex } from '@/lib/engine/core/rescue';
import type { ObjectStore } from '@/lib/engine/core/store/object-store';
import { noise } from '@/lib/engine/core/test-bytes';
import { type TestVault, testLineage, testServiceKey } from '@/lib/engine/core/test-vault';
import { createVaultReader } from '@/lib/engine/core/vault-reader';
import { inlinePool } from '@/lib/engine/core/work/pool';
import { hashTree, writeTree } from '@/lib/engine/transfer/test-world';
import type { SeededRandom } from '@/scripts/demo/random';

export type SmallFiles = Record<string, Uint8Array>;

export function smallFiles(random: SeededRandom, number: number): SmallFiles {
  const files: SmallFiles = {};
  for (let i = 0; i < 3; i++) files[`f${random.int(5)}`] = noise(200 + random.int(3000), number * 7 + i);
  files.same = noise(1500, 99);
  return files;
}

/** What files hold, as one text to compare. */
export function digestOf(files: SmallFiles): string {
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  return asText(Object.entries(files).map(([name, bytes]) => [name, hash(bytes)]));
}

const asText = (entries: [string, string][]) => JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));

/** Backs up into a vault without a database: its manifest makes a point. @returns the point's id. */
export async function backUpBare<S extends ObjectStore>(
  vault: TestVault<S>,
  number: number,
  files: SmallFiles,
  { manifestFirst = false } = {},
): Promise<string> {
  const writer = vault.writer();
  const root = await writeTree(files, vault.namingKey, (chunk) => writer.put(chunk));
  const at = new Date(Date.UTC(2026, 0, number));
  const manifest: PointManifest = {
    pointId: `s-${number}`,
    vaultId: 'vault-1',
    lineageId: testLineage,
    kind: 'files',
    root,
    sourceId: 'ds-1',
    origin: null,
    host: 'host',
    paths: ['/'],
    startedAt: at,
    finishedAt: at,
    parentPointId: null,
    expiresAt: null,
    stats: { files: 0, dirs: 0, symlinks: 0, sourceBytes: 0, readBytes: 0, newBytes: 0, unreadable: 0 },
  };
  if (manifestFirst) await putPoint(vault.store, vault.keys, manifest);
  await writer.flush();
  if (!manifestFirst) await putPoint(vault.store, vault.keys, manifest);
  return manifest.pointId;
}

export interface BareReading {
  /** What each listed point holds, or why it cannot be read. */
  points: Map<string, string | Error>;
  /** Objects that cannot be read. */
  damaged: string[];
}

/** Reads everything of a vault from its storage alone. @throws when it cannot be opened at all. */
export async function readBare(store: ObjectStore): Promise<BareReading> {
  const vault = await openBareVault(store, [testServiceKey]);
  const damaged: string[] = [];
  const note = ({ objectName }: { objectName: string }) => damaged.push(objectName);
  const manifests = await listPoints(vault, note);
  const index = await rebuildIndex(vault, () => {}, note);
  const namingKey = await loadLineage(store, vault.keys, testLineage);
  const reader = createVaultReader({ store, keys: vault.keys, namingKey, pool: inlinePool });
  const points = new Map<string, string | Error>();
  for (const { pointId, root } of manifests) {
    const load = async (name: Uint8Array) => {
      const location = index.find(name);
      if (!location) throw new Error('a chunk is in none of the packs');
      return reader.read(name, location);
    };
    points.set(
      pointId,
      await hashTree(load, root.root).then((hashes) => asText(Object.entries(hashes)), toError),
    );
  }
  return { points, damaged };
}

const toError = (error: unknown) => error as Error;
