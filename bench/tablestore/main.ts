import 'reflect-metadata';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { integerValue, stringValue } from '@/client/sources/tablestore/model';
import { SdkSource } from '@/client/sources/tablestore/sdk-source';
import type { InstanceAddress } from '@/client/sources/tablestore/sdk-transport';
import { sampleSchemas, writeAll } from '@/client/sources/tablestore/testing/sample-tables';
import { getJob, startBackup } from '@/lib/jobs';
import { startRestore } from '@/lib/restores';
import { registerSource } from '@/lib/sources';
import { seededRandom } from '@/scripts/demo/random';
import { ensureBuilt } from '@/scripts/setup/build.mjs';
import { makeOwner, region } from '../crossvault/accounts';
import { type Installation, root, startInstallation } from '../crossvault/installation';
import { waitFor } from '../crossvault/wait-for';
import { describeMachine } from '../machine';
import { median } from '../median';
import { renderTable } from '../table';
import { openBare, readBare, writeBare } from './bare-sdk';

// `npm run bench:tablestore -- [--quick] [--runs <n>]`: backup and restore of a table against reading and writing its rows
// with the SDK alone, over the same wire to the same double, in the same run.

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, runs: { type: 'string' } },
});
const rowCount = options.quick ? 20_000 : 200_000;
const runs = Number(options.runs ?? (options.quick ? 1 : 3));
const channels = 4;
const mib = 1024 * 1024;

async function startDouble(): Promise<{ address: InstanceAddress; process: ChildProcess }> {
  const program = join(import.meta.dirname, 'double.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, String(16 * mib)], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout! }))
    return { address: JSON.parse(line) as InstanceAddress, process: child };
  throw new Error('The double did not start');
}

const random = seededRandom(1);

/** Rows of about 1 KiB with ten columns, none like another. */
async function fill(source: SdkSource): Promise<number> {
  await source.createTable('rows', sampleSchemas.events!, new AbortController().signal);
  const at = BigInt(Date.now() - 3_600_000);
  for (let from = 0; from < rowCount; from += 2000) {
    const rows = Array.from({ length: Math.min(2000, rowCount - from) }, (_, i) => ({
      key: [{ name: 'id', ...integerValue(BigInt(from + i)) }],
      cells: Array.from({ length: 10 }, (_, column) => ({
        name: `c${column}`,
        ...stringValue(`${from + i}-${column}-${random.next().toString(36)}`.padEnd(90, String(column))),
        timestamp: at,
      })),
    }));
    await writeAll(source, 'rows', rows);
  }
  return rowCount * (10 * 90 + 8);
}

interface Times {
  readBare: number;
  backup: number;
  unchanged: number;
  writeBare: number;
  restore: number;
}

async function measureRun(installation: Installation, address: InstanceAddress, run: number): Promise<Times> {
  const { ctx, vaultId } = await makeOwner(installation, 'standard');
  const { endpoint, instance, accessKeyId, accessKeySecret } = address;
  const config = { kind: 'tablestore' as const, endpoint, instance };
  const { id: sourceId } = await registerSource(ctx, {
    region,
    config,
    secret: { accessKeyId, accessKeySecret },
  });
  const ended = async ({ id }: { id: string }) => {
    const job = await waitFor(async () => {
      const found = await getJob(ctx, { id });
      return found.finishedAt ? found : null;
    });
    if (job.status !== 'complete') throw new Error(`The job is ${job.status}: ${job.error?.message}`);
    return { job, seconds: (Date.parse(job.finishedAt!) - Date.parse(job.startedAt!)) / 1000 };
  };
  const backUp = async () =>
    ended(await startBackup(ctx, { vaultId, sourceId, paths: ['/rows'], excludes: [], retentionDays: 7 }));
  const client = openBare(address);
  const startedReading = performance.now();
  const rows = await readBare(client, 'rows', rowCount, channels);
  const readSeconds = (performance.now() - startedReading) / 1000;
  if (rows.length !== rowCount) throw new Error(`The SDK read ${rows.length} rows`);
  const first = await backUp();
  const unchanged = await backUp();
  const source = await SdkSource.open(address);
  await source.createTable(`bare_${run}`, sampleSchemas.events!, new AbortController().signal);
  const startedWriting = performance.now();
  await writeBare(client, `bare_${run}`, rows, channels);
  const writeSeconds = (performance.now() - startedWriting) / 1000;
  source.close();
  const tables = [{ from: 'rows', to: `restored_${run}` }];
  const destination = {
    kind: 'tablestore' as const,
    sourceId,
    tables,
    batchChannels: channels,
    overwriteExisting: true,
  };
  const selection = { mode: 'all' as const };
  const restored = await ended(
    await startRestore(ctx, { pointId: first.job.pointId!, selection, destination }),
  );
  return {
    readBare: readSeconds,
    backup: first.seconds,
    unchanged: unchanged.seconds,
    writeBare: writeSeconds,
    restore: restored.seconds,
  };
}

function show(all: Times[], bytes: number): string {
  const seconds = (of: (times: Times) => number) => median(all.map(of));
  const line = (what: string, of: (times: Times) => number, against: ((times: Times) => number) | null) => [
    what,
    seconds(of).toFixed(2),
    String(Math.round(rowCount / seconds(of))),
    (bytes / mib / seconds(of)).toFixed(1),
    against ? (seconds(against) / seconds(of)).toFixed(2) : '',
  ];
  return renderTable([
    ['step', 'seconds', 'rows/s', 'MiB/s', 'of the bare SDK'],
    line('read with the SDK alone', (times) => times.readBare, null),
    line(
      'backup',
      (times) => times.backup,
      (times) => times.readBare,
    ),
    line(
      'unchanged backup',
      (times) => times.unchanged,
      (times) => times.readBare,
    ),
    line('written with the SDK alone', (times) => times.writeBare, null),
    line(
      'restore',
      (times) => times.restore,
      (times) => times.writeBare,
    ),
  ]);
}

process.env.CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS = 'true';
await ensureBuilt(['bundles']);
const scratch = await mkdtemp(join(tmpdir(), 'crossvault-bench-'));
const double = await startDouble();
const installation = await startInstallation(scratch);
try {
  const source = await SdkSource.open(double.address);
  const bytes = await fill(source);
  source.close();
  const all: Times[] = [];
  for (let run = 0; run < runs; run++) {
    all.push(await measureRun(installation, double.address, run));
    console.error(`run ${run + 1}: ${JSON.stringify(all.at(-1))}`);
  }
  const { node, cores, processor, commit } = await describeMachine();
  console.log(`Crossvault ${commit}; Node ${node}; ${cores} × ${processor}; medians of ${runs}`);
  console.log(
    `${rowCount} rows, ${(bytes / mib).toFixed(0)} MiB, ${channels} channels, the double in its own process\n`,
  );
  console.log(show(all, bytes));
} finally {
  double.process.stdin!.end();
  await installation.stop();
  await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
}
process.exit(0);
