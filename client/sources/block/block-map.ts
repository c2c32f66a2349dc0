import { type BlockSource, type Extent, isAllZero } from '@/lib/engine/core/disk';
import { computeName, nameToHex } from '@/lib/engine/core/names';
import type { ChunkRef, FileContent } from '@/lib/engine/core/tree/entry';
import { ContentBuilder } from '@/lib/engine/core/tree/tree-builder';
import { invariant } from '@/lib/errors';
import type { Uploader } from '../../backup/uploader';
import type { ParentMap } from './parent-map';

/** Small, so that scattered writes of a guest cost little; a hole of a whole segment is one reference. */
export const blockBytes = 16 * 1024;
export const segmentBytes = 4 * 1024 * 1024;

/** Which parts of a device may differ from its parent. */
export interface ChangedRanges {
  any(start: number, end: number): boolean;
}

interface BlockMapInput {
  device: BlockSource;
  namingKey: Uint8Array;
  uploader: Uploader;
  parent: ParentMap | null;
  /** Null: not known, so that everything is read and compared. */
  changed: ChangedRanges | null;
  /** Hears of every byte that is settled, whether it was read or not. */
  onDone(bytes: number): void;
  signal: AbortSignal;
}

export interface BlockMap {
  content: FileContent;
  sizeBytes: number;
  /** Bytes that are not holes. */
  dataBytes: number;
  readBytes: number;
}

/**
 * The list of a disk's blocks. Its pages are shared with the parent's where nothing below them has changed, and those are not
 * even read: work follows the change.
 */
export async function buildBlockMap(input: BlockMapInput): Promise<BlockMap> {
  const builder = new MapBuilder(input);
  await builder.run();
  return {
    content: await builder.content.finish(),
    sizeBytes: input.device.sizeBytes,
    dataBytes: builder.dataBytes,
    readBytes: builder.readBytes,
  };
}

class MapBuilder {
  readonly content: ContentBuilder;
  dataBytes: number;
  readBytes = 0;
  #at = 0;
  readonly #zeroNames: ZeroNames;
  readonly #reader: SegmentReader;

  constructor(private readonly input: BlockMapInput) {
    const { namingKey, uploader, parent, device, changed } = input;
    this.content = new ContentBuilder(namingKey, (page) => uploader.add(page));
    this.dataBytes = changed && parent ? parent.dataBytes : 0;
    this.#zeroNames = new ZeroNames(namingKey);
    this.#reader = new SegmentReader(device, (start, end) => this.#isKnown(start, end));
  }

