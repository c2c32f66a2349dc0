import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { CrossvaultError } from '@/lib/errors';
import type { StoredPack } from '.';
import { computeName } from './names';
import { openPack, readPackRows, readSealedFrame } from './pack/pack-reader';
import { FaultStore } from './store/fault-store';
import { noise, prose } from './test-bytes';
import { createTestVault, type TestVault } from './test-vault';
import { ThreadPool } from './work/pool';

const pool = new ThreadPool({ threads: 2 });
afterAll(() => pool.close());

async function packsOf(vault: TestVault) {
  const { objects } = await vault.store.list('packs/');
  return Promise.all(
    objects.map(({ name, sizeBytes }) => openPack(vault.store, vault.keys, { objectName: name, sizeBytes })),
  );
}

describe('a vault writer and reader', () => {
  it('give back chunks of all sizes and both types, through worker threads', async () => {
    const vault = await createTestVault();
    const writer = vault.writer({ pool, packBytes: 2 * 1024 * 1024 });
    const chunks = [
      ...Array.from({ length: 300 }, (_, i) => vault.chunk(prose(1 + i * 97, i))),
      ...Array.from({ length: 4 }, (_, i) => vault.chunk(noise(1_500_000 + i, i))),
      vault.chunk(Buffer.alloc(0)),
      ...Array.from({ length: 40 }, (_, i) => vault.chunk(prose(20_000 + i, i), 'tree')),
    ];
    for (const chunk of chunks) await writer.put(chunk);
    await writer.flush();
    const located = chunks.map(({ name }) => ({ name, location: vault.index.find(name)! }));
    let i = 0;
    for await (const { name, bytes } of vault.reader({ pool }).readAll(located)) {
      expect(Buffer.from(name).equals(chunks[i]!.name)).toBe(true);
      expect(Buffer.from(bytes).equals(chunks[i]!.bytes)).toBe(true);
      i++;
    }
    expect(i).toBe(chunks.length);
    const packs = await packsOf(vault);
    expect(packs.filter((p) => p.ref.type === 'tree')).toHaveLength(1);
    expect(packs.length).toBeGreaterThan(3);
    for (const { ref } of packs) expect(ref.sizeBytes).toBeLessThanOrEqual(4 * 1024 * 1024);
  });

  it('share a frame between small chunks and name packs by their bytes', async () => {
    const vault = await createTestVault();
    const writer = vault.writer();
    for (let i = 0; i < 500; i++) await writer.put(vault.chunk(prose(4000, i)));
    await writer.flush();
    const [pack] = await packsOf(vault);
    expect(pack!.frames).toHaveLength(2);
    const bytes = await vault.store.get(pack!.ref.objectName);
    expect(pack!.ref.objectName.slice(-64)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('round-trip whatever is put, and rebuild the index from the packs alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 60 }), async (blobs) => {
        const vault = await createTestVault();
        const writer = vault.writer({ packBytes: 20_000 });
        const chunks = blobs.map((bytes, i) => vault.chunk(bytes, i % 5 === 0 ? 'tree' : 'data'));
        await Promise.all(chunks.map((chunk) => writer.put(chunk)));
        await writer.flush();
        for (const { name, bytes } of chunks)
          expect(Buffer.from(await vault.load(name)).equals(bytes)).toBe(true);
        const rows = (
          await Promise.all((await packsOf(vault)).map((pack) => readPackRows(vault.store, pack)))
        ).flat();
        expect(rows).toHaveLength(vault.index.size);
        for (const row of rows) {
          const { frame, offset, length } = vault.index.find(row.name)!;
          expect({ frame, offset, length }).toEqual({
            frame: row.frame,
            offset: row.offset,
            length: row.length,
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('store a chunk once however often it is put', async () => {
    const vault = await createTestVault();
    const writer = vault.writer();
    const chunk = vault.chunk(noise(100_000));
    for (let i = 0; i < 10; i++) await writer.put(chunk);
    await writer.flush();
    expect(writer.counters).toMatchObject({ chunks: { data: 1, tree: 0 }, plainBytes: 100_000, packs: 1 });
  });

  it('report a pack only once it is durable', async () => {
    const vault = await createTestVault();
    const reported: StoredPack[] = [];
    const writer = vault.writer({
      packBytes: 100_000,
      onStoredPack: async (stored) => {
        expect(await vault.store.stat(stored.pack.objectName)).toMatchObject({
          sizeBytes: stored.pack.sizeBytes,
        });
        reported.push(stored);
      },
    });
    for (let i = 0; i < 20; i++) await writer.put(vault.chunk(noise(60_000, i)));
    await writer.flush();
    expect(reported.reduce((sum, { plainBytes }) => sum + plainBytes, 0)).toBe(1_200_000);
    expect(reported.flatMap(({ rows }) => rows)).toHaveLength(20);
  });
});

describe('a vault writer', () => {
  it('refuses bytes that do not match their name and reports nothing of that pack', async () => {
    const vault = await createTestVault();
    const writer = vault.writer();
    await writer.put(vault.chunk(noise(1000)));
    await writer.put({ ...vault.chunk(noise(1000, 2)), bytes: noise(1000, 3) });
    await expect(writer.flush()).rejects.toMatchObject({ code: 'corrupt_data' });
    await expect(writer.put(vault.chunk(noise(10)))).rejects.toMatchObject({ code: 'corrupt_data' });
    expect(writer.isBroken).toBe(true);
    expect(vault.index.size).toBe(0);
  });

  it('keeps what the store refuses, takes nothing meanwhile, and loses nothing, whichever call it is', async () => {
    for (let failing = 0; failing < 6; failing++) {
      const vault = await createTestVault();
      let isDown = false;
      const store = new FaultStore(vault.store, (_, call) => {
        isDown ||= call === failing;
        return isDown ? (failing % 2 ? 'before' : 'after') : null;
      });
      const writer = vault.writer({ store, packBytes: 1_000_000 });
      const chunks = Array.from({ length: 6 }, (_, i) => vault.chunk(noise(1_100_000, i)));
      let refusals = 0;
      const insist = async (act: () => Promise<void>) => {
        for (;;) {
          try {
            return await act();
          } catch (error) {
            expect(error).toMatchObject({ code: 'storage_unavailable' });
            expect(writer.isBroken).toBe(false);
            const taken = writer.counters.chunks.data;
            await expect(writer.put(vault.chunk(noise(10)))).rejects.toThrow('Injected fault');
            expect(writer.counters.chunks.data).toBe(taken);
            if (++refusals === 3) isDown = false;
          }
        }
      };
      for (const chunk of chunks) await insist(() => writer.put(chunk));
      await insist(() => writer.flush());
      for (const { name, bytes } of chunks)
        expect(Buffer.from(await vault.load(name)).equals(bytes)).toBe(true);
      expect(refusals).toBeGreaterThan(0);
    }
  });

  it('reports a durable pack until whoever is told takes it', async () => {
    const vault = await createTestVault();
    let calls = 0;
    const writer = vault.writer({
      onStoredPack: async ({ pack, rows }) => {
        if (++calls < 4) throw new CrossvaultError('unavailable', 'No.');
        await vault.index.add(pack, rows);
      },
    });
    const chunk = vault.chunk(noise(10));
    await writer.put(chunk);
    await expect(writer.flush()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(writer.flush()).rejects.toMatchObject({ code: 'unavailable' });
    await writer.flush();
    expect(Buffer.from(await vault.load(chunk.name)).equals(chunk.bytes)).toBe(true);
  });

  it('can be stopped at any time', async () => {
    const vault = await createTestVault();
    const writer = vault.writer({ pool });
    void writer.put(vault.chunk(noise(2_000_000)));
    await writer.abort();
    await expect(writer.flush()).rejects.toMatchObject({ code: 'state_conflict' });
  });
});

describe('re-sealing a frame for another vault', () => {
  async function source() {
    const from = await createTestVault();
    const to = await createTestVault({ vaultId: 'vault-2', namingKey: from.namingKey });
    const chunks = Array.from({ length: 30 }, (_, i) => from.chunk(prose(9000 + i, i)));
    const writer = from.writer();
    for (const chunk of chunks) await writer.put(chunk);
    await writer.flush();
    const [pack] = await packsOf(from);
    const rows = await readPackRows(from.store, pack!);
    const sealed = () => readSealedFrame(from.store, pack!, 0);
    return { from, to, chunks, pack: pack!, rows, sealed };
  }

  it.each([true, false])(
    'carries a wanted frame over whole (names verified: %s)',
    async (verifyForeignNames) => {
      const { from, to, chunks, pack, rows, sealed } = await source();
      const writer = to.writer({ verifyForeignNames, pool });
      const wanted = rows.map((row) => row.name);
      await writer.addFrame({ pack, frame: 0, sealed: await sealed(), rows, wanted });
      await writer.flush();
      for (const { name, bytes } of chunks) expect(Buffer.from(await to.load(name)).equals(bytes)).toBe(true);
      const [copy] = await packsOf(to);
      expect(copy!.frames[0]!.sealedLength).toBe(pack.frames[0]!.sealedLength);
      expect(Buffer.from(await readSealedFrame(to.store, copy!, 0)).equals(await sealed())).toBe(false);
      await expect(openPack(to.store, from.keys, copy!.ref)).rejects.toMatchObject({
        code: 'key_unavailable',
      });
    },
  );

  it('leaves chunks that are not wanted behind', async () => {
    const { to, chunks, pack, rows, sealed } = await source();
    const writer = to.writer();
    const wanted = rows.filter((_, i) => i % 3 === 0).map((row) => row.name);
    await writer.addFrame({ pack, frame: 0, sealed: await sealed(), rows, wanted });
    await writer.flush();
    expect(to.index.size).toBe(10);
    const [copy] = await packsOf(to);
    const kept = chunks.filter((_, i) => i % 3 === 0);
    expect(copy!.frames[0]!.plainLength).toBe(kept.reduce((sum, { bytes }) => sum + bytes.length, 0));
    for (const { name, bytes } of kept) expect(Buffer.from(await to.load(name)).equals(bytes)).toBe(true);
  });

  it('notices a source whose rows give its chunks other names', async () => {
    const { to, pack, rows, sealed } = await source();
    const lies = rows.map((row, i) => ({ ...row, name: i === 4 ? noise(16) : row.name }));
    const writer = to.writer();
    await writer.addFrame({
      pack,
      frame: 0,
      sealed: await sealed(),
      rows: lies,
      wanted: lies.map((r) => r.name),
    });
    await expect(writer.flush()).rejects.toMatchObject({ code: 'corrupt_data' });
  });
});

describe('a damaged pack', () => {
  it('is noticed whichever byte was changed, by who reads all of it', async () => {
    const vault = await createTestVault();
    const writer = vault.writer();
    const chunks = [prose(300, 1), noise(200, 2), prose(100, 3)].map((bytes) => vault.chunk(bytes));
    for (const chunk of chunks) await writer.put(chunk);
    await writer.flush();
    const objectName = (await vault.store.list('packs/')).objects[0]!.name;
    const intact = Buffer.from(await vault.store.get(objectName));
    const readEverything = async () => {
      const reader = vault.reader();
      for (const { name } of chunks) await reader.read(name, vault.index.find(name)!);
      const pack = await openPack(vault.store, vault.keys, { objectName, sizeBytes: intact.length });
      await readPackRows(vault.store, pack);
    };
    await readEverything();
    const packHeaderBytes = 76;
    for (let at = 0; at < intact.length; at++) {
      const damaged = Buffer.from(intact);
      damaged[at]! ^= 1 << (at % 8);
      vault.store.objects.set(objectName, { bytes: damaged, modifiedAt: new Date(0) });
      const isNoticedByHash = createHash('sha256').update(damaged).digest('hex') !== objectName.slice(-64);
      expect(isNoticedByHash).toBe(true);
      // The leading header is a copy for those who rebuild; readers use the trailer's.
      if (at < packHeaderBytes) continue;
      await expect(readEverything(), `byte ${at}`).rejects.toBeInstanceOf(CrossvaultError);
    }
  });

  it('does not pass for another pack, frame or vault', async () => {
    const vault = await createTestVault();
    const other = await createTestVault({ vaultId: 'vault-2' });
    for (const v of [vault, other]) {
      const writer = v.writer();
      for (let i = 0; i < 3; i++) await writer.put(v.chunk(noise(1_100_000, i)));
      await writer.flush();
    }
    const chunk = vault.chunk(noise(1_100_000, 1));
    const location = vault.index.find(chunk.name)!;
    await expect(vault.reader().read(chunk.name, { ...location, frame: 0 })).rejects.toMatchObject({
      code: 'corrupt_data',
    });
    await expect(vault.reader().read(chunk.name, { ...location, frame: 7 })).rejects.toMatchObject({
      code: 'corrupt_data',
    });
    await expect(other.reader({ store: vault.store }).read(chunk.name, location)).rejects.toMatchObject({
      code: 'key_unavailable',
    });
    const [pack] = await packsOf(vault);
    const frames = pack!.frames;
    expect(frames[0]!.sealedLength).toBe(frames[1]!.sealedLength);
    const bytes = Buffer.from(await vault.store.get(pack!.ref.objectName));
    const swapped = Buffer.from(bytes);
    const at = (i: number) => [frames[i]!.offset, frames[i]!.offset + frames[i]!.sealedLength] as const;
    bytes.copy(swapped, at(0)[0], ...at(1));
    bytes.copy(swapped, at(1)[0], ...at(0));
    vault.store.objects.set(pack!.ref.objectName, { bytes: swapped, modifiedAt: new Date(0) });
    await expect(vault.reader({ namingKey: null }).read(chunk.name, location)).rejects.toThrow('damaged');
  });

  it('names the wrong chunk even where authentication passes', async () => {
    const vault = await createTestVault();
    const writer = vault.writer();
    const [a, b] = [vault.chunk(noise(100, 1)), vault.chunk(noise(100, 2))];
    await writer.put(a!);
    await writer.put(b!);
    await writer.flush();
    const reader = vault.reader();
    await expect(reader.read(a!.name, vault.index.find(b!.name)!)).rejects.toMatchObject({
      code: 'corrupt_data',
    });
    await reader.read(b!.name, vault.index.find(b!.name)!);
    await expect(reader.read(a!.name, vault.index.find(b!.name)!)).rejects.toMatchObject({
      code: 'corrupt_data',
    });
    expect(computeName(vault.namingKey, 'data', a!.bytes).equals(a!.name)).toBe(true);
  });
});
