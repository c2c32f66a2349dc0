import { median } from '../median';
import { renderTable } from '../table';
import { type DiskStep, diskSteps } from './contender';
import { changeShapes } from './images';
import type { DisksOutcome } from './run';

/** How much more the larger of two disks may cost when both change by the same. */
const followGoal = 1.25;

export function formatDisks(outcomes: readonly DisksOutcome[]): string {
  const [first] = outcomes;
  if (!first) return '';
  const head = `disk: ${mib(first.sizeBytes)} MiB, of which ${mib(first.dataBytes)} MiB are no holes; a server runs from it while it changes`;
  const tables = [timesTable(outcomes), ...(first.follow.length > 0 ? [followTable(outcomes)] : [])];
  return [head, ...tables.map(renderTable)].join('\n\n');
}

function timesTable(outcomes: readonly DisksOutcome[]): string[][] {
  const names = outcomes[0]!.steps.map(({ contender }) => contender);
  const others = names.slice(1);
  const time = (name: string, step: DiskStep, unit: 'seconds' | 'cpuSeconds') =>
    middle(
      outcomes.map(({ steps }) => steps.find(({ contender }) => contender === name)?.measured[step]?.[unit]),
    );
  const rows = diskSteps.map((step) => {
    const ratio = (name: string, unit: 'seconds' | 'cpuSeconds') => {
      const [own, other] = [time('Crossvault', step, unit), time(name, step, unit)];
      return own && other ? (own / other).toFixed(2) : '';
    };
    return [
      step,
      ...names.map((name) => time(name, step, 'seconds')?.toFixed(3) ?? ''),
      ...others.map((name) => ratio(name, 'seconds')),
      ...names.map((name) => time(name, step, 'cpuSeconds')?.toFixed(2) ?? ''),
      ...others.map((name) => ratio(name, 'cpuSeconds')),
    ];
  });
  const ratios = others.map((name) => `× ${name}`);
  const cpu = [...names, ...ratios].map((name) => `CPU ${name}`);
  const stored = names.map((_, at) => mib(median(outcomes.map(({ steps }) => steps[at]!.storedBytes))));
  const empty = Array.from({ length: ratios.length + cpu.length }, () => '');
  return [['seconds', ...names, ...ratios, ...cpu], ...rows, ['stored, MiB', ...stored, ...empty]];
}

/** The same blocks change on both disks: what a backup of them costs must not grow with the disk. */
function followTable(outcomes: readonly DisksOutcome[]): string[][] {
  const { follow } = outcomes[0]!;
  const sizes = follow[0]!.backups.map(({ sizeBytes }) => `${mib(sizeBytes)} MiB disk`);
  const rows = changeShapes.flatMap((shape) => {
    const found = outcomes.map((outcome) => outcome.follow.find((one) => one.shape === shape)!);
    const changed = `${mib(found[0]!.changedBytes)} MiB changed, ${shape}`;
    return (['readBytes', 'sentBytes', 'seconds'] as const).map((what) => {
      const values = sizes.map((_, at) => median(found.map(({ backups }) => backups[at]![what])));
      const [small, large] = values;
      const shown = values.map((value) => (what === 'seconds' ? value.toFixed(3) : mib(value)));
      return [`${changed}: ${words[what]}`, ...shown, (large! / small!).toFixed(2), String(followGoal)];
    });
  });
  return [['incremental backup', ...sizes, 'large : small', 'must not exceed'], ...rows];
}

const words = { readBytes: 'read by the mover, MiB', sentBytes: 'sent, MiB', seconds: 'seconds' };

function middle(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? median(known) : undefined;
}

function mib(bytes: number): string {
  const value = bytes / 1024 ** 2;
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}
