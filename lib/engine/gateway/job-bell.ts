import type { Database } from '@/db/client';

/** Rings when there may be work for the client of any region. */
export const anyRegion = 'any region';

/**
 * Wakes heartbeats when a job may be there for them, through the database's `jobs` channel: any process that queues
 * or cancels a job sends the client's id. A lost notification costs one wait, not the job.
 */
export class JobBell {
  readonly #waiting = new Map<string, Set<() => void>>();
  #stop: (() => Promise<void>) | null = null;
  #isClosed = false;

  async listen(db: Database): Promise<void> {
    const { unlisten } = await db.$client.listen(
      'jobs',
      (clientId) => this.#ring(clientId),
      // Also after a reconnection: what was sent meanwhile is not repeated.
      () => this.#ringAll(),
    );
    this.#stop = unlisten;
  }

  /** For those who wait at this engine: what happened here concerns nobody elsewhere. */
  ringHere(name: string): void {
    for (const done of [...(this.#waiting.get(name) ?? [])]) done();
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Resolves when the bell rings for the client, when the time is over, or when `signal` aborts. */
  wait(clientId: string, milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(clientId) ?? new Set();
      this.#waiting.set(clientId, waiting);
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        waiting.delete(done);
        if (waiting.size === 0) this.#waiting.delete(clientId);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      waiting.add(done);
      if (signal.aborted || this.#isClosed) done();
      else signal.addEventListener('abort', done);
    });
  }

  /** Ends all waiting, also of those who come later. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#ringAll();
    await this.#stop?.();
  }

  #ring(clientId: string): void {
    if (clientId === '') this.#ringAll();
    const names = clientId.startsWith('rc-') ? [clientId, anyRegion] : [clientId];
    for (const name of names) this.ringHere(name);
  }

  #ringAll(): void {
    for (const waiting of [...this.#waiting.values()]) for (const done of [...waiting]) done();
  }
}
