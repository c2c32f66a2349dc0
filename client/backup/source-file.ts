import { read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { dataChunking } from '@/lib/engine/core/chunker/fastcdc';
import { type PosixCalls, posixCalls } from '@/lib/engine/core/posix/calls';

const readAsync = promisify(read);
/** Smaller files are read without handing each call to the thread pool, which would take longer than the reading. */
const smallFileBytes = 1024 * 1024;
const maxReadBytes = 2 * 1024 * 1024;

export interface SourceFile {
  /** The next bytes; none at the end. */
  fill(space: Uint8Array): Promise<{ count: number; isHole: boolean }>;
  /**
   * After a chunk of `length` bytes that began at `cutAt`: how many more are sure to be the same, which are passed over then.
   */
  skipRepeats(cutAt: number, length: number): number;
}

export class DenseFile implements SourceFile {
  private readonly isSmall: boolean;

  constructor(
    private readonly fd: number,
    sizeBytes: number,
  ) {
    this.isSmall = sizeBytes <= smallFileBytes;
  }

  async fill(space: Uint8Array): Promise<{ count: number; isHole: boolean }> {
    const length = Math.min(space.length, maxReadBytes);
    const count = this.isSmall
      ? readSync(this.fd, space, 0, length, null)
      : (await readAsync(this.fd, space, 0, length, null)).bytesRead;
    return { count, isHole: false };
  }

  skipRepeats(): number {
    return 0;
  }
}

/** A file that is in memory already. */
export class MemoryFile implements SourceFile {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  async fill(space: Uint8Array): Promise<{ count: number; isHole: boolean }> {
    const part = this.bytes.subarray(this.#at, this.#at + space.length);
    space.set(part);
    this.#at += part.length;
    return { count: part.length, isHole: false };
  }

  skipRepeats(): number {
    return 0;
  }
}

const stripes = 8;

/** A large file of which several blocks are read at a time. */
export class StripedFile implements SourceFile {
  readonly #blocks: Promise<Uint8Array>[] = [];
  #askedTo = 0;
  #rest: Uint8Array = new Uint8Array(0);
  #isOver = false;

  constructor(private readonly fd: number) {}

  async fill(space: Uint8Array): Promise<{ count: number; isHole: boolean }> {
    if (this.#rest.length === 0 && !this.#isOver) {
      while (this.#blocks.length < stripes) this.#ask();
      this.#rest = await this.#blocks.shift()!;
      // The first block that is not whole is the last one; those behind it are past the end.
      if (this.#rest.length < smallFileBytes) this.#isOver = true;
    }
    const part = this.#rest.subarray(0, space.length);
    space.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return { count: part.length, isHole: false };
  }

  skipRepeats(): number {
    return 0;
  }

  /** The descriptor may be closed when this resolves. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#blocks);
  }

  #ask(): void {
    const reading = this.#read(this.#askedTo);
    reading.catch(() => {});
    this.#blocks.push(reading);
    this.#askedTo += smallFileBytes;
  }

  async #read(from: number): Promise<Uint8Array> {
    const block = new Uint8Array(smallFileBytes);
    let length = 0;
    while (length < block.length) {
      const { bytesRead } = await readAsync(this.fd, block, length, block.length - length, from + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return block.subarray(0, length);
  }
}

/** Asks where data is, and takes the zeros between without reading them. */
export class SparseFile implements SourceFile {
  #at = 0;
  #hole = { from: 0, to: 0 };
  #dataTo = 0;

  constructor(
    private readonly fd: number,
    private readonly sizeBytes: number,
    private readonly calls: PosixCalls | null = posixCalls,
  ) {}

  async fill(space: Uint8Array): Promise<{ count: number; isHole: boolean }> {
    this.#look();
    if (this.#at < this.#hole.to) {
      const count = Math.min(space.length, this.#hole.to - this.#at, maxReadBytes);
      space.fill(0, 0, count);
      this.#at += count;
      return { count, isHole: true };
    }
    const length = Math.min(space.length, maxReadBytes, Math.max(this.#dataTo - this.#at, 1));
    const { bytesRead } = await readAsync(this.fd, space, 0, length, this.#at);
    this.#at += bytesRead;
    return { count: bytesRead, isHole: false };
  }

  /** All that is cut and waits to be cut are zeros of one hole: the next chunks are cut as this one was. */
  skipRepeats(cutAt: number, length: number): number {
    const { from, to } = this.#hole;
    if (cutAt < from || this.#at > to) return 0;
    const repeats = Math.floor((to - this.#at - 2 * dataChunking.maxBytes) / length);
    if (repeats <= 0) return 0;
    this.#at += repeats * length;
    return repeats;
  }

  #look(): void {
    if (this.#at < this.#hole.to || this.#at < this.#dataTo) return;
    const { calls, fd } = this;
    if (!calls) {
      this.#dataTo = this.sizeBytes;
      return;
    }
    const data = calls.findData(fd, this.#at) ?? this.sizeBytes;
    if (data > this.#at) this.#hole = { from: this.#at, to: data };
    this.#dataTo = (data < this.sizeBytes && calls.findHole(fd, data)) || this.sizeBytes;
  }
}
