import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { readPipe } from './pipe-reader';
import { openSink } from './pipe-writer';

const folder = mkdtempSync(join(tmpdir(), 'crossvault-pipes-'));
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
function makePipe(): string {
  const path = join(folder, `pipe ${++made}`);
  execFileSync('mkfifo', [path]);
  return path;
}
const digest = (...pieces: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
};
const options = (more: { signal?: AbortSignal; timeoutMs?: number } = {}) => ({
  signal: new AbortController().signal,
  timeoutMs: 20_000,
  ...more,
});

async function readAll(path: string, more = {}): Promise<{ bytes: number; digest: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of readPipe(path, options(more))) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, digest: hash.digest('hex') };
}

describe('reading pipes', () => {
  test('more of them than there are threads, opened by the other side from the last to the first', async () => {
    const pipes = Array.from({ length: 12 }, makePipe);
    const reading = pipes.map((path) => readAll(path));
    const contents = pipes.map((_, i) => randomBytes(3_000_000 + i));
    for (const [i, path] of [...pipes.entries()].reverse()) {
      const writer = await open(path, 'w');
      void writer.writeFile(contents[i]!).then(() => writer.close());
    }
    const read = await Promise.all(reading);
    expect(read).toEqual(contents.map((bytes) => ({ bytes: bytes.length, digest: digest(bytes) })));
  });

  test('a reader that takes its time holds the writer up and misses nothing', async () => {
    const path = makePipe();
    const content = randomBytes(5_000_000);
    const writing = open(path, 'w').then(async (file) => {
      await file.writeFile(content);
      await file.close();
    });
    const pieces: Buffer[] = [];
    for await (const piece of readPipe(path, options())) {
      pieces.push(Buffer.from(piece));
      await new Promise(setImmediate);
    }
    await writing;
    expect(digest(...pieces)).toBe(digest(content));
  });

  test('a writer that is killed ends the pipe with what it has written', async () => {
    const path = makePipe();
    const writer = spawn('sh', ['-c', `exec > "$0"; head -c 100000 /dev/zero; kill -9 $$`, path]);
    expect((await readAll(path)).bytes).toBe(100_000);
    expect(writer.exitCode).toBeNull();
  });

  test('one that nobody writes to, one that is none and one that is not there are refused', async () => {
    await expect(readAll(makePipe(), { timeoutMs: 30 })).rejects.toThrow('Nothing opened the other end');
    writeFileSync(join(folder, 'file'), 'x');
    await expect(readAll(join(folder, 'file'))).rejects.toThrow('no pipe');
    await expect(readAll(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('ends with what aborted it', async () => {
    const stop = new AbortController();
    const reading = readAll(makePipe(), { signal: stop.signal });
    stop.abort(new Error('cancelled'));
    await expect(reading).rejects.toThrow('cancelled');
  });
});

describe('writing', () => {
  test('to a pipe waits for its reader, and ends where the object ends', async () => {
    const path = makePipe();
    const content = randomBytes(4_000_000);
    const opening = openSink(path, options());
    await new Promise(setImmediate);
    const reader = spawn('cat', [path]);
    const hash = createHash('sha256');
    const read = (async () => {
      for await (const piece of reader.stdout) hash.update(piece);
      return hash.digest('hex');
    })();
    const sink = await opening;
    for (let at = 0; at < content.length; at += 900_000) await sink.write(content.subarray(at, at + 900_000));
    await sink.end();
    expect(await read).toBe(digest(content));
  });

  test('to a pipe whose reader dies fails, and so does one that nobody reads', async () => {
    const path = makePipe();
    const reader = spawn('head', ['-c', '1000', path]);
    const gone = text(reader.stdout);
    const sink = await openSink(path, options());
    await expect(
      (async () => {
        for (let i = 0; i < 100; i++) await sink.write(randomBytes(100_000));
      })(),
    ).rejects.toMatchObject({ code: 'EPIPE' });
    await gone;
    await expect(openSink(makePipe(), options({ timeoutMs: 30 }))).rejects.toThrow('Nothing opened');
  });

  test('to a file shows it only when it is whole', async () => {
    const path = join(folder, 'restored');
    const [kept, given] = [await openSink(path, options()), await openSink(path, options())];
    await given.write(Buffer.from('half'));
    await given.abandon();
    await kept.write(Buffer.from('whole'));
    expect(readdirSync(folder)).not.toContain('restored');
    await kept.end();
    expect(readFileSync(path, 'utf8')).toBe('whole');
    expect(readdirSync(folder).filter((name) => name.startsWith('restored'))).toEqual(['restored']);
  });
});
