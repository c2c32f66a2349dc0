import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isHeld, listHeld, ProcessMark } from './process-mark';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mark-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a process mark', () => {
  test('is held by one process at a time and free once released', async () => {
    const path = join(folder, 'one', 'mark');
    const mark = await ProcessMark.take(path);
    expect(mark).not.toBeNull();
    expect(await ProcessMark.take(path)).toBeNull();
    expect(await listHeld(join(folder, 'one'))).toEqual(['mark']);
    await mark!.release();
    expect(await isHeld(path)).toBe(false);
    expect(await ProcessMark.take(path)).not.toBeNull();
  });

  test('of a process that died counts for nothing', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const path = join(folder, 'dead');
    await writeFile(path, `${child.pid} 1`);
    expect(await isHeld(path)).toBe(false);
    expect(await ProcessMark.take(path)).not.toBeNull();
  });

  test('of a process whose id is used again counts for nothing', async () => {
    const path = join(folder, 'reused');
    await writeFile(path, `${process.pid} 1`);
    expect(await ProcessMark.take(path)).not.toBeNull();
  });
});
