import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '@/scripts/setup/build.mjs';
import { plainCopy } from './contenders/plain-copy';
import { findRestic, restic } from './contenders/restic';
import { crossvault } from './crossvault/contender';
import { root, startInstallation } from './crossvault/installation';
import { describeMachine } from './machine';
import { type Options, readOptions } from './options';
import { formatReport, type Report, writeReport } from './report';
import { runOnce } from './run';

const log = (line: string) =>
  console.error(`${(performance.now() / 1000).toFixed(1).padStart(7)} s  ${line}`);

async function main(options: Options): Promise<void> {
  await ensureBuilt(['bundles']);
  const scratch = await mkdtemp(join(options.folder ?? tmpdir(), 'crossvault-bench-'));
  const installation = await startInstallation(scratch).catch(async (error) => {
    await rm(scratch, { recursive: true, force: true });
    throw error;
  });
  try {
    const own = crossvault(installation);
    const contenders = [own, plainCopy(own.vaultFolder), ...((await findRestic()) ? [restic] : [])];
    const report: Report = {
      machine: await describeMachine(),
      runs: options.runs,
      datasets: new Map(),
      outcomes: [],
    };
    for (const dataset of options.datasets) {
      for (let run = 0; run < options.runs; run++) {
        const { source, outcomes } = await runOnce(dataset, contenders, scratch, run, log);
        report.datasets.set(dataset.name, source);
        report.outcomes.push(...outcomes);
      }
    }
    console.log(`\n${formatReport(report)}`);
    console.log(`\nWritten to ${await writeReport(join(root, 'bench/results'), report)}`);
  } finally {
    await installation.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

await main(readOptions(process.argv.slice(2)));
process.exit(0);
