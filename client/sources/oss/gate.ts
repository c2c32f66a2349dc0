/** Requests at a time: half as many when the server asks to slow down, one more after each run of good answers. */
export class Gate {
  #limit: number;
  #running = 0;
  #good = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly maximum: number) {
    this.#limit = maximum;
  }

  get limit(): number {
    return this.#limit;
  }

  slowDown(): void {
    this.#limit = Math.max(1, this.#limit >> 1);
    this.#good = 0;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    while (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      const result = await work();
      if (++this.#good >= 4 * this.#limit && this.#limit < this.maximum) {
        this.#limit++;
        this.#good = 0;
      }
      return result;
    } finally {
      this.#running--;
      for (let free = this.#limit - this.#running; free > 0; free--) this.#waiting.shift()?.();
    }
  }
}

/** Bytes that may lie in memory at a time, given out in the order of asking. One that is larger than all of it comes alone. */
export class ByteBudget {
  #free: number;
  readonly #waiting: { bytes: number; resolve: () => void }[] = [];

  constructor(private readonly total: number) {
    this.#free = total;
  }

  async take(wanted: number): Promise<void> {
    const bytes = Math.min(wanted, this.total);
    if (this.#waiting.length === 0 && this.#free >= bytes) {
      this.#free -= bytes;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push({ bytes, resolve }));
  }

  give(taken: number): void {
    this.#free += Math.min(taken, this.total);
    for (let next = this.#waiting[0]; next && next.bytes <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.bytes;
      next.resolve();
    }
  }
}
