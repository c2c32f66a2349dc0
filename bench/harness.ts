import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Budget } from './budget';
import { CannotRun } from './cannot-run';
import { findPeers } from './contenders/find-contenders';
import { type CrossvaultContender, crossvault } from './crossvault/contender';
import {
  type Installation,
  type InstallationOptions,
  root,
  startInstallation,
} from './crossvault/installation';
import { requireSpace } from './disk-space';
import { findQemuImg } from './disks/qemu-img';
import { runDisks } from './disks/run';
import { runLatency } from './extras/latency';
import { runMemory } from './extras/memory';
import { runS3 } from './extras/s3';
import { runSpace } from './extras/space';
import { runWeb } from './extras/web';
import { describeMachine } from './machine';
import { runMillion } from './million/run';
import { findNode, type NodeChoice } from './nodes';
import { datasetParts, extraParts, type Options, type Part } from './options';
import type { Extra, Results } from './results';
import { runOnce } from './run';

/** What a part that is measured once is given. */
export interface ExtraPlace {
  scratch: string;
  cache: string;
  log: (line: string) => void;
  /** Stopped with the part. */
  start(options?: InstallationOptions): Promise<Installation>;
}

const extras: Record<
  (typeof extraParts)[number],
  (place: ExtraPlace, sizes: Options['sizes']) => Promise<Extra>
> = {
  million: runMillion,
  s3: runS3,
  space: runSpace,
  latency: runLatency,
  memory: runMemory,
  web: runWeb,
};

/**
 * Takes every chosen part once, then those that are repeated again as long as there is time. Each taking has installations
 * of its own, so that one that fails takes nothing with it and its bytes are gone before the next begins.
 */
export class Harness {
  readonly #running = new Set<Installation>();
  readonly #budget: Budget;
  #results!: Results;
  #nodes: NodeChoice[] = [];

  /** For what takes long to make and is used by several parts. */
  get #cache(): string {
    return join(this.scratch, 'cache');
  }

  constructor(
    private readonly options: Options,
    private readonly scratch: string,
    private readonly log: (line: string) => void,
    /** Told after each taking: what is known until then outlives whatever stops the rest. */
    private readonly keep: (results: Results) => Promise<unknown>,
  ) {
    this.#budget = new Budget(options.minutes * 60);
  }

  async run(): Promise<Results> {
    await this.#prepare();
    const { runs, parts } = this.options;
    for (let run = 0; run < runs; run++) {
      for (const part of parts) {
        const isRepeated = !(extraParts as readonly Part[]).includes(part);
        if (run > 0 && !isRepeated) continue;
        if (this.#budget.allows(part)) await this.#budget.take(part, () => this.#take(part, run));
        else this.#leaveOut(`${part}, run ${run + 1}`, `no time was left of ${this.options.minutes} min`);
        await this.keep(this.#results);
      }
    }
    return this.#results;
  }

  async stop(): Promise<void> {
    for (const installation of this.#running) await installation.stop().catch(() => {});
    this.#running.clear();
  }

  async #prepare(): Promise<void> {
    const { versions, absent } = await findPeers(() => '');
    this.#nodes = [{ path: process.execPath, version: process.version }];
    this.#results = {
      machine: await describeMachine(),
      versions,
      notRun: absent.map((what) => ({ what, why: 'not installed' })),
      own: [],
      datasets: {},
      outcomes: [],
      disks: [],
      tookSeconds: this.#budget.tookSeconds,
      extras: [],
    };
    const qemu = await findQemuImg();
    if (qemu) versions['qemu-img'] = qemu;
    for (const named of this.options.nodes) {
      const cache = join(root, 'node_modules/.cache/crossvault-bench');
      await findNode(named, cache).then(
        (node) => this.#nodes.push(node),
        (error: Error) => this.#leaveOut(`Node ${named}`, error.message.slice(0, 300)),
      );
    }
    this.#results.own = this.#nodes.map(nameOfOwn);
  }

  async #take(part: Part, run: number): Promise<void> {
    this.log(`${part}, run ${run + 1} begins`);
    const scratch = join(this.scratch, `${part}-${run}`);
    await mkdir(scratch);
    try {
      if (part === 'disk') await this.#takeDisks(scratch, run);
      else if (isExtra(part))
        this.#results.extras.push(await extras[part](this.#place(scratch), this.options.sizes));
      else await this.#takeDataset(part, scratch, run);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#leaveOut(`${part}, run ${run + 1}`, why, !(error instanceof CannotRun));
    } finally {
      await this.stop();
      await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  #place(scratch: string): ExtraPlace {
    return { scratch, cache: this.#cache, log: this.log, start: (options) => this.#start(scratch, options) };
  }

  async #takeDataset(part: Part, scratch: string, run: number): Promise<void> {
    const at = datasetParts.indexOf(part as (typeof datasetParts)[number]);
    await requireSpace(scratch, this.options.sizes.datasetDiskBytes[at]!);
    const own: CrossvaultContender[] = [];
    for (const node of this.#nodes) {
      own.push(crossvault(await this.#start(scratch, { node: node.path }), nameOfOwn(node)));
    }
    const { present } = await findPeers(own[0]!.vaultFolder);
    const dataset = this.options.sizes.datasets[at]!;
    const { source, outcomes } = await runOnce(
      dataset,
      [...own, ...present],
      { scratch, cache: this.#cache, log: this.log },
      run,
    );
    this.#results.datasets[dataset.name] = source;
    this.#results.outcomes.push(...outcomes);
  }

  async #takeDisks(scratch: string, run: number): Promise<void> {
    const installation = await this.#start(scratch);
    const { log } = this;
    this.#results.disks.push(
      await runDisks({ installation, scratch, cache: this.#cache, log }, this.options.sizes.disks, run),
    );
  }

  async #start(scratch: string, options?: InstallationOptions): Promise<Installation> {
    const installation = await startInstallation(scratch, options);
    this.#running.add(installation);
    return installation;
  }

  #leaveOut(what: string, why: string, isOwnFault = false): void {
    this.#results.notRun.push({ what, why, isOwnFault });
    this.log(`${what} is left out: ${why}`);
  }
}

const isExtra = (part: Part): part is (typeof extraParts)[number] =>
  (extraParts as readonly Part[]).includes(part);

const nameOfOwn = ({ version }: NodeChoice): string => `Crossvault on Node ${version.slice(1).split('.')[0]}`;
