import type { MillionSizes } from '../data/million-files';
import type { Measurement } from '../measure';
import { median } from '../median';
import type { Extra } from '../results';
import { mebibytes } from '../units';
import type { MillionMeasured } from './run';

const goals = { unchanged: 1, seconds: 1, client: 300, engine: 400 };

const opened: [what: string, row: string][] = [
  ['root', 'root of the point opened, seconds'],
  ['leaf', 'a folder of some hundred opened, seconds'],
  ['deep', 'a folder 32 levels down opened, seconds'],
  ['wide', 'the widest folder opened, seconds'],
  ['slowestPage', 'the widest folder read to its end, slowest page, seconds'],
];

export function tabulate(
  { files, wideFiles }: MillionSizes,
  { own, peer, opened: seconds }: MillionMeasured,
): Extra {
  const ratio = (read: (one: Measurement) => number | undefined) => {
    const ratios = own.unchanged.map((one, run) => {
      const other = peer?.unchanged[run];
      return other && read(one)! / read(other)!;
    });
    return ratios.some((one) => one === undefined) ? '' : median(ratios as number[]).toFixed(2);
  };
  const middle = (
    taken: readonly Measurement[] | undefined,
    read: (one: Measurement) => number | undefined,
  ) => (taken ? median(taken.map((one) => read(one) ?? 0)).toFixed(1) : '');
  const row = (name: string, read: (one: Measurement) => number | undefined, goal: string) => [
    name,
    middle(own.unchanged, read),
    middle(peer?.unchanged, read),
    ratio(read),
    goal,
  ];
  const first = (read: (one: Measurement) => number | undefined) =>
    peer ? (read(own.first)! / read(peer.first)!).toFixed(2) : '';
  const peak = (process: string) =>
    Math.max(...[own.first, ...own.unchanged].map(({ peakBytes }) => peakBytes?.[process] ?? 0));
  const peerPeak = peer
    ? mebibytes(Math.max(...[peer.first, ...peer.unchanged].map(({ peakBytes }) => peakBytes?.restic ?? 0)))
    : '';
  const [wall, cpu] = [(one: Measurement) => one.seconds, (one: Measurement) => one.cpuSeconds];
  return {
    part: 'million',
    title: `${files} files of 64 to 512 bytes, ${wideFiles} of them in one folder`,
    head: ['', 'Crossvault', 'restic', '× restic', 'at most'],
    rows: [
      [
        'first backup, seconds',
        own.first.seconds.toFixed(1),
        peer?.first.seconds.toFixed(1) ?? '',
        first(wall),
        '',
      ],
      row('unchanged backup, seconds', wall, `${goals.unchanged} × restic`),
      row('unchanged backup, CPU seconds', cpu, ''),
      ['peak of the client, MiB', mebibytes(peak('client')), peerPeak, '', String(goals.client)],
      ['peak of the engine, MiB', mebibytes(peak('engine')), '', '', String(goals.engine)],
      ...opened.map(([what, name]) => [name, seconds[what]!.toFixed(3), '', '', String(goals.seconds)]),
    ],
  };
}
