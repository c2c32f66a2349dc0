import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Larger files are read by several blocks at once instead; see `StripedFile`. */
export const maxAheadBytes = 1024 * 1024;

/** A whole file as it was read, with what was known of it before and after. */
export interface HeldFile {
  bytes: Buffer;
  before: BigIntStats;
  after: BigIntStats;
  startedAtMs: number;
}

export interface PlannedFile {
  path: Buffer;
  sizeBytes: number;
}

export interface ReadAheadOptions {
  filesAtATime: number;
  maxHeldBytes: number;
  read?: typeof readWhole;
}

interface Entry extends PlannedFile {
  reading: Promise<HeldFile | null> | null;
}

/**
 * Reads small files in the thread pool before it is their turn, many at once: for file systems on which each call takes a
 * way and several go at a time. What is held is bounded. A file that cannot be had so is left to whoever reads it in its turn.
 */
export class ReadAhead {
  readonly #entries = new Map<string, Entry>();
  #waiting: Entry[] = [];
  #running = 0;
  #heldBytes = 0;

  constructor(private readonly options: ReadAheadOptions) {}

  /** The files that are taken next, in this order. Earlier ones that nobody took are given up. */
  plan(files: readonly PlannedFile[]): void {
    this.#entries.clear();
    this.#heldBytes = 0;
    this.#waiting = files.map((file) => ({ ...file, reading: null }));
    for (const entry of this.#waiting) this.#entries.set(keyOf(entry.path), entry);
    this.#pump();
  }

  /** Once for each file; null for one that is not planned, or could not be read. */
  async take(path: Buffer): Promise<HeldFile | null> {
    const entry = this.#entries.get(keyOf(path));
    if (!entry) return null;
    this.#entries.delete(keyOf(path));
    if (!entry.reading) {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
      return null;
    }
    const held = await entry.reading;
    this.#heldBytes -= entry.sizeBytes;
    this.#pump();
    return held;
  }

  #pump(): void {
    const { filesAtATime, maxHeldBytes, read = readWhole } = this.options;
    while (this.#running < filesAtATime) {
      const next = this.#waiting[0];
      if (!next || (this.#heldBytes > 0 && this.#heldBytes + next.sizeBytes > maxHeldBytes)) return;
      this.#waiting.shift();
      this.#running++;
      this.#heldBytes += next.sizeBytes;
      next.reading = read(next.path, next.sizeBytes)
        .catch(() => null)
        .finally(() => {
          this.#running--;
          this.#pump();
        });
    }
  }
}

const keyOf = (path: Buffer) => path.toString('latin1');

/** @returns null for what is no regular file of that size. */
async function readWhole(path: Buffer, sizeBytes: number): Promise<HeldFile | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const startedAtMs = Date.now();
    const before = await file.stat({ bigint: true });
    if (!before.isFile() || Number(before.size) !== sizeBytes) return null;
    const bytes = await readAll(file, sizeBytes);
    return { bytes, before, after: await file.stat({ bigint: true }), startedAtMs };
  } finally {
    await file.close();
  }
}

/** One byte more than there should be, where the file has grown. */
async function readAll(file: FileHandle, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(sizeBytes + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
