import { ftruncateSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { CrossvaultError } from '@/lib/errors';
import type { FileEntry } from './tree/entry';

const writeAsync = promisify(write);
/** Writing more than this takes longer than handing the call to the thread pool. */
const smallWriteBytes = 128 * 1024;
/** Of every file system that has holes. */
const blockBytes = 4096;
const zeros = Buffer.alloc(blockBytes);

/** @throws `corrupt_data` as soon as there are more bytes than the entry says, or at the end when there are fewer. */
export async function writeContent(
  fd: number,
  { sizeBytes, isSparse }: FileEntry,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  let written = 0;
  for await (const bytes of content) {
    if (written + bytes.length > sizeBytes) throw wrongSize(`more than ${sizeBytes}`, sizeBytes);
    if (isSparse) await writeAround(fd, bytes, written);
    else await writeAll(fd, bytes, written);
    written += bytes.length;
  }
  if (written !== sizeBytes) throw wrongSize(String(written), sizeBytes);
  if (isSparse) ftruncateSync(fd, sizeBytes);
}

/** All of a file at once, on this thread. */
export function writeParts(fd: number, parts: readonly Uint8Array[], isSparse: boolean): void {
  let position = 0;
  for (const bytes of parts) {
    for (const [from, to] of isSparse ? dataParts(bytes, position) : [[0, bytes.length] as const])
      for (let at = from; at < to; ) at += writeSync(fd, bytes, at, to - at, position + at);
    position += bytes.length;
  }
  if (isSparse) ftruncateSync(fd, position);
}

/** Leaves whole blocks of zeros out. */
async function writeAround(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (const [from, to] of dataParts(bytes, position))
    await writeAll(fd, bytes.subarray(from, to), position + from);
}

/** What lies between whole blocks of zeros. */
function* dataParts(bytes: Uint8Array, position: number): Generator<readonly [number, number]> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let from = 0;
  let at = 0;
  while (at < view.length) {
    const block = view.subarray(at, at + blockBytes - ((position + at) % blockBytes));
    if (block.equals(zeros.subarray(0, block.length))) {
      if (at > from) yield [from, at];
      from = at + block.length;
    }
    at += block.length;
  }
  if (from < view.length) yield [from, view.length];
}

async function writeAll(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at;
    at +=
      left <= smallWriteBytes
        ? writeSync(fd, bytes, at, left, position + at)
        : (await writeAsync(fd, bytes, at, left, position + at)).bytesWritten;
  }
}

function wrongSize(found: string, expected: number): CrossvaultError {
  return new CrossvaultError('corrupt_data', `A file has ${found} bytes instead of ${expected}.`);
}
