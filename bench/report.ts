import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Step, steps } from './contenders/contender';
import { formatDisks } from './disks/report';
import type { DisksOutcome } from './disks/run';
import type { Machine } from './machine';
import { median } from './median';
import type { Outcome } from './run';
import { renderTable } from './table';
import type { TreeSize } from './tree';

/** What each step has to reach, as a part of restic's time or in seconds. */
const goals: Partial<Record<Step, string>> = {
  'first backup': '0.7 × restic',
  'unchanged backup': '0.7 × restic',
  'first replication': '0.25 × restic (large: 0.3)',
  'changed backup': '1 × restic',
  'replication of the change': '0.4 × restic',
  'nothing to replicate': '0.05 s',
  'restore from the copy': '0.7 × restic',
  'small point visible at the copy': '5 s',
};

export interface Report {
  machine: Machine;
  runs: number;
  datasets: Map<string, TreeSize>;
  outcomes: Outcome[];
  disks: DisksOutcome[];
}

export async function writeReport(folder: string, report: Report): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { at, commit } = report.machine;
  const file = join(folder, `${at.replace(/[:.]/g, '-')}-${commit.split(' ')[0]}.json`);
  await writeFile(
    file,
    `${JSON.stringify({ ...report, datasets: Object.fromEntries(report.datasets) }, null, 2)}\n`,
  );
  return file;
}

export function formatReport({ machine, runs, datasets, outcomes, disks }: Report): string {
  const { node, restic, kernel, processor, cores, memoryGib, commit } = machine;
  const lines = [
    `Crossvault ${commit}; Node ${node}; ${restic}`,
    `Linux ${kernel}, ${cores} × ${processor}, ${memoryGib} GiB; medians of ${runs}; page cache warm; each step ends in sync`,
  ];
  for (const [name, { files, bytes }] of datasets) {
    lines.push('', `${name}: ${files} files, ${mib(bytes)} MiB`, '');
    const own = outcomes.filter((outcome) => outcome.dataset === name);
    lines.push(renderTable(timesTable(own)), '', renderTable(factsTable(own)));
  }
  if (disks.length > 0) lines.push('', formatDisks(disks));
  return lines.join('\n');
}

/** CPU time beside wall time: other work on the machine lengthens the second much more than the first. */
function timesTable(outcomes: Outcome[]): string[][] {
  const contenders = [...new Set(outcomes.map(({ contender }) => contender))];
  const others = contenders.filter((name) => name !== 'Crossvault');
  const rows = steps.map((step) => {
    const time = (name: string, unit: 'seconds' | 'cpuSeconds') =>
      middle(outcomes, name, ({ measured }) => measured[step]?.[unit]);
    const ratio = (name: string, unit: 'seconds' | 'cpuSeconds') => {
      const [own, other] = [time('Crossvault', unit), time(name, unit)];
      return own && other ? (own / other).toFixed(2) : '';
    };
    return [
      step,
      ...contenders.map((name) => time(name, 'seconds')?.toFixed(3) ?? ''),
      ...others.map((name) => ratio(name, 'seconds')),
      goals[step] ?? '',
      ...contenders.map((name) => time(name, 'cpuSeconds')?.toFixed(2) ?? ''),
      ...others.map((name) => ratio(name, 'cpuSeconds')),
    ];
  });
  const ratios = others.map((name) => `× ${name}`);
  const cpu = [...contenders, ...ratios].map((name) => `CPU ${name}`);
  return [['seconds', ...contenders, ...ratios, 'must reach', ...cpu], ...rows];
}

function factsTable(outcomes: Outcome[]): string[][] {
  const fact = (name: string, contender = 'Crossvault') =>
    middle(outcomes, contender, ({ facts }) => facts[name]);
  const peak = (contender: string, process: string, step: Step) => {
    const bytes = middle(outcomes, contender, ({ measured }) => measured[step]?.peakBytes?.[process]);
    return bytes ? `${mib(bytes)} MiB` : '';
  };
  const stored = fact('storedBytes') ?? 0;
  const copied = fact('copyStoredBytes') ?? 0;
  const peer = fact('storedBytes', 'restic');
  const share = (bytes: number, of: number | undefined) =>
    of ? ` (${(bytes / of).toFixed(3)} × restic)` : '';
  const perStored = (name: string) => fact(name)?.toFixed(3) ?? '';
  const perGib = (name: string) => `${mib(fact(name) ?? 0)} MiB a GiB stored`;
  return [
    ['', 'Crossvault', 'restic'],
    ['stored', `${mib(stored)} MiB${share(stored, peer)}`, peer ? `${mib(peer)} MiB` : ''],
    ['stored at the copy', `${mib(copied)} MiB${share(copied, fact('copyStoredBytes', 'restic'))}`, ''],
    ...(['first backup', 'first replication', 'restore from the copy'] as const)
      .flatMap((step) => [
        [`peak memory, ${step}: engine`, peak('Crossvault', 'engine', step), peak('restic', 'restic', step)],
        [`peak memory, ${step}: client`, peak('Crossvault', 'client', step), ''],
      ])
      .filter((row) => row[1] !== ''),
    ['database after two backups', perGib('backupDatabaseBytesPerGib'), ''],
    ['database log after two backups', perGib('backupLogBytesPerGib'), ''],
    ['replication: engine reads for each byte stored', perStored('replicationReadPerStored'), ''],
    ['replication: engine writes for each byte stored', perStored('replicationWrittenPerStored'), ''],
    ['small points: slowest', `${fact('slowestSmallPointSeconds')?.toFixed(3)} s`, ''],
  ];
}

function middle(
  outcomes: Outcome[],
  contender: string,
  read: (outcome: Outcome) => number | undefined,
): number | undefined {
  const values = outcomes.filter((outcome) => outcome.contender === contender).map(read);
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? median(known) : undefined;
}

function mib(bytes: number): string {
  const value = bytes / 1024 ** 2;
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}
