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

/**
 * Arenas go from pack to pack, because touching fresh memory costs more than sealing what is put there; and because V8 takes
 * every fresh buffer for a reason to collect garbage, which costs more than both.
 */
class PackArenas {
  readonly #idle: PackArena[] = [];

  constructor(private readonly maxIdle: number) {}

  take(capacity: number): PackArena {
    const found = this.#idle.findIndex((arena) => arena.capacity >= capacity);
    return found < 0 ? new PackArena(capacity) : this.#idle.splice(found, 1)[0]!;
  }

  /** Nobody reads or writes it any more. */
  give(arena: PackArena): void {
    arena.target.taken[0] = 0;
    if (this.#idle.length === this.maxIdle) this.#idle.shift();
    this.#idle.push(arena);
  }
}

export const packArenas = new PackArenas(2);
