import type { ObjectStore, PackRow } from '@/lib/engine/core';
import { computeName, namesEqual } from '@/lib/engine/core/names';
import {
  frameSeal,
  type OpenPack,
  openPack,
  readPackRows,
  readSealedFrame,
} from '@/lib/engine/core/pack/pack-reader';
import { packPrefixes, storageTiers } from '@/lib/engine/core/tier';
import type { VaultKeys } from '@/lib/engine/core/vault-keys';
import { PostgresIndex } from '@/lib/engine/index/postgres-index';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import type { RebuildReport, RebuiltSpace } from './rebuild-index';

interface Opened {
  store: ObjectStore;
  keys: VaultKeys;
  spaces: readonly RebuiltSpace[];
}

/** Records every pack by its own table of contents, in the space that its chunks are named in. */
export async function indexPacks(
  environment: VaultEnvironment,
  address: { accountId: string; vaultId: string },
  opened: Opened,
  report: RebuildReport,
  onStep: (what: string) => void,
): Promise<void> {
  const { store, keys } = opened;
  for (const tier of storageTiers) {
    for (let after: string | null = ''; after !== null; ) {
      const page = await store.list(packPrefixes[tier], after ? { after } : {});
      for (const { name: objectName, sizeBytes } of page.objects) {
        try {
          const pack = await openPack(store, keys, { objectName, sizeBytes });
          const rows = await readPackRows(store, pack);
          const space = await findSpace(environment, opened, pack, rows, tier);
          // The version of the vault's key, in the header after magic, format, type and two bytes.
          const keyVersion = pack.key.header.readUInt32BE(8);
          const index = new PostgresIndex(environment.db, {
            ...address,
            spaceNo: space.spaceNo,
            tier,
            keyVersion,
          });
          report.chunks += (await index.add(pack.ref, rows)).addedRows;
          report.packs++;
        } catch (error) {
          if (error instanceof CrossvaultError && error.retryable) throw error;
          report.unreadable.push({ objectName, why: (error as Error).message });
        }
      }
      onStep(`${report.packs} packs, ${report.chunks} chunks`);
      after = page.next;
    }
  }
}

/** A pack does not say which lineage it belongs to: its first chunk's name does, under that lineage's key. */
async function findSpace(
  { work }: VaultEnvironment,
  { store, spaces }: Opened,
  pack: OpenPack,
  rows: readonly PackRow[],
  tier: RebuiltSpace['tier'],
): Promise<RebuiltSpace> {
  const candidates = spaces.filter((space) => space.tier === tier);
  if (candidates.length === 1) return candidates[0]!;
  const first = rows[0];
  const info = pack.frames[0];
  if (first && info) {
    const sealed = await readSealedFrame(store, pack, 0);
    const { codec, plainLength } = info;
    const plain = await work.run({
      op: 'open',
      sealed,
      codec,
      plainLength,
      from: frameSeal(pack, 0),
      check: null,
    });
    const bytes = plain.subarray(first.offset, first.offset + first.length);
    const found = candidates.find(({ namingKey }) =>
      namesEqual(computeName(namingKey, pack.ref.type, bytes), first.name),
    );
    if (found) return found;
  }
  throw new CrossvaultError('corrupt_data', `${pack.ref.objectName} belongs to no lineage of the vault.`);
}
