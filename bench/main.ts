import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '@/scripts/setup/build.mjs';
import { root } from './crossvault/installation';
import { writeDocs } from './docs/write-docs';
import { Harness } from './harness';
import { readOptions } from './options';
import { formatReport } from './report';
import { type Results, readResults, writeResults } from './results';

const log = (line: string) =>
  console.error(`${(performance.now() / 1000).toFixed(1).padStart(7)} s  ${line}`);

const folder = join(root, 'bench/results');
const options = readOptions(process.argv.slice(2));
const results = options.from ? await readResults(options.from) : await measure();
console.log(`\n${formatReport(results)}`);
if (!options.from) console.log(`\nWritten to ${await writeResults(folder, results)}`);
if (options.writesDocs) console.log(`Written to ${(await writeDocs(root, results)).join(', ')}`);
const isWhole = results.outcomes.every(
  ({ contender, failure }) => failure === null || !results.own.includes(contender),
);
process.exit(isWhole && !results.notRun.some(({ isOwnFault }) => isOwnFault) ? 0 : 1);

async function measure(): Promise<Results> {
  await ensureBuilt(options.parts.includes('web') ? undefined : ['bundles']);
  const scratch = await mkdtemp(join(options.folder ?? tmpdir(), 'cvbench-'));
  const harness = new Harness(options, scratch, log, (results) => writeResults(folder, results));
  const cleanUp = async () => {
    await harness.stop();
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
  try {
    return await harness.run();
  } finally {
    await cleanUp();
  }
}
