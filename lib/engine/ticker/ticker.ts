import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { tellOwner } from '@/lib/engine/transfer';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import type { PlannedStep } from './plan-tick';
import { type Lease, TickerQueue } from './queue';
import { runTick, type TickOutcome } from './tick';
import { Turnstile } from './turnstile';

export interface TickerEvents {
  /** A tick came to its end; `error` is the first one of its steps. */
  tick?(tick: { accountId: string; milliseconds: number; error: string | null }): void;
  step?(step: { accountId: string } & PlannedStep): void;
  error?(error: unknown, where: { accountId?: string; step?: PlannedStep }): void;
}

export interface TickerOptions {
  environment: VaultEnvironment;
  events?: TickerEvents;
  /** How often the queue is looked at when no notification came; the truth, the notification is a hint. */
  pollMs?: number;
  leaseSeconds?: number;
  /** Accounts in work at a time. */
  accounts?: number;
  /** Bounded pieces of work at a time, taken from the accounts in turn. */
  parallelism?: number;
  /** The longest an account keeps its place while others wait for one. */
  placeMs?: number;
  /** The longest `stop` waits for a piece of work; what is still running then may be cut off like in a crash. */
  drainMs?: number;
  collectionIntervalSeconds?: number;
}

export interface Ticker {
  /** Looks at the queue now. */
  nudge(): void;
  /** Stops claiming, ends the running ticks at their next safe point and gives their leases back. */
  stop(): Promise<void>;
}

interface Running {
  lease: Lease;
  abort: AbortController;
  isLost: boolean;
  done: Promise<void>;
}

/** Starts serving due accounts. Any number of engines may run on one database. Errors never end it. */
export function startTicker(options: TickerOptions): Ticker {
  return new TickerLoop(options);
}

class TickerLoop implements Ticker {
  readonly #options: Required<Omit<TickerOptions, 'events'>> & { events: TickerEvents };
  readonly #queue: TickerQueue;
  readonly #turnstile: Turnstile;
  readonly #running = new Map<string, Running>();
  #isStopping = false;
  #isCrowded = false;
  #wake: () => void = () => {};
  #loop: Promise<void>;
  #renewal: NodeJS.Timeout;
  #listening: Promise<{ unlisten(): Promise<void> } | null>;

  constructor(options: TickerOptions) {
    this.#options = {
      pollMs: 1000,
      leaseSeconds: 30,
      accounts: 16,
      parallelism: 4,
      placeMs: 20_000,
      drainMs: 10_000,
      collectionIntervalSeconds: 600,
      events: {},
      ...options,
    };
    const { environment, leaseSeconds, parallelism } = this.#options;
    this.#queue = new TickerQueue(environment.db, { owner: randomUUID(), leaseSeconds });
    this.#turnstile = new Turnstile(parallelism);
    this.#renewal = setInterval(() => void this.#renew(), (leaseSeconds * 1000) / 3);
    this.#listening = this.#listen();
    this.#loop = this.#serve();
  }

  nudge(): void {
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    await this.#loop;
    for (const { abort } of this.#running.values()) abort.abort();
    const ended = Promise.all([...this.#running.values()].map(({ done }) => done));
    await Promise.race([ended, sleep(this.#options.drainMs, null, { ref: false })]);
    clearInterval(this.#renewal);
    const listening = await this.#listening;
    await listening?.unlisten().catch((error) => this.#options.events.error?.(error, {}));
  }

  async #serve(): Promise<void> {
    while (!this.#isStopping) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await this.#claim();
      if (this.#isStopping) return;
      const timer = setTimeout(this.#wake, this.#options.pollMs);
      await woken;
      clearTimeout(timer);
    }
  }

  async #claim(): Promise<void> {
    const free = this.#options.accounts - this.#running.size;
    this.#isCrowded = free <= 0;
    if (free <= 0) return;
    try {
      for (const lease of await this.#queue.claim(free)) this.#start(lease);
    } catch (error) {
      this.#options.events.error?.(error, {});
    }
  }

  #start(lease: Lease): void {
    const running: Running = { lease, abort: new AbortController(), isLost: false, done: Promise.resolve() };
    // Claimed anew after the lease ran out under our own feet: the earlier tick ends first, writing nothing more.
    const earlier = this.#running.get(lease.accountId);
    if (earlier) this.#lose(earlier);
    this.#running.set(lease.accountId, running);
    running.done = (earlier?.done ?? Promise.resolve())
      .then(() => this.#tick(running))
      .finally(() => {
        if (this.#running.get(lease.accountId) === running) this.#running.delete(lease.accountId);
        this.#wake();
      });
  }

  #lose(running: Running): void {
    running.isLost = true;
    running.abort.abort();
  }

  async #tick(running: Running): Promise<void> {
    const { accountId } = running.lease;
    const { environment, events, placeMs, collectionIntervalSeconds } = this.#options;
    const startedAt = performance.now();
    let outcome: TickOutcome;
    try {
      outcome = await runTick({
        environment,
        accountId,
        turnstile: this.#turnstile,
        signal: running.abort.signal,
        isLeaseLost: () => running.isLost,
        isCrowded: () => this.#isCrowded,
        placeMs,
        collectionIntervalSeconds,
        onStep: (step) => events.step?.({ accountId, ...step }),
        onError: (error, step) => events.error?.(error, { accountId, step }),
      });
    } catch (error) {
      events.error?.(error, { accountId });
      outcome = { dueInMs: 5000, error: tellOwner(error) };
    }
    // Without an answer from the database the lease runs out by itself, and the account is due then.
    if (!running.isLost) {
      await this.#queue
        .release(running.lease, outcome)
        .catch((error) => events.error?.(error, { accountId }));
    }
    events.tick?.({ accountId, milliseconds: performance.now() - startedAt, error: outcome.error });
  }

  async #renew(): Promise<void> {
    const running = [...this.#running.values()];
    try {
      const held = await this.#queue.renew(running.map(({ lease }) => lease));
      for (const one of running) {
        const isStillRunning = this.#running.get(one.lease.accountId) === one;
        if (isStillRunning && !held.has(one.lease.accountId)) this.#lose(one);
      }
    } catch (error) {
      this.#options.events.error?.(error, {});
    }
  }

  async #listen(): Promise<{ unlisten(): Promise<void> } | null> {
    try {
      return await this.#options.environment.db.$client.listen('ticker', () => this.#wake());
    } catch (error) {
      this.#options.events.error?.(error, {});
      return null;
    }
  }
}
