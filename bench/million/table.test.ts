import { expect, it } from 'vitest';
import { tabulate } from './table';

const mib = 1024 ** 2;
const sizes = { files: 10, wideFiles: 3 };
const taken = (seconds: number, peaks: Record<string, number> = {}) => ({
  seconds,
  cpuSeconds: seconds / 2,
  peakBytes: Object.fromEntries(Object.entries(peaks).map(([name, value]) => [name, value * mib])),
});
const opened = { root: 0.1, leaf: 0.2, deep: 0.3, wide: 0.4, slowestPage: 0.5 };

it('divides each unchanged backup by the one of the same run, and shows the highest peak of all', () => {
  const own = {
    first: taken(40, { client: 200, engine: 310 }),
    unchanged: [taken(9, { client: 210 }), taken(4, { client: 190 }), taken(8, { client: 100 })],
  };
  const peer = {
    first: taken(20, { restic: 500 }),
    unchanged: [taken(10, { restic: 90 }), taken(8), taken(4)],
  };
  const { rows } = tabulate(sizes, { own, peer, opened });
  const rowOf = (name: string) => rows.find(([first]) => first === name);
  expect(rowOf('first backup, seconds')).toEqual(['first backup, seconds', '40.0', '20.0', '2.00', '']);
  expect(rowOf('unchanged backup, seconds')?.slice(1)).toEqual(['8.0', '8.0', '0.90', '1 × restic']);
  expect(rowOf('peak of the client, MiB')?.slice(1)).toEqual(['210', '500', '', '300']);
  expect(rowOf('peak of the engine, MiB')?.[1]).toBe('310');
  expect(rowOf('a folder 32 levels down opened, seconds')?.slice(1)).toEqual(['0.300', '', '', '1']);
});

it('leaves the other columns empty where restic is not installed', () => {
  const { rows } = tabulate(sizes, {
    own: { first: taken(40), unchanged: [taken(9)] },
    peer: null,
    opened,
  });
  expect(rows[1]).toEqual(['unchanged backup, seconds', '9.0', '', '', '1 × restic']);
});
