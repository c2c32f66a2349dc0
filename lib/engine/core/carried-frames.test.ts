import { describe, expect, it } from 'vitest';
import type { ChunkType } from './chunk';
import { nameBytes, nameToHex } from './names';
import { openPack } from './pack/pack-reader';
import { noise, prose } from './test-bytes';
import { createTestVault, type TestVault } from './test-vault';
import type { CarriedFrame } from './vault-io';
import { runJob } from './work/jobs';

async function fill(type: ChunkType) {
  const vault = await createTestVault();
  const writer = vault.writer();
  const chunks = [vault.chunk(Buffer.alloc(0), type)];
  for (let i = 0; i < 150; i++) chunks.push(vault.chunk(prose(9000 + i, i), type));
  chunks.push(vault.chunk(noise(1_500_000, 7), type), vault.chunk(noise(2_500_000, 8), type));
  for (const chunk of chunks) await writer.put(chunk);
  await writer.flush();
  const wanted = chunks.map(({ name }) => ({ name, location: vault.index.find(name)! }));
  return { vault, chunks, wanted };
}

type Wanted = Awaited<ReturnType<typeof fill>>['wanted'];

async function readFrames(vault: TestVault, wanted: Wanted) {
  const reader = vault.reader();
  const groups = await reader.planFrames(wanted);
  const frames: CarriedFrame[] = [];
  // Their memory is not given back while they are looked at.
  for await (const group of reader.readFrames(groups, roomBefore)) {
    frames.push(...group.frames);
    if (group.slab) expectRoom(group.slab, group.frames);
  }
  return { groups, frames };
}

const roomBefore = (chunkCount: number) => 14 + 20 * chunkCount;

/** One after another from the start on, each behind its room. */
function expectRoom(slab: Uint8Array, frames: readonly CarriedFrame[]): void {
  let at = 0;
  for (const { body, chunks } of frames) {
    at += roomBefore(chunks.lengths.length);
    expect(body.buffer).toBe(slab.buffer);
    expect(body.byteOffset).toBe(at);
    at += body.length;
  }
}

function unpack({ namingKey }: TestVault, frames: CarriedFrame[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const frame of frames) {
    const { plain, wrong } = runJob({ op: 'unpack', ...frame, namingKey });
    expect(wrong).toEqual([]);
    let at = 0;
    for (const [i, length] of frame.chunks.lengths.entries()) {
      const name = frame.chunks.names.subarray(i * nameBytes, (i + 1) * nameBytes);
      found.set(nameToHex(name), Buffer.from(plain.subarray(at, at + length)));
      at += length;
    }
  }
  return found;
}

const places = (wanted: Wanted) => new Set(wanted.map(({ location }) => `${location.frame}`)).size;

describe('frames that are carried', () => {
  it('cross as they were compressed, each once, when every chunk of them is wanted', async () => {
    const { vault, chunks, wanted } = await fill('data');
    const { groups, frames } = await readFrames(vault, [...wanted, ...wanted.slice(3, 40)]);
    expect(frames).toHaveLength(places(wanted));
    expect(groups.length).toBeLessThan(frames.length);
    expect(groups.flat().every(({ isWhole }) => isWhole)).toBe(true);
    const carried = frames.reduce((sum, { body }) => sum + body.length, 0);
    expect(carried).toBe(groups.flat().reduce((sum, { bodyBytes }) => sum + bodyBytes, 0));
    expect(carried).toBeLessThan(0.9 * frames.reduce((sum, { plainLength }) => sum + plainLength, 0));
    const found = unpack(vault, frames);
    for (const { name, bytes } of chunks) expect(found.get(nameToHex(name))?.equals(bytes)).toBe(true);
  });

  it.each([1, 2, 7])('carry nothing that was not asked for: without every %dth chunk', async (n) => {
    const { vault, chunks, wanted } = await fill('data');
    const some = wanted.filter((_, i) => i % n !== n - 1 || n === 1).slice(n === 1 ? 5 : 0);
    const { frames } = await readFrames(vault, some.toReversed());
    const found = unpack(vault, frames);
    expect([...found.keys()].sort()).toEqual(some.map(({ name }) => nameToHex(name)).sort());
    for (const frame of frames)
      if (frame.codec !== 0) {
        const { lengths } = frame.chunks;
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(frame.plainLength);
      }
    for (const { name, bytes } of chunks) {
      const got = found.get(nameToHex(name));
      if (got) expect(got.equals(bytes)).toBe(true);
    }
  });

  it('are unpacked where they hold pages, whose references are looked at before they leave', async () => {
    const { vault, wanted } = await fill('tree');
    const { frames } = await readFrames(vault, wanted);
    expect(frames.every(({ codec }) => codec === 0)).toBe(true);
  });

  it('are corrupt when one bit of the pack is another, and a chunk that is not its name is told from the others', async () => {
    const { vault, wanted, chunks } = await fill('data');
    const { frames } = await readFrames(vault, wanted);
    const shared = frames.find(({ chunks: { lengths } }) => lengths.length > 50)!;
    const names = Buffer.from(shared.chunks.names);
    names[nameBytes] = names[nameBytes]! ^ 1;
    const run = { lengths: shared.chunks.lengths, names };
    const { namingKey } = vault;
    expect(runJob({ op: 'unpack', ...shared, chunks: run, namingKey }).wrong).toEqual([1]);

    const { pack, frame } = vault.index.find(chunks[9]!.name)!;
    const { frames: infos } = await openPack(vault.store, vault.keys, pack);
    const bytes = Buffer.from(await vault.store.get(pack.objectName));
    bytes[infos[frame]!.offset + 5]! ^= 4;
    await vault.store.delete(pack.objectName);
    await vault.store.putIfAbsent(pack.objectName, bytes);
    await expect(readFrames(vault, wanted)).rejects.toMatchObject({ code: 'corrupt_data' });
  });
});
