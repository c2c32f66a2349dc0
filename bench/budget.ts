/** Decides what is taken again, by what it took before. */
export class Budget {
  readonly tookSeconds: Record<string, number[]> = {};

  constructor(
    private readonly seconds: number,
    private readonly now: () => number = () => performance.now() / 1000,
    private readonly startedAt = now(),
  ) {}

  /** The first time is always worth it: a table without a row says nothing about it. */
  allows(part: string): boolean {
    const longest = Math.max(0, ...(this.tookSeconds[part] ?? []));
    return longest === 0 || this.now() - this.startedAt + longest <= this.seconds;
  }

  async take(part: string, work: () => Promise<void>): Promise<void> {
    const before = this.now();
    try {
      await work();
    } finally {
      this.tookSeconds[part] = [...(this.tookSeconds[part] ?? []), this.now() - before];
    }
  }
}
