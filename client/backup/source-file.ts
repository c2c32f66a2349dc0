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
