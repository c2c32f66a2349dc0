import { expect, test } from 'vitest';
import type { BlockSource, Extent } from '@/lib/engine/core/disk';
import { nameToHex } from '@/lib/engine/core/names';
import type { ChunkRef, FileContent, FileEntry } from '@/lib/engine/core/tree/entry';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { seededRandom } from '@/scripts/demo/random';
import { Uploader } from '../../backup/uploader';
import { type BlockMap, blockBytes, buildBlockMap, type ChangedRanges, segmentBytes } from './block-map';
import { ParentMap } from './parent-map';
import { sortedRanges } from './running-moment';

const namingKey = Buffer.alloc(32, 7);
const random = seededRandom(20261122);
const noise = (length: number) => Buffer.from(Uint8Array.from({ length }, () => random.int(256)));
const patch = noise(blockBytes);

/** Keeps whatever is uploaded. */
class Kept {
  readonly chunks = new Map<string, Buffer>();
  readonly reader = new TreeReader(async (name) => this.chunks.get(nameToHex(name))!);
  sentBytes = 0;

  async build(
    bytes: Buffer,
    parent: ParentMap | null = null,
    changed: ChangedRanges | null = null,
  ): Promise<BlockMap> {
    const send = async (chunks: readonly { name: Uint8Array; bytes: Uint8Array }[]) => {
      for (const chunk of chunks) this.chunks.set(nameToHex(chunk.name), Buffer.from(chunk.bytes));
    };
    const known = async (names: readonly Uint8Array[]) =>
      names.map((name) => this.chunks.has(nameToHex(name)));
    const uploader = new Uploader({ known, send }, true);
    const onDone = () => {};
    const { signal } = new AbortController();
    const map = await buildBlockMap({
      ...{ device: deviceOf(bytes), namingKey, uploader, parent, changed },
      ...{ onDone, signal },
    });
    await uploader.flush();
    this.sentBytes = uploader.sentBytes;
    return map;
  }

  parentOf({ content, sizeBytes, dataBytes }: BlockMap): Promise<ParentMap> {
    const mark = { diskId: 'd', generation: 1, dataBytes, bitmap: 'b' };
    return ParentMap.open(this.reader, { content, sizeBytes } as FileEntry, mark);
  }

  async read(content: FileContent): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const { name } of this.reader.chunks(content)) parts.push(this.chunks.get(nameToHex(name))!);
    return Buffer.concat(parts);
  }

  async list(content: FileContent): Promise<string[]> {
    const refs: ChunkRef[] = [];
    for await (const ref of this.reader.chunks(content)) refs.push(ref);
    return refs.map(({ name, length }) => `${nameToHex(name)} ${length}`);
  }
}

/** As a running machine tells of it: all is data, and nobody says what is zero. */
function deviceOf(bytes: Buffer): BlockSource {
  return {
    sizeBytes: bytes.length,
    async read(offset, into) {
      into.set(bytes.subarray(offset, offset + into.length));
    },
    async *extents(): AsyncIterable<Extent> {
      yield { offset: 0, length: bytes.length, isZero: false };
    },
    async close() {},
  };
}

function makeDisk(segments: number): Buffer {
  const bytes = Buffer.alloc(segments * segmentBytes + 3 * blockBytes);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const isEmptySegment = Math.floor(at / segmentBytes) % 3 === 2;
    if (!isEmptySegment && random.int(4) > 0) bytes.writeBigUInt64LE(BigInt(at + 1), at);
  }
  return bytes;
}

/** Writes, erases and empties whole segments. @returns the blocks that were touched, ascending. */
function changeSome(bytes: Buffer, most: number): number[] {
  const touched = new Set<number>();
  const total = bytes.length / blockBytes;
  for (let n = random.int(most); n >= 0; n--) {
    const block = random.int(total);
    if (random.int(8) === 0) {
      const first = block - (block % (segmentBytes / blockBytes));
      for (let at = first; at < Math.min(first + segmentBytes / blockBytes, total); at++) {
        bytes.fill(0, at * blockBytes, (at + 1) * blockBytes);
        touched.add(at);
      }
      continue;
    }
    if (random.int(3) === 0) bytes.fill(0, block * blockBytes, (block + 1) * blockBytes);
    else {
      patch.writeUInt32LE(random.int(2 ** 31), 0);
      patch.copy(bytes, block * blockBytes);
    }
    touched.add(block);
  }
  return [...touched].sort((a, b) => a - b);
}

test('a list that is built on the blocks known to have changed is the list of the whole disk', async () => {
  const kept = new Kept();
  const bytes = makeDisk(20);
  let last = await kept.build(bytes);
  for (let round = 0; round < 25; round++) {
    const touched = changeSome(bytes, round % 5 === 0 ? 200 : 12);
    const changed = sortedRanges(touched.map((block) => [block, block + 1]));
    const next = await kept.build(bytes, await kept.parentOf(last), changed);
    const whole = await kept.build(bytes);
    expect(await kept.list(next.content)).toEqual(await kept.list(whole.content));
    expect(next.dataBytes).toBe(whole.dataBytes);
    expect(next.readBytes).toBe(touched.length * blockBytes);
    last = next;
  }
  expect((await kept.read(last.content)).equals(bytes)).toBe(true);
});

test('blocks scattered over a disk are read and sent alone, on a disk of any size', async () => {
  const cost: { readBytes: number; sentBytes: number }[] = [];
  for (const segments of [8, 32]) {
    const kept = new Kept();
    const bytes = makeDisk(segments);
    const first = await kept.build(bytes);
    const total = Math.floor(bytes.length / blockBytes);
    const blocks = Array.from({ length: 16 }, (_, n) => Math.floor((n * total) / 16));
    for (const block of blocks) noise(64).copy(bytes, block * blockBytes);
    const changed = sortedRanges(blocks.map((block) => [block, block + 1]));
    const { readBytes } = await kept.build(bytes, await kept.parentOf(first), changed);
    cost.push({ readBytes, sentBytes: kept.sentBytes });
  }
  const [small, large] = cost;
  expect(large!.readBytes).toBe(16 * blockBytes);
  expect(small!.readBytes).toBe(large!.readBytes);
  // Beside the blocks the pages of the list that name them: 64 KiB a page, one at most for each block.
  expect(large!.sentBytes).toBeLessThan(32 * blockBytes + 8 * 64 * 1024);
});

test('a disk that has grown is read from its former end on', async () => {
  const kept = new Kept();
  const bytes = makeDisk(5);
  const first = await kept.build(bytes);
  const grown = Buffer.concat([bytes, makeDisk(2)]);
  const next = await kept.build(grown, await kept.parentOf(first), sortedRanges([]));
  const whole = await kept.build(grown);
  expect(await kept.list(next.content)).toEqual(await kept.list(whole.content));
  expect(next.readBytes).toBe(grown.length - bytes.length);
});
