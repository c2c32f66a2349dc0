import { afterAll, describe, expect, it } from 'vitest';
import type { ForeignRun } from '.';
import { openPack, readPackContents, readPackRows } from './pack/pack-reader';
import { resealInPlace, seal, unseal } from './seal';
import { copySlabs } from './slabs';
import { noise, prose } from './test-bytes';
import { createTestVault } from './test-vault';
import { ThreadPool } from './work/pool';

const pool = new ThreadPool({ threads: 2 });
afterAll(() => pool.close());

const end = (seed: number, number: number) => ({ key: noise(32, seed), number, aad: noise(150, seed + 1) });

describe('sealing anew in place', () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 1_000_000])('opens and seals %d bytes where they lie', (length) => {
    const [from, to] = [end(1, 3), end(5, 8)];
    const plain = noise(length, 9);
    const { ciphertext, tag } = seal(from.key, from.number, from.aad, plain);
    const bytes = new Uint8Array(new SharedArrayBuffer(length + 16));
    bytes.set(ciphertext);
    bytes.set(tag, length);
    expect(resealInPlace(bytes, from, to)).toBe(true);
    expect(unseal(to.key, to.number, to.aad, bytes, 'it').equals(plain)).toBe(true);
  });

  it('says so when a bit differs, or nothing is there', () => {
    const [from, to] = [end(1, 3), end(5, 8)];
    const { ciphertext, tag } = seal(from.key, from.number, from.aad, noise(1000));
    const bytes = Buffer.concat([ciphertext, tag]);
    bytes[500]! ^= 1;
    expect(resealInPlace(bytes, from, to)).toBe(false);
    expect(resealInPlace(Buffer.alloc(15), from, to)).toBe(false);
  });
});

async function source() {
  const from = await createTestVault();
  const to = await createTestVault({ vaultId: 'vault-2', namingKey: from.namingKey });
  const chunks = Array.from({ length: 12 }, (_, i) => from.chunk(noise(300_000 + i, i)));
  chunks.push(...Array.from({ length: 50 }, (_, i) => from.chunk(prose(9000 + i, i))));
  const writer = from.writer();
  for (const chunk of chunks) await writer.put(chunk);
  await writer.flush();
  const { objects } = await from.store.list('packs/');
  const { name: objectName, sizeBytes } = objects[0]!;
  const pack = await openPack(from.store, from.keys, { objectName, sizeBytes });
  const rows = await readPackRows(from.store, pack);
  const run = async (more: Partial<ForeignRun> = {}): Promise<ForeignRun> => {
    const frames = pack.frames.map((_, frame) => ({
      frame,
      rows: rows.filter((row) => row.frame === frame),
    }));
    const last = pack.frames.at(-1)!;
    const { offset } = pack.frames[0]!;
    const length = last.offset + last.sealedLength - offset;
    const slab = copySlabs.take(length);
    slab.set(await from.store.get(objectName, { offset, length }));
    return { pack, frames, slab, again: async () => null, ...more };
  };
  return { from, to, chunks, pack, rows, run };
}

describe('a run of foreign frames', () => {
  it('crosses whole under the other key, frame by frame as long as before', async () => {
    const { to, chunks, pack, run } = await source();
    const writer = to.writer({ verifyForeignNames: false, pool });
    await writer.addRun(await run());
    await writer.flush();
    for (const { name, bytes } of chunks) expect(Buffer.from(await to.load(name)).equals(bytes)).toBe(true);
    const [copy] = (await to.store.list('packs/')).objects;
    const opened = await openPack(to.store, to.keys, { objectName: copy!.name, sizeBytes: copy!.sizeBytes });
    expect(opened.frames).toEqual(pack.frames);
    expect(copy!.name).not.toBe(pack.ref.objectName);
  });

  it.each([true, false])(
    'leaves what the writer has already (names verified: %s)',
    async (verifyForeignNames) => {
      const { to, chunks, run } = await source();
      const writer = to.writer({ verifyForeignNames, pool });
      await writer.put(chunks[3]!);
      await writer.addRun(await run());
      await writer.addRun(await run());
      await writer.flush();
      expect(writer.counters.chunks.data).toBe(chunks.length);
      for (const { name, bytes } of chunks) expect(Buffer.from(await to.load(name)).equals(bytes)).toBe(true);
    },
  );

  it('takes a better copy of a damaged frame, and fails where there is none', async () => {
    const { from, to, chunks, pack, run } = await source();
    const damaged = async () => {
      const { slab } = await run();
      slab[pack.frames[1]!.offset - pack.frames[0]!.offset + 7]! ^= 1;
      return slab;
    };
    const { offset, sealedLength: length } = pack.frames[1]!;
    const asked: number[] = [];
    const again = async (frame: number) => {
      asked.push(frame);
      return from.store.get(pack.ref.objectName, { offset, length });
    };
    const writer = to.writer({ verifyForeignNames: false, pool });
    await writer.addRun(await run({ slab: await damaged(), again }));
    await writer.flush();
    expect(asked).toEqual([1]);
    for (const { name, bytes } of chunks) expect(Buffer.from(await to.load(name)).equals(bytes)).toBe(true);
    const failing = (await source()).to.writer({ verifyForeignNames: false, pool });
    await failing.addRun(await run({ slab: await damaged() }));
    await expect(failing.flush()).rejects.toMatchObject({ code: 'corrupt_data' });
  });
});

it('a table of contents without objects says the same as one with them', async () => {
  const { from, pack, rows } = await source();
  const contents = await readPackContents(from.store, pack);
  expect(contents.size).toBe(rows.length);
  expect(rows.map((_, i) => contents.rowAt(i))).toEqual(rows);
  expect(pack.frames.flatMap((_, frame) => contents.rowsOf(frame))).toEqual(rows);
  expect(contents.rowsOf(pack.frames.length)).toEqual([]);
});
