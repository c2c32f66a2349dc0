const idleMs = 5000;

/**
 * Memory that was used and will be again: a fresh page costs more than most of what is done with the bytes in it, and V8
 * takes every fresh buffer for a reason to collect garbage. What nobody asked for in five seconds is let go.
 */
export class KeptMemory<T> {
  readonly #kept: T[] = [];
  #keptBytes = 0;
  #letGo: NodeJS.Timeout | null = null;

  constructor(
    private readonly bytesOf: (piece: T) => number,
    private readonly maxBytes: number,
  ) {}

  /** The newest that fits. */
  take(fits: (piece: T) => boolean = () => true): T | undefined {
    const found = this.#kept.findLastIndex(fits);
    if (found < 0) return undefined;
    const [piece] = this.#kept.splice(found, 1);
    this.#keptBytes -= this.bytesOf(piece!);
    return piece;
  }

  /** Nobody reads or writes it any more. Beyond the bound the oldest goes. */
  give(piece: T): void {
    this.#kept.push(piece);
    this.#keptBytes += this.bytesOf(piece);
    while (this.#keptBytes > this.maxBytes) this.#keptBytes -= this.bytesOf(this.#kept.shift()!);
    this.#letGo ??= setTimeout(() => this.clear(), idleMs).unref();
    this.#letGo.refresh();
  }

  clear(): void {
    if (this.#letGo) clearTimeout(this.#letGo);
    this.#letGo = null;
    this.#kept.length = 0;
    this.#keptBytes = 0;
  }
}
