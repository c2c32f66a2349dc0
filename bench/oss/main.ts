import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startRadosgw } from '@/lib/testing/radosgw/start-radosgw';
import { ensureBuilt } from '@/scripts/setup/build.mjs';
import { startInstallation } from '../crossvault/installation';
import { describeMachine } from '../machine';
import { median } from '../median';
import { renderTable } from '../table';
import { objectSets } from './objects';
import { type OssOutcome, ossSteps, runOss } from './run';

// `npm run bench:oss -- [--quick] [--runs <n>]`: buckets through a whole installation against rclone, on one radosgw.
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, runs: { type: 'string' } },
});
const runs = Number(values.runs ?? (values.quick ? 1 : 3));
/** Of rclone's throughput, for backup and restore. */
const goal = 0.8;
const log = (line: string) =>
  console.error(`${(performance.now() / 1000).toFixed(1).padStart(7)} s  ${line}`);

await ensureBuilt(['bundles']);
const scratch = await mkdtemp(join(tmpdir(), 'crossvault-bench-oss-'));
process.env.CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS = '1';
const s3 = await startRadosgw();
const installation = await startInstallation(scratch);
try {
  const outcomes: OssOutcome[] = [];
  for (const set of objectSets(values.quick))
    for (let run = 0; run < runs; run++)
      outcomes.push(await runOss({ installation, s3, scratch, log }, set, run));
  console.log(`\n${await format(outcomes)}`);
} finally {
  await installation.stop();
  await s3.stop();
  await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
}
process.exit(0);

async function format(outcomes: OssOutcome[]): Promise<string> {
  const { commit, node, cores, processor } = await describeMachine();
  const lines = [`Crossvault ${commit}; Node ${node}; ${cores} × ${processor}; medians of ${runs}`, ''];
  const rows = objectSets(values.quick).flatMap((set) => {
    const own = outcomes.filter((outcome) => outcome.set.name === set.name);
    const mib = (set.count * set.sizeBytes) / 1024 ** 2;
    return ossSteps.map((step) => {
      const [ours, theirs] = (['crossvault', 'rclone'] as const).map((who) =>
        median(own.map((outcome) => outcome[who][step].seconds)),
      );
      const [cpu, theirCpu] = (['crossvault', 'rclone'] as const).map((who) =>
        median(own.map((outcome) => outcome[who][step].cpuSeconds)),
      );
      const isUnchanged = step === 'unchanged backup';
      const ratios = own.map(({ crossvault, rclone }) => rclone[step].seconds / crossvault[step].seconds);
      return [
        `${set.name} (${set.count}, ${mib.toFixed(0)} MiB): ${step}`,
        ours!.toFixed(2),
        theirs!.toFixed(2),
        isUnchanged ? '' : (mib / ours!).toFixed(1),
        isUnchanged ? '' : (mib / theirs!).toFixed(1),
        spread(ratios),
        isUnchanged ? '' : String(goal),
        isUnchanged ? '' : median(ratios) >= goal ? 'reached' : 'missed',
        cpu!.toFixed(2),
        theirCpu!.toFixed(2),
      ];
    });
  });
  const head = [
    '',
    'Crossvault s',
    'rclone s',
    'MiB/s',
    'rclone MiB/s',
    '× rclone throughput',
    'must reach',
    '',
    'CPU s',
    'rclone CPU s',
  ];
  return [...lines, renderTable([head, ...rows])].join('\n');
}

/** Each of two times of the same run: their median, with the least and the most. */
function spread(ratios: number[]): string {
  const middle = median(ratios).toFixed(2);
  if (ratios.length === 1) return middle;
  return `${middle} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`;
}
