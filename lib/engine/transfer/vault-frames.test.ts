import { expect, test } from 'vitest';
import type { Chunk } from '@/lib/engine/core/chunk';
import { FaultStore } from '@/lib/engine/core/store/fault-store';
import { noise } from '@/lib/engine/core/test-bytes';
import { createTestVault } from '@/lib/engine/core/test-vault';
import { ContentBuilder } from '@/lib/engine/core/tree/tree-builder';
import { inlinePool } from '@/lib/engine/core/work/pool';
import type { OpenVault, VaultLineage } from '@/lib/engine/vaults';
import { VaultFrames } from './vault-frames';

test('a page whose storage fails at any call is told so once, to who asked, and read when the storage is back', async () => {
  const vault = await createTestVault();
  const pages: Chunk[] = [];
  const content = new ContentBuilder(vault.namingKey, async (page) => void pages.push(page));
  for (let n = 0; n < 3000; n++) await content.add(vault.chunk(noise(40, n)).name, 40);
  await content.finish();
  const writer = vault.writer();
  for (const page of pages) await writer.put(page);
  await writer.flush();
  const [page] = pages;
  const wanted = { name: page!.name, location: vault.index.find(page!.name)! };
  for (let failing = 0; failing < 3; failing++) {
    const store = new FaultStore(vault.store, (_, call) => (call === failing ? 'before' : null));
    const opened = { store, keys: vault.keys } as unknown as OpenVault;
    const lineage = { namingKey: vault.namingKey } as unknown as VaultLineage;
    const frames = new VaultFrames(opened, lineage, inlinePool);
    const both = await Promise.allSettled([frames.references(wanted), frames.references(wanted)]);
    const isMet = store.calls > failing;
    expect(both.map(({ status }) => status)).toEqual(
      isMet ? ['rejected', 'rejected'] : ['fulfilled', 'fulfilled'],
    );
    expect((await frames.references(wanted)).chunks.length).toBeGreaterThan(0);
    // A rejection that nobody handles ends an engine; here it fails the run.
    await new Promise(setImmediate);
  }
});
