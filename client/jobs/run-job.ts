import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Chunk, ChunkName } from '@/lib/engine/core/chunk';
import type { CarriedFrame } from '@/lib/engine/core/vault-io';
import { type FinishRequest, type JobOffer, ProgressResponse } from '@/lib/engine/wire';
import type { Allocate } from '@/lib/engine/wire-frames';
import { CrossvaultError } from '@/lib/errors';
import type { JobReport } from '@/lib/jobs/schemas';
import { runBackup } from '../backup/run-backup';
import { runStream } from '../backup/run-stream';
import type { StreamInput } from '../backup/stream-input';
import type { ClientFolder } from '../config';
import type { Gateway } from '../net/gateway';
import { Nothing } from '../net/nothing';
import { retrying } from '../net/retry';
import { removeJournal } from '../restore/journal';
import { runRestore } from '../restore/run-restore';
import type { AdapterRegistry } from '../sources/adapter';
import { findAdapter } from '../sources/find-adapter';
import { ProgressMeter, type ProgressSnapshot } from './progress-meter';

export interface JobResult {
  outcome: 'complete' | 'partial';
  report: JobReport;
  /** Figures for the one who watches. */
  summary: Record<string, string | number>;
}

export interface JobEnd {
  outcome: 'complete' | 'partial' | 'failed' | 'cancelled' | 'interrupted';
  result: JobResult | null;
  error: unknown;
}

/** What running work needs: calls about this job that wait out a gateway that is away, and its counters. */
export interface JobContext {
  readonly jobId: string;
  readonly attempt: number;
  readonly folder: ClientFolder;
  readonly gateway: Gateway;
  readonly meter: ProgressMeter;
  readonly log: Logger;
  /** Aborted when the job is cancelled, taken over or interrupted. */
  readonly signal: AbortSignal;
  post<S extends z.ZodType>(
    verb: string,
    body: unknown,
    schema: S,
    options?: { idleMs?: number },
  ): Promise<z.infer<S>>;
  postNames(verb: string, names: readonly ChunkName[]): Promise<Buffer>;
  postChunks(verb: string, chunks: readonly Chunk[]): Promise<void>;
  /** Not repeated: whoever reads knows what has arrived. */
  fetchChunks(verb: string, names: readonly ChunkName[], totalBytes: number): AsyncIterable<Chunk>;
  /** Not repeated either. @param allocate where bodies go */
  fetchFrames(
    verb: string,
    names: readonly ChunkName[],
    totalBytes: number,
    allocate?: Allocate,
  ): AsyncIterable<CarriedFrame>;
  /** Repeats a call of this job while the gateway is away. */
  patiently<T>(call: () => Promise<T>): Promise<T>;
}

export interface JobOptions {
  gateway: Gateway;
  folder: ClientFolder;
  log: Logger;
  offer: JobOffer;
  onProgress?: (progress: ProgressSnapshot) => void;
  /** Who serves registered sources here. */
  adapters?: AdapterRegistry;
  /** What a stream is read from; only who starts such a job has it. */
  stream?: StreamInput;
  /** Work of another kind than the offer's own; only who starts such a job has it. */
  perform?: (context: JobContext) => Promise<JobResult>;
  progressEveryMs?: number;
  /** How long the gateway may be away before the job fails. */
  patienceMs?: number;
}

/** Nothing of the job is lost: it is offered again. */
class Interrupted extends Error {}
class Cancelled extends Error {}
/** Another process of this client has the job now; this one must not touch it any more. */
class TakenOver extends Error {}

const defaultPatienceMs = 15 * 60_000;
const finishPatienceMs = 60_000;

/** One attempt at one job: does the work, reports progress about once a second, and tells the gateway how it ended. */
export class RunningJob {
  readonly #stop = new AbortController();
  readonly #leave = new AbortController();
  readonly #context: JobContext;
  /** Never rejects. */
  readonly ended: Promise<JobEnd>;

  constructor(private readonly options: JobOptions) {
    this.#context = this.#createContext();
    this.ended = this.#run();
  }

  get id(): string {
    return this.options.offer.jobId;
  }

  get attempt(): number {
    return this.options.offer.attempt;
  }

  get kind(): JobOffer['work']['kind'] {
    return this.options.offer.work.kind;
  }

  /** The operator does not want it any more. */
  cancel(): void {
    this.#stop.abort(new Cancelled('The job was cancelled.'));
  }

  /** This process ends. The gateway offers the job again when the client is back. */
  interrupt(): void {
    this.#leave.abort();
    this.#stop.abort(new Interrupted('The client is stopping.'));
  }

  takenOver(): void {
    this.#stop.abort(new TakenOver('The job was taken over.'));
  }

