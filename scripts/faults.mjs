// `npm run faults -- [--faults 10000] [--seed N]`: injects that many faults and compares what was acknowledged after each.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './setup/command.mjs';

const { values } = parseArgs({ options: { faults: { type: 'string' }, seed: { type: 'string' } } });
const folder = mkdtempSync(join(tmpdir(), 'crossvault-faults-'));
const seed = values.seed ?? String(Date.now() % 1_000_000_000);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'faults'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      CROSSVAULT_FAULTS: values.faults ?? '10000',
      CROSSVAULT_FAULTS_SEED: seed,
      CROSSVAULT_FAULTS_REPORT: folder,
    },
  },
);
const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], {
  cwd: root,
  encoding: 'utf8',
}).stdout.trim();
const tallies = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
rmSync(folder, { recursive: true });
const columns = ['kind', 'faults', 'acknowledged', 'lost', 'corrupt', 'hung', 'slowestRecoveryMs'];
const sum = (name) => tallies.reduce((total, tally) => total + tally[name], 0);
const all = { kind: 'all', ...Object.fromEntries(columns.slice(1, 6).map((name) => [name, sum(name)])) };
all.slowestRecoveryMs = Math.max(0, ...tallies.map((tally) => tally.slowestRecoveryMs));
console.log(`seed ${seed}, commit ${commit || 'none'}, Node ${process.versions.node}`);
console.table([...tallies.sort((a, b) => b.faults - a.faults), all], columns);
process.exit(tallies.length === 0 ? 1 : (status ?? 1));
