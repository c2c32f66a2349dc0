import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Contender, type ContenderFactory, type Step, steps } from './contenders/contender';
import type { Dataset } from './data/dataset';
import type { Measurement } from './measure';
import { compareTrees, measureTree, type TreeSize } from './tree';

export interface Outcome {
  dataset: string;
  contender: string;
  measured: Partial<Record<Step, Measurement>>;
  facts: Record<string, number>;
}

/**
 * One run: every contender takes each step before any takes the next, so that what else the machine does hits all of
 * them; the order turns from run to run. @throws when a restored tree is not the source.
 */
export async function runOnce(
  dataset: Dataset,
  factories: ContenderFactory[],
  scratch: string,
  runNo: number,
  log: (line: string) => void,
): Promise<{ source: TreeSize; outcomes: Outcome[] }> {
  const folder = join(scratch, `${dataset.name}-${runNo}`);
  await mkdir(folder);
  await chmod(folder, 0o711);
  const source = join(folder, 'source');
  await dataset.create(source);
  const size = measureTree(source);
  const contenders: Contender[] = [];
  try {
    for (const factory of factories) {
      const own = join(folder, factory.name.replaceAll(' ', ''));
      await mkdir(own);
      contenders.push(await factory.open(own));
    }
    const outcomes = contenders.map(
      ({ name }): Outcome => ({ dataset: dataset.name, contender: name, measured: {}, facts: {} }),
    );
    for (const step of steps) {
      if (step === 'changed backup') await dataset.change(source);
      for (let n = 0; n < contenders.length; n++) {
        const at = (n + runNo) % contenders.length;
        const measurement = await takeStep(contenders[at]!, step, source, folder);
        if (!measurement) continue;
        outcomes[at]!.measured[step] = measurement;
        log(
          `${dataset.name}, run ${runNo + 1}: ${step}, ${contenders[at]!.name}: ${measurement.seconds.toFixed(2)} s`,
        );
      }
    }
    for (const [at, contender] of contenders.entries()) outcomes[at]!.facts = await contender.facts();
    return { source: size, outcomes };
  } finally {
    for (const contender of contenders) await contender.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function takeStep(
  contender: Contender,
  step: Step,
  source: string,
  folder: string,
): Promise<Measurement | null> {
  const run = { source, restoreTo: join(folder, 'restored') };
  const measurement = await contender.steps[step]?.(run);
  if (!measurement || step !== 'restore from the copy') return measurement ?? null;
  const differences = await compareTrees(source, contender.restoredTree!(run));
  if (differences.length > 0) {
    const shown = differences.slice(0, 5).join('; ');
    throw new Error(
      `What ${contender.name} restored is not the source, ${differences.length} times: ${shown}`,
    );
  }
  await rm(run.restoreTo, { recursive: true });
  return measurement;
}
