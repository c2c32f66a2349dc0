import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { noise } from '../test-bytes';
import { FaultStore } from './fault-store';
import { FolderStore } from './folder-store';
import { MemoryStore } from './memory-store';
import type { ObjectStore } from './object-store';
import { describeStore } from './test-store';
import { ZoneStore } from './zone-store';

const folders: string[] = [];
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'crossvault-store-'));
  folders.push(folder);
  return folder;
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const ledger = { owe: async () => {}, settle: async () => {}, observe: () => {} };
const zonesOf = (...stores: ObjectStore[]) =>
  new ZoneStore(
    stores.map((store, at) => ({ id: `zone-${at}`, store })),
    ledger,
  );

const adapters: [string, () => Promise<ObjectStore>][] = [
  ['MemoryStore', async () => new MemoryStore()],
  [
    'ZoneStore over three zones',
    async () => zonesOf(new MemoryStore(), new MemoryStore(), new MemoryStore()),
  ],
  [
    'ZoneStore with a zone that takes nothing',
    async () =>
      zonesOf(
        new MemoryStore(),
        new FaultStore(new MemoryStore(), (operation) => (operation === 'putIfAbsent' ? 'before' : null)),
      ),
  ],
  ['FolderStore', async () => new FolderStore(join(await freshFolder(), 'not', 'there', 'yet'))],
];

for (const [title, create] of adapters) describeStore(title, create);

describe('FolderStore', () => {
  it('leaves no unfinished write behind and sweeps those of writers that died', async () => {
    const root = await freshFolder();
    const store = new FolderStore(root);
    await store.putIfAbsent('x', noise(10));
    expect(await readdir(join(root, '.tmp'))).toEqual([]);
    await writeFile(join(root, '.tmp', 'dead'), 'half');
    await writeFile(join(root, '.tmp', 'alive'), 'half');
    await utimes(join(root, '.tmp', 'dead'), new Date(0), new Date(0));
    expect((await store.list('')).objects.map((o) => o.name)).toEqual(['x']);
    expect(await store.sweepUnfinished(new Date(1000))).toBe(1);
    expect(await readdir(join(root, '.tmp'))).toEqual(['alive']);
  });

  it('says that the storage is unavailable when it cannot write, and works again afterwards', async () => {
    const root = await freshFolder();
    const store = new FolderStore(root);
    await store.putIfAbsent('packs/aa/x', noise(10));
    await rm(join(root, 'packs'), { recursive: true });
    await expect(store.putIfAbsent('packs/aa/y', noise(10))).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    expect(await store.putIfAbsent('packs/aa/y', noise(10))).toBe('created');
  });
});
