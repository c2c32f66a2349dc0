import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RestoreWriter } from '../restore-writer';
import type { EntryMeta, FileEntry } from '../tree/entry';
import { ThreadPool } from '../work/pool';

/** `CROSSVAULT_TRAVERSAL=full` swaps for longer. */
const wantedSwaps = process.env.CROSSVAULT_TRAVERSAL === 'full' ? 50_000 : 1_000;
const base = await mkdtemp(join(tmpdir(), 'crossvault-swap-'));
const threads = new ThreadPool({ threads: 2 });
afterAll(() => Promise.all([rm(base, { recursive: true, force: true }), threads.close()]));

const meta = (name: string): EntryMeta => ({
  name: Buffer.from(name),
  mode: 0o644,
  uid: process.getuid!(),
  gid: process.getgid!(),
  mtimeNs: 10n ** 18n,
});
const text = 'from the backup';
const file = (name: string, group?: bigint): FileEntry => ({
  ...meta(name),
  type: 'file',
  sizeBytes: text.length,
  content: { kind: 'inline', chunks: [] },
  ...(group !== undefined && { hardLinkGroup: group }),
});
async function* bytes() {
  yield Buffer.from(text);
}

const path = ['a', 'b', 'c'].map((name) => Buffer.from(name));
let swapper: ChildProcess | null = null;
afterEach(() => swapper?.kill('SIGKILL'));

function startSwapper(root: string, outside: string): { swaps(): number } {
  let swaps = 0;
  const folders = path.map((_, i) => join(root, ...path.slice(0, i + 1).map(String)));
  swapper = spawn(process.execPath, [join(import.meta.dirname, 'swapper.mjs'), outside, ...folders]);
  swapper.stdout!.on('data', (lines) => {
    swaps = Number(String(lines).trim().split('\n').at(-1));
  });
  return { swaps: () => swaps };
}

function makeArena(name: string) {
  const [root, outside] = [join(base, name, 'root'), join(base, name, 'outside')];
  for (const folder of [join(root, ...path.map(String)), join(outside, 'b', 'c'), join(outside, 'c')])
    mkdirSync(folder, { recursive: true });
  return { root, outside };
}
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());

/** Restores into three folders in each other until they were swapped often enough. */
async function race(restore: (round: number) => Promise<void>, swaps: () => number, until: () => boolean) {
  let failed = 0;
  let round = 0;
  while ((swaps() < wantedSwaps || round - failed <= 20) && !until()) {
    for (let i = 0; i < 20; i++)
      await restore(round++).catch(() => {
        failed++;
      });
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { rounds: round, failed };
}

/** A thread takes as long to start as all the swaps. */
beforeAll(() => Promise.all([1, 2].map(() => threads.run({ op: 'hash', parts: [] }))));

describe(`${wantedSwaps} swaps of folders for links under a live restore`, () => {
  it.each([
    ['on one thread', undefined],
    ['by other threads', threads],
  ])(
    'let nothing out %s: no file, no link, no folder, no other name of a file',
    async (how, pool) => {
      const { root, outside } = makeArena(`guarded ${how}`);
      const { swaps } = startSwapper(root, outside);
      const restore = async (round: number) => {
        const writer = new RestoreWriter({ root: Buffer.from(root), conflict: 'overwrite', pool });
        try {
          await writer.dir(path.slice(0, 2), meta('c'));
          await writer.file(path, file(`f${round % 50}`, 1n), bytes);
          await writer.file(path.slice(0, 2), file(`g${round % 50}`, 1n), bytes);
          writer.symlink(path, { ...meta(`l${round % 50}`), type: 'symlink', target: Buffer.from('f0') });
          await writer.special(path, { ...meta(`p${round % 50}`), type: 'fifo' }).catch(() => {});
          await writer.finish();
        } finally {
          writer.close();
        }
      };
      const { rounds, failed } = await race(restore, swaps, () => false);
      expect(filesIn(outside)).toEqual([]);
      expect(readdirSync(outside, { recursive: true }).sort()).toEqual(['b', 'b/c', 'c']);
      expect(rounds - failed).toBeGreaterThan(20);
    },
    600_000,
  );

  it('let files out of a writer that goes by paths: the test would notice', async () => {
    const { root, outside } = makeArena('by-paths');
    const { swaps } = startSwapper(root, outside);
    const restore = async (round: number) => {
      const folder = join(root, ...path.map(String));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `f${round % 50}`), text);
    };
    const hasEscaped = () => filesIn(outside).length > 0;
    await race(restore, swaps, hasEscaped);
    expect(hasEscaped()).toBe(true);
  }, 600_000);
});
