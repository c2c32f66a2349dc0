import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { PackArena } from '../pack/pack-arena';
import { noise } from '../test-bytes';
import { runJob, type SealJob } from './jobs';
import { ThreadPool } from './pool';

const folder = await mkdtemp(join(tmpdir(), 'crossvault-pool-'));
const pools: ThreadPool[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  await rm(folder, { recursive: true });
});
function makePool(...args: ConstructorParameters<typeof ThreadPool>): ThreadPool {
  const pool = new ThreadPool(...args);
  pools.push(pool);
  return pool;
}
const hash = (length: number) => ({ op: 'hash' as const, parts: [Buffer.from(noise(length))] });

it('does jobs on threads from source, with the answers of this thread', async () => {
  const pool = makePool({ threads: 2 });
  const lengths = Array.from({ length: 40 }, (_, i) => i * 1000);
  const answers = await Promise.all(lengths.map((length) => pool.run(hash(length))));
  expect(answers.map((a) => a.sha256)).toEqual(lengths.map((length) => runJob(hash(length)).sha256));
});

it('does jobs in a bundled worker', async () => {
  const outfile = join(folder, 'core-worker.mjs');
  await build({
    entryPoints: [new URL('./worker.ts', import.meta.url).pathname],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    alias: { '@': process.cwd() },
    logLevel: 'error',
  });
  const pool = makePool({ threads: 1, workerUrl: pathToFileURL(outfile) });
  expect((await pool.run(hash(100))).sha256).toBe(runJob(hash(100)).sha256);
});

it("brings a job's error back with its code", async () => {
  const pool = makePool({ threads: 1 });
  const to = { key: randomBytes(32), number: 0, aad: Buffer.alloc(0) };
  const job: SealJob = {
    op: 'seal',
    type: 'data',
    buffer: Buffer.alloc(10),
    plainLength: 10,
    chunks: { lengths: [10], names: Buffer.alloc(16) },
    namingKey: noise(32),
    to,
    into: new PackArena(1024).target,
  };
  await expect(pool.run(job)).rejects.toMatchObject({ code: 'corrupt_data' });
  await expect(pool.run(hash(5))).resolves.toBeDefined();
});

it('rejects the jobs of a thread that dies, and starts another for the next', async () => {
  const mortal = join(folder, 'mortal.mjs');
  await writeFile(
    mortal,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', ({ id, job }) => {
       if (job.parts[0].length === 13) process.exit(1);
       parentPort.postMessage({ id, answer: { sha256: 'alive', parts: [] } });
     });`,
  );
  const pool = makePool({ threads: 1, workerUrl: pathToFileURL(mortal) });
  await expect(pool.run(hash(13))).rejects.toMatchObject({ code: 'internal' });
  expect((await pool.run(hash(5))).sha256).toBe('alive');
});

it('rejects what is left when it is closed', async () => {
  const pool = makePool({ threads: 1 });
  const jobs = Array.from({ length: 10 }, () => pool.run(hash(1_000_000)));
  const settled = Promise.allSettled(jobs);
  await pool.close();
  expect((await settled).every(({ status }) => status === 'rejected')).toBe(true);
  await expect(pool.run(hash(1))).rejects.toMatchObject({ code: 'unavailable' });
});
