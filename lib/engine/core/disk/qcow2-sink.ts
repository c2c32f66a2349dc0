import { type FileHandle, open } from 'node:fs/promises';
import { type BlockSink, isAllZero } from './block-device';
import {
  clusterBytes,
  copiedFlag,
  encodeQcow2Header,
  l2CoverBytes,
  maxQcow2Bytes,
  refcountsPerBlock,
  sizeOffset,
  unusable,
} from './qcow2-header';
import { writeFully } from './raw';

/** A new qcow2 image, written from front to back: clusters as they come, each table when its range is over. */
export async function createQcow2(path: string, sizeBytes: number): Promise<BlockSink> {
  if (sizeBytes > maxQcow2Bytes) throw unusable('a qcow2 disk holds at most 4 TiB');
  const file = await open(path, 'wx', 0o600);
  return new Qcow2Sink(file, sizeBytes);
}

class Qcow2Sink implements BlockSink {
  readonly isSparse = true;
  readonly #l1 = Buffer.alloc(clusterBytes);
  readonly #l2 = Buffer.alloc(clusterBytes);
  readonly #cluster = Buffer.alloc(clusterBytes);
  /** The next free cluster of the file: header, first-level table and refcount table come first. */
  #next = 3;
  #table = -1;
  #open = -1;

  constructor(
    private readonly file: FileHandle,
    private readonly sizeBytes: number,
  ) {}

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const number = Math.floor((offset + at) / clusterBytes);
      if (number < this.#open) throw new Error('Invariant broken: a qcow2 image is written in order');
      if (number !== this.#open) await this.#openCluster(number);
      const within = offset + at - number * clusterBytes;
      const part = bytes.subarray(at, at + clusterBytes - within);
      this.#cluster.set(part, within);
      at += part.length;
    }
  }

  async finish(): Promise<void> {
    await this.#closeCluster();
    await this.#closeTable();
    await this.#writeRefcounts();
    await writeFully(this.file, clusterBytes, this.#l1);
    await writeFully(this.file, 0, encodeQcow2Header(this.sizeBytes));
    await this.file.sync();
    await this.file.close();
  }

  abandon(): Promise<void> {
    return this.file.close();
  }

  async #openCluster(number: number): Promise<void> {
    await this.#closeCluster();
    const table = Math.floor((number * clusterBytes) / l2CoverBytes);
    if (table !== this.#table) {
      await this.#closeTable();
      this.#table = table;
    }
    this.#open = number;
    this.#cluster.fill(0);
  }

  async #closeCluster(): Promise<void> {
    if (this.#open < 0 || isAllZero(this.#cluster)) return;
    const place = this.#take();
    await writeFully(this.file, place, this.#cluster);
    const index = this.#open % (clusterBytes / 8);
    this.#l2.writeBigUInt64BE(BigInt(place) | copiedFlag, index * 8);
  }

  async #closeTable(): Promise<void> {
    if (this.#table < 0 || isAllZero(this.#l2)) return;
    const place = this.#take();
    await writeFully(this.file, place, this.#l2);
    this.#l1.writeBigUInt64BE(BigInt(place) | copiedFlag, this.#table * 8);
    this.#l2.fill(0);
  }

  /** Every cluster of the file is used once, those of the counts themselves too. */
  async #writeRefcounts(): Promise<void> {
    const blocks = countRefcountBlocks(this.#next);
    const total = this.#next + blocks;
    const table = Buffer.alloc(clusterBytes);
    for (let i = 0; i < blocks; i++) {
      const block = encodeRefcountBlock(total - i * refcountsPerBlock);
      const place = this.#take();
      await writeFully(this.file, place, block);
      table.writeBigUInt64BE(BigInt(place), i * 8);
    }
    await writeFully(this.file, 2 * clusterBytes, table);
  }

  #take(): number {
    return this.#next++ * clusterBytes;
  }
}

/** How many blocks of counts a file of so many other clusters needs for itself and for them. */
export function countRefcountBlocks(clusters: number): number {
  let blocks = 0;
  while (blocks * refcountsPerBlock < clusters + blocks) blocks++;
  return blocks;
}

/** A block with the first so many clusters of its range used once. */
export function encodeRefcountBlock(used: number): Buffer {
  const block = Buffer.alloc(clusterBytes);
  const count = Math.min(Math.max(used, 0), refcountsPerBlock);
  for (let i = 0; i < count; i++) block.writeUInt16BE(1, i * 2);
  return block;
}

/** Makes an image of ours larger; what is new reads as zeros. */
export async function growQcow2(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const size = Buffer.alloc(8);
    size.writeBigUInt64BE(BigInt(sizeBytes));
    await writeFully(file, sizeOffset, size);
    await file.sync();
  } finally {
    await file.close();
  }
}
