import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { appendFile, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Chunker } from '@/lib/engine/core/chunker/chunker';
import { nameToHex } from '@/lib/engine/core/names';
import { type HeldFile, ReadAhead, type ReadAheadOptions } from './read-ahead';
import { type FileSink, readFileChunks } from './read-file';

const folder = await mkdtemp(join(tmpdir(), 'crossvault-ahead-'));
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => Buffer.from(join(folder, name));
const { dev } = lstatSync(folder, { bigint: true });
const namingKey = randomBytes(32);

async function read(name: string, ahead?: ReadAhead) {
  const parts = new Map<string, Buffer>();
  const sink: FileSink = {
    chunker: new Chunker(namingKey),
    namingKey,
    onChunk: async ({ name, bytes }) => void parts.set(nameToHex(name), Buffer.from(bytes)),
    onRead: () => {},
    onHole: () => {},
    ...(ahead && { ahead }),
  };
  const { chunks, hasChanged, sizeBytes, stamp } = await readFileChunks(at(name), dev, sink);
  const bytes = Buffer.concat(chunks.map(({ name }) => parts.get(nameToHex(name))!));
  return { chunks, hasChanged, sizeBytes, stamp, bytes };
}

const options: ReadAheadOptions = { filesAtATime: 4, maxHeldBytes: 2 ** 20 };
const plannedOf = (names: readonly string[], sizeBytes: number) =>
  names.map((name) => ({ path: at(name), sizeBytes }));

describe('files that are read ahead', () => {
  test('are the same chunks as files that are read in their turn, small and striped ones', async () => {
    const sizes = [0, 1, 5_000, 1024 * 1024, 1024 * 1024 + 1, 9 * 1024 * 1024 + 77, 16 * 1024 * 1024];
    for (const size of sizes) {
      const bytes = randomBytes(size);
      await writeFile(at('same'), bytes);
      const ahead = new ReadAhead(options);
      if (size <= 1024 * 1024) ahead.plan(plannedOf(['same'], size));
      const { bytes: found, ...early } = await read('same', ahead);
      const { bytes: plain, ...inTurn } = await read('same');
      expect([found.equals(bytes), plain.equals(bytes)]).toEqual([true, true]);
      expect(early).toEqual(inTurn);
    }
  });

  test('are read again in their turn when they have changed since they were listed', async () => {
    await writeFile(at('grown'), 'before');
    const ahead = new ReadAhead(options);
    ahead.plan(plannedOf(['grown'], 3));
    expect((await read('grown', ahead)).bytes.toString()).toBe('before');
    ahead.plan(plannedOf(['grown'], 6));
    await appendFile(at('grown'), ' and after');
    const found = await read('grown', ahead);
    expect(found).toMatchObject({ hasChanged: false, sizeBytes: 16 });
    expect(found.bytes.toString()).toBe('before and after');
  });

  test('that were cut off while they were striped are told as changed, or read as they are then', async () => {
    await writeFile(at('cut'), randomBytes(20 * 1024 * 1024));
    const reading = read('cut', new ReadAhead(options));
    await truncate(at('cut'), 3 * 1024 * 1024);
    const { bytes, sizeBytes, hasChanged } = await reading;
    expect(bytes.length).toBe(sizeBytes);
    if (!hasChanged) expect(sizeBytes).toBe(3 * 1024 * 1024);
  });

  test('are no links: what took a file’s place is refused as ever', async () => {
    await writeFile(at('aim'), 'secret');
    await symlink(at('aim'), at('link'));
    const ahead = new ReadAhead(options);
    ahead.plan(plannedOf(['link'], 6));
    await expect(read('link', ahead)).rejects.toMatchObject({ code: 'ELOOP' });
  });
});

describe('how many', () => {
  const names = Array.from({ length: 40 }, (_, i) => `f${i}`);
  /** Answers when it is told to, and counts. */
  function gate() {
    const open: (() => void)[] = [];
    const seen = { most: 0, now: 0 };
    const reader = (): Promise<HeldFile | null> => {
      seen.most = Math.max(seen.most, ++seen.now);
      return new Promise((resolve) => {
        open.push(() => {
          seen.now--;
          resolve({} as HeldFile);
        });
      });
    };
    return { open, seen, reader };
  }

  test('are read at once is as many as were asked for, whoever waits for the first', async () => {
    const { open, seen, reader } = gate();
    const ahead = new ReadAhead({ filesAtATime: 16, maxHeldBytes: 2 ** 30, read: reader });
    ahead.plan(plannedOf(names, 1000));
    expect(seen.now).toBe(16);
    for (const name of names) {
      const taking = ahead.take(at(name));
      open.shift()?.();
      expect(await taking).toEqual({});
    }
    expect(seen).toEqual({ most: 16, now: 0 });
  });

  test('bytes are held is bounded, and one file larger than the bound still goes', async () => {
    const { open, seen, reader } = gate();
    const ahead = new ReadAhead({ filesAtATime: 16, maxHeldBytes: 2500, read: reader });
    ahead.plan(plannedOf(names, 1000));
    expect(seen.now).toBe(2);
    open.splice(0).map((answer) => answer());
    await ahead.take(at('f0'));
    expect(open).toHaveLength(1);
    ahead.plan(plannedOf(['f1'], 9000));
    expect(open).toHaveLength(2);
  });

  test('are given up is all that an earlier plan held', async () => {
    const { reader } = gate();
    const ahead = new ReadAhead({ filesAtATime: 2, maxHeldBytes: 2 ** 20, read: reader });
    ahead.plan(plannedOf(['a', 'b', 'c'], 10));
    expect(await ahead.take(at('c'))).toBeNull();
    ahead.plan([]);
    expect(await ahead.take(at('a'))).toBeNull();
  });
});
