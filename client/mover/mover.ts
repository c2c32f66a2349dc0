import { join } from 'node:path';
import type { Logger } from 'pino';
import type { JobOffer, OfferedSource, SourceQuestion } from '@/lib/engine/wire';
import { type MoverHeartbeat, MoverWork, signMoverToken } from '@/lib/engine/wire-mover';
import { ClientFolder } from '../config';
import { RunningJob } from '../jobs/run-job';
import { keepBeating } from '../net/beat';
import { Gateway } from '../net/gateway';
import { PinnedAgent } from '../net/pinned-agent';
import type { AdapterRegistry } from '../sources/adapter';
import { answerQuestion } from '../sources/answer-question';
import { clientVersion } from '../version';

export interface MoverOptions {
  /** The gateway of the engine that this mover stands beside. */
  server: string;
  pin: string;
  /** Shared by the processes of this installation. */
  secret: Uint8Array;
  /** Of this mover alone: caches and journals, a folder for each account and region. */
  folder: string;
  adapters: AdapterRegistry;
  log: Logger;
  /** How many jobs run at once. */
  slots?: number;
  /** How long the gateway may hold a heartbeat back until there is work. */
  waitSeconds?: number;
}

interface Running {
  client: Client;
  job: RunningJob;
  isCancelled: boolean;
}

interface Client {
  accountId: string;
  clientId: string;
}

/** The answer to a heartbeat that the gateway holds back for up to 20 s. */
const heartbeatIdleMs = 45_000;

/**
 * Backs up and restores what no host serves, for all accounts: one heartbeat for all of them, and each job as the region
 * client it belongs to. Keeps no state that a job needs; any mover takes up what another one left.
 */
export class Mover {
  readonly #running = new Map<string, Running>();
  readonly #questions = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #agent: PinnedAgent;

  constructor(private readonly options: MoverOptions) {
    this.#agent = new PinnedAgent(options.pin, { maxSockets: 64 });
  }

  /** Resolves after `stop`, when all jobs have come to a safe point. */
  async run(): Promise<void> {
    const { log, server } = this.options;
    log.info({ server, version: clientVersion }, 'the mover is running');
    const gateway = this.#connect(null);
    try {
      await keepBeating(() => this.#beat(gateway), { signal: this.#stop.signal, log });
    } finally {
      for (const { job } of this.#running.values()) job.interrupt();
      await Promise.all([...this.#running.values()].map(({ job }) => job.ended));
      await Promise.all(this.#questions);
      this.#agent.destroy();
      log.info('the mover has stopped');
    }
  }

  /** Takes no new jobs and brings running ones to a point from which any mover goes on. */
  stop(): void {
    this.#stop.abort();
  }

  get #freeSlots(): number {
    const { slots = 4 } = this.options;
    return Math.max(0, slots - this.#running.size);
  }

  async #beat(gateway: Gateway): Promise<void> {
    const body: MoverHeartbeat = {
      version: clientVersion,
      running: this.#listRunning(),
      freeSlots: this.#freeSlots,
      waitSeconds: this.options.waitSeconds ?? 20,
    };
    const work = await gateway.postJson('/internal/mover/heartbeat', body, MoverWork, {
      signal: this.#stop.signal,
      idleMs: heartbeatIdleMs,
    });
    for (const id of work.cancelledJobs) this.#cancel(id);
    for (const { offer, ...client } of work.jobs) this.#start(client, offer);
    for (const { question, ...client } of work.questions) this.#answer(client, question);
  }

  /** Without those that are being cancelled: the gateway would say so again at once. */
  #listRunning(): MoverHeartbeat['running'] {
    const byClient = new Map<string, MoverHeartbeat['running'][number]>();
    for (const [id, { client, isCancelled }] of this.#running) {
      if (isCancelled) continue;
      const entry = byClient.get(client.clientId) ?? { ...client, jobIds: [] };
      entry.jobIds.push(id);
      byClient.set(client.clientId, entry);
    }
    return [...byClient.values()];
  }

  #cancel(id: string): void {
    const running = this.#running.get(id);
    if (!running) return;
    running.isCancelled = true;
    running.job.cancel();
  }

  #start(client: Client, offer: JobOffer): void {
    const { log, adapters } = this.options;
    const { jobId, attempt } = offer;
    const known = this.#running.get(jobId);
    if (known && known.job.attempt >= attempt) return;
    known?.job.takenOver();
    const { accountId } = client;
    log.info(
      { accountId, jobId, attempt, kind: offer.work.kind, source: offer.work.source?.kind },
      'job started',
    );
    const gateway = this.#connect(client);
    const job = new RunningJob({
      gateway,
      folder: this.#folderOf(client, offer.work.source),
      log,
      offer,
      adapters,
    });
    this.#running.set(jobId, { client, job, isCancelled: false });
    void job.ended.then(({ outcome, result, error }) => {
      const details = { accountId, jobId, attempt, outcome, ...result?.summary };
      if (outcome === 'failed') log.error({ ...details, err: error }, 'job failed');
      else log.info(details, 'job ended');
      if (this.#running.get(jobId)?.job === job) this.#running.delete(jobId);
    });
  }

  #answer(client: Client, question: SourceQuestion): void {
    const { log, adapters } = this.options;
    const host = {
      gateway: this.#connect(client),
      folder: this.#folderOf(client, question.source),
      log,
      adapters,
    };
    const answering = answerQuestion(host, question).finally(() => this.#questions.delete(answering));
    this.#questions.add(answering);
  }

  #connect(client: Client | null): Gateway {
    const { server, pin, secret } = this.options;
    const credential = () => signMoverToken(secret, client, new Date());
    return new Gateway({ server, pin, credential, agent: this.#agent });
  }

  /** Caches of one source are of no use to another. */
  #folderOf({ clientId }: Client, source: OfferedSource | null): ClientFolder {
    return new ClientFolder(join(this.options.folder, clientId, source?.id ?? 'other'));
  }
}