  async #run(): Promise<JobEnd> {
    const reporting = new AbortController();
    const reported = this.#reportProgress(reporting.signal);
    const end = await this.#work();
    reporting.abort();
    await reported;
    const { meter } = this.#context;
    if (end.result) meter.setTotals(meter.bytesDone, meter.itemsDone);
    if (end.outcome === 'interrupted') return end;
    await removeJournal(this.options.folder, this.id);
    await this.#postProgress();
    await this.#finish(end).catch((error) => {
      this.options.log.error({ err: error, jobId: this.id }, 'the end of the job could not be reported');
    });
    return end;
  }

  async #work(): Promise<JobEnd> {
    const { offer } = this.options;
    try {
      const result = await this.#perform(offer);
      return { outcome: result.outcome, result, error: null };
    } catch (error) {
      const cause = this.#stop.signal.aborted ? this.#stop.signal.reason : error;
      if (cause instanceof Cancelled) return { outcome: 'cancelled', result: null, error: cause };
      if (cause instanceof Interrupted || cause instanceof TakenOver || isSuperseded(cause))
        return { outcome: 'interrupted', result: null, error: cause };
      return { outcome: 'failed', result: null, error };
    }
  }

  async #perform(offer: JobOffer): Promise<JobResult> {
    const { work } = offer;
    const { stream, perform, adapters } = this.options;
    if (perform) return perform(this.#context);
    if (work.source) {
      const adapter = await findAdapter(adapters, work.source.kind);
      if (work.kind === 'backup') return adapter.backup(this.#context, { ...offer, work });
      return adapter.restore(this.#context, { ...offer, work });
    }
    if (work.kind === 'restore') return runRestore(this.#context, { ...offer, work });
    if (stream) return runStream(this.#context, { ...offer, work }, stream);
    return runBackup(this.#context, { ...offer, work });
  }

  async #finish(end: JobEnd): Promise<void> {
    const body: FinishBody = {
      attempt: this.attempt,
      outcome: end.outcome as FinishBody['outcome'],
      error: end.outcome === 'failed' ? describeError(end.error) : null,
      report: end.result?.report ?? null,
    };
    await retrying({ giveUpAfterMs: finishPatienceMs, signal: this.#leave.signal }, () =>
      this.options.gateway.postJson(this.#path('finish'), body, Nothing),
    );
  }

  async #reportProgress(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await this.#postProgress();
      await waitFor(this.options.progressEveryMs ?? 1000, until);
    }
  }

  /** A report that is lost is not repeated: the next one says more. */
  async #postProgress(): Promise<void> {
    const { gateway, log, onProgress } = this.options;
    const progress = this.#context.meter.sample();
    onProgress?.(progress);
    const body = { attempt: this.attempt, ...progress };
    try {
      const { isCancelRequested } = await gateway.postJson(this.#path('progress'), body, ProgressResponse);
      if (isCancelRequested) this.cancel();
    } catch (error) {
      if (isSuperseded(error)) this.takenOver();
      else log.debug({ err: error, jobId: this.id }, 'progress could not be reported');
    }
  }

  #path(verb: string): string {
    return `/v1/jobs/${encodeURIComponent(this.id)}/${verb}`;
  }

  #createContext(): JobContext {
    const { gateway, folder, log, patienceMs = defaultPatienceMs } = this.options;
    const { signal } = this.#stop;
    const patiently = <T>(call: () => Promise<T>) =>
      retrying(
        {
          signal,
          giveUpAfterMs: patienceMs,
          onRetry: (error, delayMs) =>
            log.warn(
              { jobId: this.id, code: error.code, delayMs: Math.round(delayMs) },
              'waiting for the gateway',
            ),
        },
        call,
      );
    return {
      jobId: this.id,
      attempt: this.attempt,
      folder,
      gateway,
      log: log.child({ jobId: this.id }),
      meter: new ProgressMeter(),
      signal,
      patiently,
      post: (verb, body, schema, options) =>
        patiently(() => gateway.postJson(this.#path(verb), body, schema, { signal, ...options })),
      postNames: (verb, names) =>
        patiently(() => gateway.postNames(this.#path(verb), this.attempt, names, signal)),
      postChunks: (verb, chunks) =>
        patiently(() => gateway.postChunks(this.#path(verb), this.attempt, chunks, signal)),
      fetchChunks: (verb, names, totalBytes) =>
        gateway.fetchChunks(this.#path(verb), this.attempt, names, totalBytes, signal),
      fetchFrames: (verb, names, totalBytes, allocate) =>
        gateway.fetchFrames(this.#path(verb), this.attempt, names, totalBytes, { signal, allocate }),
    };
  }
}

type FinishBody = z.infer<typeof FinishRequest>;

function isSuperseded(error: unknown): boolean {
  const reason = error instanceof CrossvaultError ? error.reason : undefined;
  return reason === 'attempt_superseded' || reason === 'job_not_running';
}

function describeError(error: unknown): { code: string; message: string } {
  if (error instanceof CrossvaultError) return { code: error.code, message: error.message.slice(0, 2000) };
  const { code, message } = error as NodeJS.ErrnoException;
  return {
    code: 'internal',
    message: `The client failed: ${code ? `${code}, ` : ''}${message}`.slice(0, 2000),
  };
}

function waitFor(ms: number, until: AbortSignal): Promise<void> {
  if (until.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      until.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    until.addEventListener('abort', done);
  });
}
