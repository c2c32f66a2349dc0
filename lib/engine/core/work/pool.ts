import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CrossvaultError, type ErrorCode } from '@/lib/errors';
import { type Answer, type Job, runJob, transferables } from './jobs';
import type { Reply } from './worker';
import { applyYoungHeap } from './young-heap';

/** Runs jobs somewhere. The large buffers of a job belong to it from then on; its answer's belong to the caller. */
export interface WorkPool {
  /** How many jobs make progress at once: callers keep about twice as many in flight. */
  readonly parallelism: number;
  run<J extends Job>(job: J): Promise<Answer<J>>;
  /** Jobs still running are rejected. */
  close(): Promise<void>;
}

/** Runs jobs on the calling thread: for small amounts, and for tests. */
export const inlinePool: WorkPool = {
  parallelism: 1,
  run: async (job) => runJob(job),
  close: async () => {},
};

export interface ThreadPoolOptions {
  threads?: number;
  /** Where the bundled worker is; else `CROSSVAULT_CORE_WORKER`, else `core-worker.js` beside the bundle. */
  workerUrl?: URL;
}

/**
 * A bundle emits `lib/engine/core/work/worker.ts` as `core-worker.js` beside its own file. Run from source, the worker
 * loads its TypeScript through tsx.
 */
export function locateWorker(): URL {
  const fromEnv = process.env.CROSSVAULT_CORE_WORKER;
  if (fromEnv) return new URL(`file://${fromEnv}`);
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './worker-source.mjs' : './core-worker.js', import.meta.url);
}

interface Pending {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** Two jobs at a thread: the next one lies ready when one is done. */
const jobsPerThread = 2;
/** A job's bytes lie outside the heap, and what it makes of them is soon gone. */
const maxYoungGenerationSizeMb = 8;

class Thread {
  readonly pending = new Map<number, Pending>();
  readonly worker: Worker;

  constructor(url: URL, onIdle: () => void, onExit: (thread: Thread) => void) {
    this.worker = new Worker(url, { name: 'crossvault-core', resourceLimits: { maxYoungGenerationSizeMb } });
    this.worker.unref();
    this.worker.once('online', applyYoungHeap).once('message', applyYoungHeap);
    this.worker.on('message', (reply: Reply) => {
      const pending = this.pending.get(reply.id);
      this.pending.delete(reply.id);
      if (this.pending.size === 0) this.worker.unref();
      if ('error' in reply) pending?.reject(toError(reply.error));
      else pending?.resolve(reply.answer);
      onIdle();
    });
    let cause: unknown;
    this.worker.on('error', (error) => {
      cause = error;
    });
    this.worker.on('exit', () => {
      for (const { reject } of this.pending.values()) {
        reject(new CrossvaultError('internal', 'A worker thread ended unexpectedly.', { cause }));
      }
      this.pending.clear();
      onExit(this);
    });
  }

  start(id: number, job: Job, pending: Pending): void {
    // A thread that works keeps the process alive; an idle one does not.
    if (this.pending.size === 0) this.worker.ref();
    this.pending.set(id, pending);
    this.worker.postMessage({ id, job }, transferables(job));
  }
}

function toError({ code, message, stack }: { code: string | null; message: string; stack?: string }): Error {
  const error = code ? new CrossvaultError(code as ErrorCode, message) : new Error(message);
  if (stack) error.stack = stack;
  return error;
}

/** Worker threads that are started when there is work and kept. */
export class ThreadPool implements WorkPool {
  readonly parallelism: number;
  readonly #url: URL;
  readonly #threads = new Set<Thread>();
  readonly #queue: { job: Job; pending: Pending }[] = [];
  #nextId = 0;
  #isClosed = false;

  constructor(options: ThreadPoolOptions = {}) {
    this.parallelism = options.threads ?? Math.min(Math.max(availableParallelism(), 1), 8);
    this.#url = options.workerUrl ?? locateWorker();
  }

  run<J extends Job>(job: J): Promise<Answer<J>> {
    if (this.#isClosed)
      return Promise.reject(new CrossvaultError('unavailable', 'The worker pool is closed.'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, pending: { resolve: resolve as (answer: unknown) => void, reject } });
      this.#drain();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { pending } of this.#queue.splice(0)) {
      pending.reject(new CrossvaultError('unavailable', 'The worker pool is closed.'));
    }
    await Promise.all([...this.#threads].map((thread) => thread.worker.terminate()));
  }

  #drain(): void {
    while (this.#queue.length > 0) {
      const thread = this.#pickThread();
      if (!thread) return;
      const { job, pending } = this.#queue.shift()!;
      try {
        thread.start(this.#nextId++, job, pending);
      } catch (error) {
        pending.reject(error);
      }
    }
  }

  #pickThread(): Thread | null {
    let best: Thread | null = null;
    for (const thread of this.#threads) {
      if (!best || thread.pending.size < best.pending.size) best = thread;
    }
    if (best?.pending.size === 0) return best;
    if (this.#threads.size < this.parallelism) {
      const thread = new Thread(
        this.#url,
        () => this.#drain(),
        (ended) => {
          this.#threads.delete(ended);
          if (!this.#isClosed) this.#drain();
        },
      );
      this.#threads.add(thread);
      return thread;
    }
    return best && best.pending.size < jobsPerThread ? best : null;
  }
}

let shared: ThreadPool | undefined;

/** The process's one pool: started on first use, kept until the process ends. */
export function sharedPool(): WorkPool {
  shared ??= new ThreadPool();
  return shared;
}
