import type { Step } from './contenders/contender';
import { median } from './median';
import type { Outcome } from './run';

const mib = 1024 ** 2;

type Read = (outcome: Outcome) => number | undefined;

/** What some work has to reach and should: at most so much, as a part of another's figure in the same run or as it is. */
export interface Target {
  work: string;
  datasets: readonly string[];
  /** Whose figure of the same run it is divided by; null for none. */
  against: string | null;
  unit: '×' | 's' | 'MiB';
  own: Read;
  other: Read;
  /** Null where there is only something to aim for. */
  must: number | null;
  aim: number;
}

const seconds =
  (step: Step): Read =>
  ({ measured }) =>
    measured[step]?.seconds;
const fact =
  (name: string): Read =>
  ({ facts }) =>
    facts[name];
const highestPeak =
  (process: string): Read =>
  ({ measured }) => {
    const peaks = Object.values(measured).flatMap(({ peakBytes }) => peakBytes?.[process] ?? []);
    return peaks.length > 0 ? Math.max(...peaks) / mib : undefined;
  };

const all = ['tree', 'large', 'image'] as const;

function ratio(
  work: Step,
  datasets: readonly string[],
  against: string,
  [must, aim]: [must: number | null, aim: number],
): Target {
  const read = seconds(work);
  return { work, datasets, against, unit: '×', own: read, other: read, must, aim };
}

function absolute(
  work: string,
  datasets: readonly string[],
  unit: 's' | 'MiB',
  own: Read,
  [must, aim]: [must: number, aim: number],
): Target {
  return { work, datasets, against: null, unit, own, other: () => 1, must, aim };
}

export const targets: readonly Target[] = [
  ratio('first backup', all, 'restic', [0.7, 0.4]),
  ratio('unchanged backup', ['tree'], 'restic', [0.7, 0.5]),
  ratio('changed backup', all, 'restic', [1, 0.7]),
  ratio('backup of scattered changes', ['image'], 'restic', [1, 0.7]),
  ratio('first replication', ['tree'], 'restic', [0.25, 0.1]),
  ratio('first replication', ['tree'], 'plain copy', [3, 1.5]),
  ratio('first replication', ['large', 'image'], 'restic', [0.3, 0.2]),
  ratio('first replication', ['large', 'image'], 'plain copy', [1.5, 1.2]),
  ratio('first replication', ['large', 'image'], 'rclone sync', [null, 1]),
  ratio('replication of the change', all, 'restic', [0.4, 0.2]),
  ratio('replication of scattered changes', ['image'], 'restic', [0.4, 0.2]),
  absolute('nothing to replicate', all, 's', seconds('nothing to replicate'), [0.05, 0.01]),
  absolute('small point visible at the copy, slowest', all, 's', fact('slowestSmallPointSeconds'), [5, 1]),
  ratio('restore from the copy', all, 'restic', [0.7, 0.5]),
  ratio('restore from the copy', all, 'borg', [0.7, 0.5]),
  {
    work: 'stored size',
    datasets: all,
    against: 'restic',
    unit: '×',
    own: fact('storedBytes'),
    other: fact('storedBytes'),
    must: 1.03,
    aim: 1,
  },
  absolute('peak memory of the engine', all, 'MiB', highestPeak('engine'), [400, 250]),
  absolute('peak memory of the client', all, 'MiB', highestPeak('client'), [300, 200]),
];

export type Verdict = 'aim reached' | 'reached' | 'missed' | 'not measured';

export interface Judged {
  dataset: string;
  target: Target;
  /** Median, least and most of the runs, each divided by the other's figure of the same run. Null: not measured. */
  figure: { median: number; least: number; most: number; runs: number } | null;
  verdict: Verdict;
}

/** How one of the product's own contenders stands, dataset by dataset. */
export function judge(outcomes: readonly Outcome[], own: string): Judged[] {
  const datasets = [...new Set(outcomes.map(({ dataset }) => dataset))];
  return datasets.flatMap((dataset) =>
    targets
      .filter((target) => target.datasets.includes(dataset))
      .map((target) => {
        const ofDataset = outcomes.filter((outcome) => outcome.dataset === dataset);
        const figure = summarise(figuresByRun(ofDataset, own, target));
        return { dataset, target, figure, verdict: verdictOf(target, figure?.median) };
      }),
  );
}

function figuresByRun(outcomes: readonly Outcome[], own: string, target: Target): number[] {
  return outcomes
    .filter(({ contender }) => contender === own)
    .flatMap((outcome) => {
      const peer = outcomes.find(({ contender, run }) => contender === target.against && run === outcome.run);
      const value = target.own(outcome);
      const divisor = target.against === null ? 1 : peer && target.other(peer);
      return value === undefined || !divisor ? [] : [value / divisor];
    });
}

function summarise(values: readonly number[]): Judged['figure'] {
  if (values.length === 0) return null;
  return {
    median: median(values),
    least: Math.min(...values),
    most: Math.max(...values),
    runs: values.length,
  };
}

export function verdictOf({ must, aim }: Pick<Target, 'must' | 'aim'>, value: number | undefined): Verdict {
  if (value === undefined) return 'not measured';
  if (value <= aim) return 'aim reached';
  return value <= (must ?? aim) ? 'reached' : 'missed';
}

/** As the table and the plot name it. */
export function nameOf({ work, against }: Target): string {
  return against === null ? work : `${work}, against ${against}`;
}
