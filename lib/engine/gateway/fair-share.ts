/**
 * Shares a fixed number of places between accounts: a free place goes to the account that is served least at this moment
 * and, among equals, has waited longest for its turn. Work is cut into short steps, so one account's large transfer
 * never keeps another's small one waiting for more than the steps under way.
 */
export class FairShare {
  readonly #queues = new Map<string, (() => void)[]>();
  readonly #running = new Map<string, number>();
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  /** Runs one step when it is the account's turn. Steps of one account start in the order they came. */
  async run<T>(accountId: string, step: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#start(accountId);
    else await new Promise<void>((resolve) => this.#queue(accountId).push(resolve));
    try {
      return await step();
    } finally {
      this.#finish(accountId);
    }
  }

  #queue(accountId: string): (() => void)[] {
    const queue = this.#queues.get(accountId) ?? [];
    this.#queues.set(accountId, queue);
    return queue;
  }

  #start(accountId: string): void {
    this.#free--;
    this.#running.set(accountId, (this.#running.get(accountId) ?? 0) + 1);
  }

  #finish(accountId: string): void {
    this.#free++;
    const left = this.#running.get(accountId)! - 1;
    if (left > 0) this.#running.set(accountId, left);
    else this.#running.delete(accountId);
    this.#startNext();
  }

  #startNext(): void {
    let next: string | null = null;
    for (const accountId of this.#queues.keys()) {
      if (next === null || this.#runningOf(accountId) < this.#runningOf(next)) next = accountId;
    }
    if (next === null) return;
    const queue = this.#queues.get(next)!;
    const resume = queue.shift()!;
    // Behind the others: maps keep the order of insertion.
    this.#queues.delete(next);
    if (queue.length > 0) this.#queues.set(next, queue);
    this.#start(next);
    resume();
  }

  #runningOf(accountId: string): number {
    return this.#running.get(accountId) ?? 0;
  }
}