  async run(): Promise<void> {
    const { device, signal } = this.input;
    while (this.#at < device.sizeBytes) {
      signal.throwIfAborted();
      const before = this.#at;
      if (!(await this.#sharePage())) await this.#addSegment();
      this.input.onDone(this.#at - before);
    }
  }

  async #sharePage(): Promise<boolean> {
    const leaf = this.input.parent?.leafAt(this.#at);
    if (!leaf || leaf.start !== this.#at || leaf.start + leaf.bytes > this.input.device.sizeBytes)
      return false;
    const [start, end] = segmentsAround(leaf.start, leaf.start + leaf.bytes, this.input.device.sizeBytes);
    if (!this.#isKnown(start, end) || !(await this.content.addPage(leaf))) return false;
    this.#at += leaf.bytes;
    return true;
  }

  async #addSegment(): Promise<void> {
    const { parent, device } = this.input;
    const [start, end] = segmentsAround(this.#at, this.#at + 1, device.sizeBytes);
    if (parent && this.#isKnown(start, end)) {
      const leaf = parent.leafAt(this.#at);
      const until = leaf ? Math.min(end, leaf.start + leaf.bytes) : end;
      for (const ref of await parent.refs(this.#at, until)) await this.content.add(ref.name, ref.length);
      this.#at = until;
      return;
    }
    const before =
      parent && start < parent.sizeBytes ? await parent.refs(start, Math.min(end, parent.sizeBytes)) : [];
    if (parent && this.input.changed) this.dataBytes -= sumData(before, this.#zeroNames);
    await this.#addBlocks(start, end, before);
    this.#at = end;
  }

  async #addBlocks(start: number, end: number, before: readonly ChunkRef[]): Promise<void> {
    const { bytes, readBytes } = await this.#reader.read(start, end);
    this.readBytes += readBytes;
    const known = new Set(before.map(({ name }) => nameToHex(name)));
    const kept = this.#keepBlocks(start, bytes, before);
    if (kept.size === 0 && isAllZero(bytes)) return this.#addZeros(end - start, known);
    for (let at = 0; at < bytes.length; at += blockBytes) {
      const block = bytes.subarray(at, at + blockBytes);
      const same = kept.get(at);
      if (same) {
        await this.content.add(same.name, same.length);
        this.dataBytes += same.length;
        continue;
      }
      if (isAllZero(block)) {
        await this.#addZeros(block.length, known);
        continue;
      }
      const name = computeName(this.input.namingKey, 'data', block);
      await this.content.add(name, block.length);
      this.dataBytes += block.length;
      if (!known.has(nameToHex(name))) await this.input.uploader.add({ name, type: 'data', bytes: block });
    }
  }

  /** Blocks that nothing has written to were not read: those of zeros are filled in, of the others the parent's stand. */
  #keepBlocks(start: number, bytes: Buffer, before: readonly ChunkRef[]): Map<number, ChunkRef> {
    const kept = new Map<number, ChunkRef>();
    if (!this.input.changed) return kept;
    let at = 0;
    for (const ref of before) {
      const isHole = this.#zeroNames.has(ref);
      invariant(isHole || ref.length <= blockBytes, 'what is no hole is listed block by block');
      for (const until = at + ref.length; at < until; at += blockBytes) {
        const length = Math.min(blockBytes, until - at);
        if (!this.#isKnown(start + at, start + at + length)) continue;
        if (isHole) bytes.fill(0, at, at + length);
        else kept.set(at, ref);
      }
    }
    return kept;
  }

  async #addZeros(length: number, known: ReadonlySet<string>): Promise<void> {
    const name = this.#zeroNames.of(length);
    await this.content.add(name, length);
    if (!known.has(nameToHex(name)))
      await this.input.uploader.add({ name, type: 'data', bytes: Buffer.alloc(length) });
  }

  #isKnown(start: number, end: number): boolean {
    const { parent, changed } = this.input;
    return parent !== null && changed !== null && end <= parent.sizeBytes && !changed.any(start, end);
  }
}

function segmentsAround(start: number, end: number, sizeBytes: number): [number, number] {
  const last = Math.ceil(end / segmentBytes) * segmentBytes;
  return [Math.floor(start / segmentBytes) * segmentBytes, Math.min(last, sizeBytes)];
}

/** Names of runs of zeros: by them holes are known again. */
export class ZeroNames {
  readonly #names = new Map<number, Buffer>();
  readonly #isZero = new Map<string, boolean>();

  constructor(private readonly namingKey: Uint8Array) {}

  of(length: number): Buffer {
    const known = this.#names.get(length);
    if (known) return known;
    const name = computeName(this.namingKey, 'data', Buffer.alloc(length));
    this.#names.set(length, name);
    this.#isZero.set(nameToHex(name), true);
    return name;
  }

  has({ name, length }: ChunkRef): boolean {
    return this.of(length).equals(name);
  }
}

function sumData(refs: readonly ChunkRef[], zeros: ZeroNames): number {
  return refs.reduce((sum, ref) => sum + (zeros.has(ref) ? 0 : ref.length), 0);
}

/** Reads segments in order, the next one while the last is worked on. Holes are filled in unread, blocks to skip left out. */
class SegmentReader {
  readonly #buffers = [Buffer.alloc(segmentBytes), Buffer.alloc(segmentBytes)] as const;
  readonly #extents: AsyncIterator<Extent>;
  #open: Extent | null = null;
  #turn = 0;
  #ahead: { start: number; result: Promise<{ bytes: Buffer; readBytes: number }> } | null = null;

  constructor(
    private readonly device: BlockSource,
    private readonly isSkipped: (start: number, end: number) => boolean,
  ) {
    this.#extents = device.extents()[Symbol.asyncIterator]();
  }

  async read(start: number, end: number): Promise<{ bytes: Buffer; readBytes: number }> {
    const ready = this.#ahead?.start === start ? this.#ahead.result : this.#load(start, end);
    this.#ahead = null;
    const result = await ready;
    const nextEnd = Math.min(end + segmentBytes, this.device.sizeBytes);
    if (end < this.device.sizeBytes && !this.isSkipped(end, nextEnd)) {
      this.#ahead = { start: end, result: this.#load(end, nextEnd) };
      this.#ahead.result.catch(() => {});
    }
    return result;
  }

  async #load(start: number, end: number): Promise<{ bytes: Buffer; readBytes: number }> {
    this.#turn = 1 - this.#turn;
    const bytes = this.#buffers[this.#turn]!.subarray(0, end - start);
    let readBytes = 0;
    for (const [from, to] of this.#parts(start, end)) {
      for (let at = from; at < to; ) {
        const extent = await this.#extentAt(at);
        const until = Math.min(to, extent.offset + extent.length);
        const part = bytes.subarray(at - start, until - start);
        if (extent.isZero) part.fill(0);
        else {
          await this.device.read(at, part);
          readBytes += part.length;
        }
        at = until;
      }
    }
    return { bytes, readBytes };
  }

  /** Runs of blocks that may have changed. */
  #parts(start: number, end: number): [number, number][] {
    const parts: [number, number][] = [];
    for (let at = start; at < end; at += blockBytes) {
      const until = Math.min(at + blockBytes, end);
      if (this.isSkipped(at, until)) continue;
      const last = parts.at(-1);
      if (last?.[1] === at) last[1] = until;
      else parts.push([at, until]);
    }
    return parts;
  }

  async #extentAt(at: number): Promise<Extent> {
    while (!this.#open || this.#open.offset + this.#open.length <= at) {
      const next = await this.#extents.next();
      this.#open = next.done
        ? { offset: at, length: this.device.sizeBytes - at, isZero: false }
        : (next.value as Extent);
    }
    return this.#open;
  }
}
