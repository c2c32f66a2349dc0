import type { Chunk, ChunkType } from './chunk';
import { putLineage } from './lineage';
import { MemoryIndex } from './memory-index';
import { computeName } from './names';
import { wrappingKeyFrom } from './service-key';
import { MemoryStore } from './store/memory-store';
import type { ObjectStore } from './store/object-store';
import { noise } from './test-bytes';
import { createVaultHeader } from './vault-header';
import type { VaultKeys } from './vault-keys';
import { addVaultKey, loadVaultKeys } from './vault-keys';
import { createVaultReader, type VaultReaderOptions } from './vault-reader';
import { createVaultWriter, type VaultWriterOptions } from './vault-writer';
import { inlinePool } from './work/pool';

/** A whole small vault for tests: store, keys, one lineage and an index. */
export interface TestVault<S extends ObjectStore = MemoryStore> {
  store: S;
  keys: VaultKeys;
  namingKey: Buffer;
  index: MemoryIndex;
  chunk(bytes: Uint8Array, type?: ChunkType): Chunk;
  writer(options?: Partial<VaultWriterOptions>): ReturnType<typeof createVaultWriter>;
  reader(options?: Partial<VaultReaderOptions>): ReturnType<typeof createVaultReader>;
  load(name: Uint8Array): Promise<Uint8Array>;
}

export const testServiceKey = wrappingKeyFrom(noise(32, 4242));
export const testLineage = 'lineage-1';

export async function createTestVault<S extends ObjectStore = MemoryStore>(
  options: { store?: S; vaultId?: string; namingKey?: Uint8Array } = {},
): Promise<TestVault<S>> {
  const store = options.store ?? (new MemoryStore() as unknown as S);
  const vaultId = options.vaultId ?? 'vault-1';
  await createVaultHeader(store, { vaultId, createdAt: new Date('2026-01-02T03:04:05Z') });
  await addVaultKey(store, vaultId, 1, testServiceKey);
  const keys = await loadVaultKeys(store, vaultId, [testServiceKey]);
  const namingKey = await putLineage(store, keys, testLineage, options.namingKey);
  const index = new MemoryIndex();
  const reader = createVaultReader({ store, keys, namingKey, pool: inlinePool });
  return {
    store,
    keys,
    namingKey,
    index,
    chunk: (bytes, type = 'data') => ({ name: computeName(namingKey, type, bytes), type, bytes }),
    writer: (more) =>
      createVaultWriter({
        store,
        keys,
        namingKey,
        pool: inlinePool,
        onStoredPack: async ({ pack, rows }) => {
          await index.add(pack, rows);
        },
        ...more,
      }),
    reader: (more) => createVaultReader({ store, keys, namingKey, pool: inlinePool, ...more }),
    load: async (name) => {
      const location = index.find(name);
      if (!location) throw new Error('The chunk is not in the index.');
      return reader.read(name, location);
    },
  };
}
