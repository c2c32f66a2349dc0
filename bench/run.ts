import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Contender, type ContenderFactory, type Step, steps } from './contenders/contender';
import type { Dataset } from './data/dataset';
import type { Measurement } from './measure';
import { compareTrees, measureTree, type TreeSize } from './tree';

export interface Outcome {
  dataset: string;
  contender: string;
  /** From 0; outcomes of one run may be compared. */
  run: number;
  measured: Partial<Record<Step, Measurement>>;
  facts: Record<string, number>;
  /** Where it broke off; what it had measured until then stays. */
  failure: string | null;
}

/**
 * One run: every contender takes each step before any takes the next, so that what else the machine does hits all of
 * them; the order turns from run to run. One that fails, or restores something else than the source, is left out of the
 * steps that follow.
 */
export async function runOnce(
  dataset: Dataset,
  factories: ContenderFactory[],
  { scratch, cache, log }: { scratch: string; cache: string; log: (line: string) => void },
  runNo: number,
): Promise<{ source: TreeSize; outcomes: Outcome[] }> {
  const folder = join(scratch, `${dataset.name}-${runNo}`);
  await mkdir(folder);
  await chmod(folder, 0o711);
  const source = join(folder, 'source');
  await dataset.create(source, cache);
  const size = measureTree(source);
  const runners = factories.map((factory) => new Runner(factory, { dataset, runNo, folder, source, log }));
  try {
    for (const runner of runners) await runner.open();
    for (const step of steps) {
      if (step === 'changed backup') await dataset.change(source);
      if (step === 'backup of scattered changes') await dataset.scatter?.(source);
      if (isAboutScatter(step) && !dataset.scatter) continue;
      for (let n = 0; n < runners.length; n++) await runners[(n + runNo) % runners.length]!.take(step);
    }
    for (const runner of runners) await runner.readFacts();
    return { source: size, outcomes: runners.map(({ outcome }) => outcome) };
  } finally {
    for (const runner of runners) await runner.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const isAboutScatter = (step: Step) =>
  step === 'backup of scattered changes' || step === 'replication of scattered changes';

interface Place {
  dataset: Dataset;
  runNo: number;
  folder: string;
  source: string;
  log: (line: string) => void;
}

class Runner {
  readonly outcome: Outcome;
  #contender: Contender | null = null;

  constructor(
    private readonly factory: ContenderFactory,
    private readonly place: Place,
  ) {
    const { dataset, runNo: run } = place;
    const contender = factory.name;
    this.outcome = { dataset: dataset.name, contender, run, measured: {}, facts: {}, failure: null };
  }

  open(): Promise<void> {
    return this.#try('begin', async () => {
      const own = join(this.place.folder, this.factory.name.replaceAll(/\W/g, ''));
      await mkdir(own);
      this.#contender = await this.factory.open(own);
    });
  }

  take(step: Step): Promise<void> {
    const { dataset, runNo, log } = this.place;
    return this.#try(step, async () => {
      const measurement = await this.#take(step);
      if (!measurement) return;
      this.outcome.measured[step] = measurement;
      log(
        `${dataset.name}, run ${runNo + 1}: ${step}, ${this.factory.name}: ${measurement.seconds.toFixed(2)} s`,
      );
    });
  }

  readFacts(): Promise<void> {
    return this.#try('figures', async () => {
      this.outcome.facts = (await this.#contender?.facts()) ?? {};
    });
  }

  async close(): Promise<void> {
    await this.#contender?.close().catch((error) => this.place.log(`${this.factory.name}: ${error}`));
  }

  async #try(what: string, work: () => Promise<void>): Promise<void> {
    if (this.outcome.failure !== null) return;
    try {
      await work();
    } catch (error) {
      this.outcome.failure = `${what}: ${error instanceof Error ? error.message : error}`;
      this.place.log(`${this.place.dataset.name}: ${this.factory.name} failed. ${this.outcome.failure}`);
    }
  }

  async #take(step: Step): Promise<Measurement | null> {
    const { source, folder } = this.place;
    const run = { source, restoreTo: join(folder, 'restored') };
    const contender = this.#contender!;
    if (step !== 'restore from the copy') return (await contender.steps[step]?.(run)) ?? null;
    try {
      const measurement = await contender.steps[step]?.(run);
      if (!measurement) return null;
      // Peers are not on trial: once is enough to know that both did the same work
      if (this.place.runNo > 0 && !contender.isOwn) return measurement;
      const differences = await compareTrees(source, contender.restoredTree!(run));
      if (differences.length === 0) return measurement;
      const shown = differences.slice(0, 5).join('; ');
      throw new Error(`what was restored is not the source, ${differences.length} times: ${shown}`);
    } finally {
      await rm(run.restoreTo, { recursive: true, force: true });
    }
  }
}
