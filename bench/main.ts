import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '@/scripts/setup/build.mjs';
import { plainCopy } from './contenders/plain-copy';
import { findRestic, restic } from './contenders/restic';
import { crossvault } from './crossvault/contender';
import { type Installation, root, startInstallation } from './crossvault/installation';
import { runDisks } from './disks/run';
import { describeMachine } from './machine';
import { type Options, readOptions } from './options';
import { formatReport, type Report, writeReport } from './report';
import { runOnce } from './run';

const log = (line: string) =>
  console.error(`${(performance.now() / 1000).toFixed(1).padStart(7)} s  ${line}`);

async function main(options: Options): Promise<void> {
  await ensureBuilt(['bundles']);
  const scratch = await mkdtemp(join(options.folder ?? tmpdir(), 'crossvault-bench-'));
  const starting = startInstallation(scratch);
  const cleanUp = async () => {
    await starting.then((installation) => installation.stop()).catch(() => {});
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
  try {
    const report = await measure(options, await starting, scratch);
    console.log(`\n${formatReport(report)}`);
    console.log(`\nWritten to ${await writeReport(join(root, 'bench/results'), report)}`);
  } finally {
    await cleanUp();
  }
}

async function measure(options: Options, installation: Installation, scratch: string): Promise<Report> {
  const own = crossvault(installation);
  const contenders = [own, plainCopy(own.vaultFolder), ...((await findRestic()) ? [restic] : [])];
  const { runs } = options;
  const report: Report = {
    machine: await describeMachine(),
    runs,
    datasets: new Map(),
    outcomes: [],
    disks: [],
  };
  for (const dataset of options.datasets) {
    for (let run = 0; run < runs; run++) {
      const { source, outcomes } = await runOnce(dataset, contenders, scratch, run, log);
      report.datasets.set(dataset.name, source);
      report.outcomes.push(...outcomes);
    }
  }
  for (let run = 0; options.disks && run < runs; run++)
    report.disks.push(await runDisks({ installation, scratch, log }, options.disks, run));
  return report;
}

await main(readOptions(process.argv.slice(2)));
process.exit(0);
