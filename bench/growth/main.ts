import 'reflect-metadata';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../crossvault/installation';
import { describeMachine } from '../machine';
import { renderTable } from '../table';
import { breaches, range } from './law';
import { type Cost, measureGrowth, type Shape } from './measure';
import { openPlace } from './world';

const mib = 1024 * 1024;

/** Vaults of 1, 4 and 16 times a size, of three numbers of chunks and of three numbers of points. */
function shapes(isQuick: boolean): Shape[] {
  const [sizeMib, chunks, points] = isQuick
    ? [4, [1000, 4000, 16_000], [1, 10, 40]]
    : [64, [10_000, 100_000, 1_000_000], [1, 100, 1000]];
  const bySize = [1, 4, 16].map((times) => {
    const chunkBytes = 64 * 1024;
    const name = `${times} × ${sizeMib} MiB`;
    return { name, chunks: (times * sizeMib * mib) / chunkBytes, chunkBytes, points: 1 };
  });
  const byChunks = chunks.map((count) => ({
    name: `${count} chunks`,
    chunks: count,
    chunkBytes: 64,
    points: 1,
  }));
  const byPoints = points.map((count) => ({
    name: `${count} points`,
    chunks: 100,
    chunkBytes: 1024,
    points: count,
  }));
  return [...bySize, ...byChunks, ...byPoints];
}

function row({ shape, ...cost }: Cost): string[] {
  const { newBytes, readBytes, writtenBytes, names, queries, lists, seconds, cpuSeconds, idle } = cost;
  return [
    shape.name,
    (readBytes / newBytes).toFixed(4),
    (writtenBytes / newBytes).toFixed(4),
    ...[names, queries, lists].map(String),
    seconds.toFixed(2),
    cpuSeconds.toFixed(2),
    String(idle.queries),
    (idle.seconds * 1000).toFixed(0),
  ];
}

const head = [
  'vault',
  'read',
  'written',
  'names',
  'statements',
  'lists',
  's',
  'CPU s',
  'idle st.',
  'idle ms',
];

async function main(isQuick: boolean, folder: string | undefined): Promise<string[]> {
  const scratch = await mkdtemp(join(folder ?? tmpdir(), 'crossvault-growth-'));
  const place = await openPlace(scratch);
  const newBytes = (isQuick ? 8 : 64) * mib;
  const costs: Cost[] = [];
  try {
    // The first copy of a process pays for its threads and for code that nobody has run yet.
    await measureGrowth(place, { name: 'warm', chunks: 100, chunkBytes: 1024, points: 1 }, newBytes);
    for (const shape of shapes(isQuick)) {
      costs.push(await measureGrowth(place, shape, newBytes));
      console.error(`${(performance.now() / 1000).toFixed(1).padStart(7)} s  ${shape.name}`);
    }
  } finally {
    await place.stop();
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
  const machine = await describeMachine();
  const broken = breaches(costs);
  const cpu = range(costs.map(({ cpuSeconds }) => cpuSeconds));
  console.log(`Crossvault ${machine.commit}; Node ${machine.node}; ${machine.cores} × ${machine.processor}`);
  console.log(`${newBytes / mib} MiB of new data; bytes for each byte of new packs; then with nothing new\n`);
  console.log(renderTable([head, ...costs.map(row)]));
  console.log(`\nCPU time: ${(cpu[1] / cpu[0]).toFixed(2)} × apart`);
  const results = join(root, 'bench/results');
  await mkdir(results, { recursive: true });
  const file = join(results, `growth-${machine.at.replace(/[:.]/g, '-')}.json`);
  await writeFile(file, `${JSON.stringify({ machine, newBytes, costs, broken }, null, 2)}\n`);
  console.log(`Written to ${file}`);
  return broken;
}

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, dir: { type: 'string' } },
});
const broken = await main(values.quick, values.dir);
for (const sentence of broken) console.log(`The law is broken: ${sentence}`);
process.exit(broken.length > 0 ? 1 : 0);
