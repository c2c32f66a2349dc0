import type { Logger } from 'pino';
import { HeartbeatResponse, type JobOffer } from '@/lib/engine/wire';
import type { ClientFolder } from './config';
import { describeHost } from './host';
import { RunningJob } from './jobs/run-job';
import { keepBeating } from './net/beat';
import type { Gateway } from './net/gateway';
import { listHeld } from './process-mark';
import { answerQuestion } from './sources/answer-question';
import { hostAdapters } from './sources/host-adapters';

export interface DaemonOptions {
  folder: ClientFolder;
  gateway: Gateway;
  log: Logger;
  /** How many jobs of a kind run at once; more wait their turn here. */
  concurrency?: Record<JobOffer['work']['kind'], number>;
  /** How long the gateway may hold a heartbeat back until there is a job. */
  waitSeconds?: number;
}

const contactEveryMs = 10_000;
/** The answer to a heartbeat that the gateway holds back for up to 20 s. */
const heartbeatIdleMs = 45_000;

/** Tells the gateway that this host is here, and runs the jobs it gives. */
export class Daemon {
  readonly #running = new Map<string, RunningJob>();
  readonly #waiting: JobOffer[] = [];
  readonly #stop = new AbortController();
  #savedContactAt = 0;

  constructor(private readonly options: DaemonOptions) {}

  /** Resolves after `stop`, when all jobs have come to a safe point. @throws what cannot pass: a refused credential, say. */
  async run(): Promise<void> {
    const { log, gateway } = this.options;
    log.info({ server: gateway.server, ...describeHost() }, 'the client daemon is running');
    try {
      await keepBeating(() => this.#beat(), { signal: this.#stop.signal, log });
    } finally {
      for (const job of this.#running.values()) job.interrupt();
      await Promise.all([...this.#running.values()].map((job) => job.ended));
      log.info('the client daemon has stopped');
    }
  }

  /** Takes no new jobs and brings running ones to a point from which they go on later. */
  stop(): void {
    this.#stop.abort();
  }

  async #beat(): Promise<void> {
    const { gateway, folder, log, waitSeconds = 20 } = this.options;
    const body = { ...describeHost(), runningJobs: await this.#jobsOfThisHost(), waitSeconds };
    const answer = await gateway.postJson('/v1/heartbeat', body, HeartbeatResponse, {
      signal: this.#stop.signal,
      idleMs: heartbeatIdleMs,
    });
    if (performance.now() - this.#savedContactAt > contactEveryMs || this.#savedContactAt === 0) {
      this.#savedContactAt = performance.now();
      await folder.saveLastContact(new Date());
    }
    for (const id of answer.cancelledJobs) this.#cancel(id);
    for (const offer of answer.jobs) this.#accept(offer);
    for (const question of answer.questions) {
      void answerQuestion({ gateway, folder, log, adapters: hostAdapters }, question);
    }
  }

  /** With those that a `crossvault backup` on this host runs: the daemon must not be given them too. */
  async #jobsOfThisHost(): Promise<string[]> {
    const own = [...this.#running.keys(), ...this.#waiting.map((offer) => offer.jobId)];
    return [...new Set([...own, ...(await listHeld(this.options.folder.file('running')))])];
  }

  #cancel(id: string): void {
    const waiting = this.#waiting.findIndex((offer) => offer.jobId === id);
    // Started so that it can be reported as cancelled.
    if (waiting >= 0) this.#start(this.#waiting.splice(waiting, 1)[0]!);
    this.#running.get(id)?.cancel();
  }

  #accept(offer: JobOffer): void {
    const known = this.#running.get(offer.jobId);
    if (known && known.attempt >= offer.attempt) return;
    known?.takenOver();
    const waiting = this.#waiting.findIndex(({ jobId }) => jobId === offer.jobId);
    if (waiting >= 0) this.#waiting.splice(waiting, 1);
    this.#waiting.push(offer);
    this.#startWaiting();
  }

  #startWaiting(): void {
    if (this.#stop.signal.aborted) return;
    const { concurrency = { backup: 1, restore: 1 } } = this.options;
    for (const offer of [...this.#waiting]) {
      const { kind } = offer.work;
      const busy = [...this.#running.values()].filter((job) => job.kind === kind).length;
      if (busy >= concurrency[kind] || this.#running.has(offer.jobId)) continue;
      this.#waiting.splice(this.#waiting.indexOf(offer), 1);
      this.#start(offer);
    }
  }

  #start(offer: JobOffer): void {
    const { gateway, folder, log } = this.options;
    const { jobId, attempt } = offer;
    log.info({ jobId, attempt, kind: offer.work.kind, vault: offer.work.vaultName }, 'job started');
    const job = new RunningJob({ gateway, folder, log, offer, adapters: hostAdapters });
    this.#running.set(jobId, job);
    void job.ended.then(({ outcome, result, error }) => {
      const details = { jobId, attempt, outcome, ...result?.summary };
      if (outcome === 'failed') log.error({ ...details, err: error }, 'job failed');
      else log.info(details, 'job ended');
      this.#running.delete(jobId);
      this.#startWaiting();
    });
  }
}
