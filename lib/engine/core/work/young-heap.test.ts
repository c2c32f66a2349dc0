import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** Makes objects that live for a while, before and after threads have started, and says how large the young heap became. */
const script = (isSmall: boolean) => `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { ThreadPool } from '${new URL('./pool.ts', import.meta.url)}';
  import { keepYoungHeapSmall } from '${new URL('./young-heap.ts', import.meta.url)}';
  if (${isSmall}) keepYoungHeapSmall();
  const pool = new ThreadPool({ threads: 2 });
  const jobs = [1, 2].map(() => pool.run({ op: 'hash', parts: [new Uint8Array(1000)] }));
  await Promise.all(jobs);
  let kept = [];
  for (let i = 0; i < 1_000_000; i++) {
    kept.push({ i, of: [i] });
    if (kept.length > 40_000) kept = kept.slice(20_000);
  }
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  console.log(young.space_size / 1024 / 1024);
  await pool.close();`;

async function youngMib(isSmall: boolean): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'crossvault-young-'));
  try {
    const program = join(folder, 'program.mjs');
    await writeFile(program, script(isSmall));
    return Number((await run(process.execPath, ['--import', 'tsx', program])).stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

it('keeps the young heap small beside threads, for each of which V8 forgets it', async () => {
  expect(await youngMib(true)).toBeLessThanOrEqual(8);
  expect(await youngMib(false)).toBeGreaterThanOrEqual(16);
});
