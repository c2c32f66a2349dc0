const leastPooled = 4096;

/** Sizes in which buffers are kept: powers of two and halfway between them. */
export function roomFor(length: number): number {
  if (length <= leastPooled) return length;
  const power = 2 ** Math.ceil(Math.log2(length));
  return length <= 0.75 * power ? 0.75 * power : power;
}

/**
 * Memory for bytes on their way, used again and again: new memory for each part would be touched page by page, and would set
 * off the collector for every few objects.
 */
export class PartBuffers {
  readonly #free = new Map<number, Buffer[]>();
  #heldBytes = 0;

  /** @param maxBytes held at most, unless more than this is in use. */
  constructor(private readonly maxBytes: number) {}

  take(length: number): Buffer {
    const room = roomFor(length);
    if (room <= leastPooled) return Buffer.allocUnsafe(length);
    const kept = this.#free.get(room)?.pop();
    if (kept) return kept.subarray(0, length);
    this.#makeRoom(room);
    this.#heldBytes += room;
    return Buffer.allocUnsafeSlow(room).subarray(0, length);
  }

  /** Its bytes may be anything from now on. */
  give(buffer: Buffer): void {
    const room = roomFor(buffer.length);
    if (room <= leastPooled) return;
    const whole = Buffer.from(buffer.buffer, buffer.byteOffset, room);
    const free = this.#free.get(room);
    if (free) free.push(whole);
    else this.#free.set(room, [whole]);
    this.#makeRoom(0);
  }

  #makeRoom(wanted: number): void {
    for (const [room, free] of this.#free) {
      while (this.#heldBytes + wanted > this.maxBytes && free.pop()) this.#heldBytes -= room;
    }
  }
}
