/** Bytes a second over a sliding window; the window starts with the first measurement. */
export class RateWindow {
  readonly #marks: { atMs: number; bytes: number }[] = [];

  constructor(private readonly windowMs = 15_000) {}

  /** @param bytes the total so far; never falls. */
  record(atMs: number, bytes: number): void {
    this.#marks.push({ atMs, bytes });
    while (this.#marks.length > 2 && this.#marks[1]!.atMs <= atMs - this.windowMs) this.#marks.shift();
  }

  bytesPerSecond(): number {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (!first || !last || last.atMs <= first.atMs) return 0;
    return Math.round(((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs));
  }
}
