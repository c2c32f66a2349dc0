import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '@/scripts/setup/build.mjs';
import { makeAccounts } from '../crossvault/accounts';
import { root, startInstallation } from '../crossvault/installation';
import { describeMachine } from '../machine';
import { median } from '../median';
import { renderTable } from '../table';
import { HanaSide } from './hana-side';
import { measureLogBackups } from './log-backups';
import { measurePipes, type Rates } from './pipes';

/** Of `cat` through the same pipes to a synced file. */
const goal = 0.7;

const usage = 'npm run bench:backint -- [--quick] [--runs <n>] [--dir <scratch folder>]';

async function main(isQuick: boolean, runs: number, folder: string | undefined): Promise<void> {
  await ensureBuilt(['bundles']);
  const scratch = await mkdtemp(join(folder ?? tmpdir(), 'crossvault-bench-'));
  const installation = await startInstallation(scratch);
  try {
    const { source } = await makeAccounts(installation, scratch);
    const hana = await HanaSide.register(installation, source, scratch, join(root, 'dist/hdbbackint.js'));
    const volumeBytes = (isQuick ? 24 : 384) * 1024 ** 2;
    const measured: Rates[] = [];
    for (let run = 0; run < runs; run++)
      measured.push(await measurePipes(hana, { pipes: 4, volumeBytes, run }));
    const rate = (name: 'cat' | 'backup' | 'restore') => median(measured.map((one) => one[name]));
    const rows = (['cat', 'backup', 'restore'] as const).map((name) => [
      name === 'cat' ? 'cat to synced files' : `Backint ${name}`,
      (rate(name) / 1024 ** 2).toFixed(0),
      (rate(name) / rate('cat')).toFixed(2),
      name === 'backup' ? String(goal) : '',
    ]);
    const { commit, node, cores, processor } = await describeMachine();
    console.log(`Crossvault ${commit}; Node ${node}; ${cores} × ${processor}; medians of ${runs}`);
    console.log(`four pipes of ${volumeBytes / 1024 ** 2} MiB of random bytes\n`);
    console.log(renderTable([['', 'MiB/s', '× cat', 'must reach'], ...rows]));
    const log = await measureLogBackups(hana, installation.owner, isQuick ? 5 : 50);
    console.log(`\n${log.count} log backups of 1 MiB with a catalog: ${log.seconds.toFixed(2)} s each`);
    console.log(`rows that each leaves: ${log.rows.map(({ table, each }) => `${table} ${each}`).join(', ')}`);
  } finally {
    await installation.stop();
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    dir: { type: 'string' },
  },
});
const runs = Number(values.runs ?? (values.quick ? 1 : 3));
if (!Number.isInteger(runs) || runs < 1) throw new Error(usage);
await main(values.quick, runs, values.dir);
process.exit(0);
