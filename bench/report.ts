import { type Step, steps } from './contenders/contender';
import { formatDisks } from './disks/report';
import { median } from './median';
import type { Results } from './results';
import type { Outcome } from './run';
import { renderTable } from './table';
import { type Judged, judge, nameOf } from './targets';
import { mebibytes } from './units';

/** Everything that was measured, for a terminal. */
export function formatReport(results: Results): string {
  const { datasets, outcomes, disks, extras, own } = results;
  const lines = headLines(results);
  if (outcomes.length > 0) lines.push('', renderTable(verdictTable(results)));
  for (const [name, { files, bytes }] of Object.entries(datasets)) {
    const ofDataset = outcomes.filter((outcome) => outcome.dataset === name);
    lines.push('', `${name}: ${files} files, ${mebibytes(bytes)} MiB; seconds, median (least-most)`, '');
    lines.push(renderTable(timesTable(ofDataset, 'seconds')), '', 'CPU seconds', '');
    lines.push(renderTable(timesTable(ofDataset, 'cpuSeconds')), '', renderTable(factsTable(ofDataset, own)));
  }
  if (disks.length > 0) lines.push('', formatDisks(disks));
  for (const { title, head, rows } of extras) lines.push('', title, '', renderTable([head, ...rows]));
  const left = notMeasured(results);
  if (left.length > 0) lines.push('', 'Not measured:', ...left.map((line) => `  ${line}`));
  return lines.join('\n');
}

/** What is missing in the tables, and why. */
export function notMeasured({ notRun, outcomes }: Results): string[] {
  const failures = outcomes.filter(({ failure }) => failure !== null);
  return [
    ...notRun.map(({ what, why }) => `${what}: ${why}`),
    ...failures.map(
      ({ dataset, run, contender, failure }) => `${dataset}, run ${run + 1}: ${contender}: ${failure}`,
    ),
  ];
}

export function headLines({ machine, versions, tookSeconds }: Results): string[] {
  const { node, kernel, processor, cores, memoryGib, commit, at } = machine;
  const taken = Object.entries(tookSeconds).map(([part, times]) => `${part} ${times.length}`);
  const minutes =
    Object.values(tookSeconds)
      .flat()
      .reduce((sum, one) => sum + one, 0) / 60;
  return [
    `Crossvault ${commit}, ${at.slice(0, 16).replace('T', ' ')} UTC; Node ${node}; ${Object.values(versions).join('; ')}`,
    `Linux ${kernel}, ${cores} × ${processor}, ${memoryGib} GiB; page cache warm; each step ends in sync`,
    `Taken in ${minutes.toFixed(0)} minutes, so many times: ${taken.join(', ')}`,
  ];
}

/** What must be reached beside what was, one column for each of the product's own contenders. */
export function verdictTable({ outcomes, own }: Results): string[][] {
  const judged = own.map((name) => judge(outcomes, name));
  const rows = (judged[0] ?? []).map(({ dataset, target }, at) => [
    dataset,
    nameOf(target),
    formatGoal(target.must, target.unit),
    formatGoal(target.aim, target.unit),
    ...judged.flatMap((column) => [formatFigure(column[at]!), column[at]!.verdict]),
  ]);
  return [['data', 'work', 'must reach', 'aim for', ...own.flatMap((name) => [name, ''])], ...rows];
}

const formatGoal = (goal: number | null, unit: string): string =>
  goal === null ? '' : withUnit(String(goal), unit);

const withUnit = (value: string, unit: string): string => (unit === '×' ? `${value} ×` : `${value} ${unit}`);

export function formatFigure({ figure, target }: Judged): string {
  if (!figure) return '';
  const show = (value: number) => value.toFixed(target.unit === 'MiB' ? 0 : value < 0.1 ? 3 : 2);
  const spread = figure.runs > 1 ? ` (${show(figure.least)}-${show(figure.most)})` : '';
  return `${withUnit(show(figure.median), target.unit)}${spread}`;
}

/** CPU time beside wall time: other work on the machine lengthens the second much more than the first. */
export function timesTable(outcomes: readonly Outcome[], unit: 'seconds' | 'cpuSeconds'): string[][] {
  const contenders = [...new Set(outcomes.map(({ contender }) => contender))];
  const cell = (name: string, step: Step) => {
    const values = known(outcomes, name, ({ measured }) => measured[step]?.[unit]);
    if (values.length === 0) return '';
    const digits = unit === 'seconds' ? 3 : 2;
    const spread = `${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)}`;
    return `${median(values).toFixed(digits)}${values.length > 1 ? ` (${spread})` : ''}`;
  };
  const rows = steps.map((step) => [step, ...contenders.map((name) => cell(name, step))]);
  return [['', ...contenders], ...rows.filter((row) => row.some((text, at) => at > 0 && text !== ''))];
}

const factRows: [name: string, show: (outcome: Outcome) => number | undefined, digits: number][] = [
  ['stored, MiB', ({ facts }) => inMib(facts.storedBytes), 1],
  ['stored at the copy, MiB', ({ facts }) => inMib(facts.copyStoredBytes), 1],
  ['database after two backups, MiB a GiB stored', ({ facts }) => inMib(facts.backupDatabaseBytesPerGib), 2],
  ['database log after two backups, MiB a GiB stored', ({ facts }) => inMib(facts.backupLogBytesPerGib), 2],
  ['replication: engine reads for each byte stored', ({ facts }) => facts.replicationReadPerStored, 3],
  ['replication: engine writes for each byte stored', ({ facts }) => facts.replicationWrittenPerStored, 3],
  ...(['first backup', 'first replication', 'restore from the copy'] as const).flatMap((step) =>
    (['engine', 'client'] as const).map((process): (typeof factRows)[number] => [
      `peak memory, ${step}: ${process}, MiB`,
      ({ measured }) => inMib(measured[step]?.peakBytes?.[process]),
      0,
    ]),
  ),
  ...(['first backup', 'first replication', 'restore from the copy'] as const).map(
    (step): (typeof factRows)[number] => [
      `peak memory, ${step}: the tool, MiB`,
      ({ measured }) => inMib(measured[step]?.peakBytes?.restic ?? measured[step]?.peakBytes?.borg),
      0,
    ],
  ),
];

export function factsTable(outcomes: readonly Outcome[], own: readonly string[]): string[][] {
  const names = [...own, 'restic', 'borg'].filter((name) =>
    outcomes.some(({ contender }) => contender === name),
  );
  const rows = factRows.map(([name, read, digits]) => [
    name,
    ...names.map((contender) => {
      const values = known(outcomes, contender, read);
      return values.length > 0 ? median(values).toFixed(digits) : '';
    }),
  ]);
  return [['', ...names], ...rows.filter((row) => row.some((text, at) => at > 0 && text !== ''))];
}

function known(
  outcomes: readonly Outcome[],
  contender: string,
  read: (outcome: Outcome) => number | undefined,
): number[] {
  return outcomes
    .filter((outcome) => outcome.contender === contender)
    .map(read)
    .filter((value) => value !== undefined);
}

const inMib = (bytes: number | undefined): number | undefined =>
  bytes === undefined ? undefined : bytes / 1024 ** 2;
