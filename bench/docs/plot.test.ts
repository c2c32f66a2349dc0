import { expect, it } from 'vitest';
import type { Results } from '../results';
import type { Outcome } from '../run';
import { drawPlot } from './plot';
import { replaceResults } from './write-docs';

const outcome = (contender: string, seconds: number): Outcome => ({
  dataset: 'large',
  contender,
  run: 0,
  measured: { 'first backup': { seconds } },
  facts: {},
  failure: null,
});

const results = (seconds: number): Results => ({
  machine: {
    at: '2026-01-01T00:00:00.000Z',
    node: 'v20',
    kernel: '6',
    processor: 'A <processor> & more',
    cores: 2,
    memoryGib: 8,
    commit: 'abc',
    restic: 'restic 1',
  },
  versions: {},
  notRun: [],
  own: ['Crossvault on Node 20'],
  datasets: { large: { files: 1, bytes: 1024 ** 3 } },
  outcomes: [outcome('Crossvault on Node 20', seconds), outcome('restic', 10)],
  disks: [],
  tookSeconds: {},
  extras: [],
});

/** Where the figure of the only row stands. */
const dotOf = (svg: string) => Number(/class="dot (?:reached|missed)" cx="([\d.]+)"/.exec(svg)![1]);
const goalOf = (svg: string) => Number(/class="goal" x1="([\d.]+)"/.exec(svg)![1]);

it('draws a figure on the side of the line that it is on', () => {
  const [good, even, bad] = [drawPlot(results(3)), drawPlot(results(7)), drawPlot(results(9))];
  expect(dotOf(good)).toBeLessThan(goalOf(good));
  expect(dotOf(even)).toBeCloseTo(goalOf(even), 1);
  expect(dotOf(bad)).toBeGreaterThan(goalOf(bad));
  expect(good).not.toContain('>missed<');
  expect(bad).toContain('>missed<');
});

it('keeps what a machine says of itself from being read as markup', () => {
  expect(drawPlot(results(3))).toContain('A &lt;processor&gt; &amp; more');
});

it('replaces what stands between the marks of the page and nothing else', () => {
  const page = 'before\n<!-- results: written by the benchmark -->\nold\n<!-- end of results -->\nafter\n';
  const once = replaceResults(page, 'new');
  expect(once).toBe(
    'before\n<!-- results: written by the benchmark -->\n\nnew\n\n<!-- end of results -->\nafter\n',
  );
  expect(replaceResults(once, 'new')).toBe(once);
  expect(() => replaceResults('no marks', 'new')).toThrow('lacks the line');
});
