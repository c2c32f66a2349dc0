import { KeptMemory } from '../kept-memory';
import { tagBytes } from '../seal';

/** Where a worker puts what it has sealed: memory that the threads share, and how much of it is taken. */
export interface SealTarget {
  bytes: Uint8Array;
  /** One number, only ever added to. */
  taken: Int32Array;
}

/** Sealed frames lie here, in the order in which they were done, until their pack is durable. */
export class PackArena {
  readonly target: SealTarget;

  constructor(capacity: number) {
    this.target = {
      bytes: new Uint8Array(new SharedArrayBuffer(capacity)),
      taken: new Int32Array(new SharedArrayBuffer(4)),
    };
  }

  get capacity(): number {
    return this.target.bytes.length;
  }

  /** A frame that was put at `at`. */
  frameAt(at: number, length: number): { ciphertext: Uint8Array; tag: Uint8Array } {
    const { bytes } = this.target;
    return {
      ciphertext: bytes.subarray(at, at + length),
      tag: bytes.subarray(at + length, at + length + tagBytes),
    };
  }
}

const kept = new KeptMemory<PackArena>((arena) => arena.capacity, 64 * 1024 * 1024);

/** The process's arenas, which go from pack to pack. */
export const packArenas = {
  take: (capacity: number): PackArena =>
    kept.take((arena) => arena.capacity >= capacity) ?? new PackArena(capacity),
  give(arena: PackArena): void {
    arena.target.taken[0] = 0;
    kept.give(arena);
  },
};
