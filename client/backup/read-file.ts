import { type BigIntStats, closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Chunk } from '@/lib/engine/core/chunk';
import type { Chunker } from '@/lib/engine/core/chunker/chunker';
import { computeName } from '@/lib/engine/core/names';
import type { ChunkRef } from '@/lib/engine/core/tree/entry';
import { turnIsOver } from '@/lib/engine/core/turns';
import { type FileStamp, isSameFile } from './file-cache';

export interface ReadFile {
  chunks: ChunkRef[];
  sizeBytes: number;
  /** The file's stamp when reading began, and when that was by this host's clock. */
  stamp: FileStamp;
  startedAtMs: number;
  /** It changed while it was read, twice in a row: what was read is a mixture of old and new. */
  hasChanged: boolean;
}

export interface FileSink {
  chunker: Chunker;
  namingKey: Uint8Array;
  /** The bytes are valid until it resolves. */
  onChunk(chunk: Chunk): Promise<void>;
  /** Called with every count of bytes read; less than zero when an attempt is thrown away. */
  onRead(bytes: number): void;
}

const readAsync = promisify(read);
/** Smaller files are read without handing each call to the thread pool, which would take longer than the reading. */
const smallFileBytes = 1024 * 1024;
const maxReadBytes = 2 * 1024 * 1024;

export function stampOf(stats: BigIntStats): FileStamp {
  return {
    sizeBytes: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    inode: BigInt.asUintN(64, stats.ino),
  };
}

/**
 * Reads a file once from start to end, cutting and naming its chunks. When its stamp changes meanwhile it is read once
 * more, and if that happens again kept as read.
 */
export async function readFileChunks(path: Buffer, sink: FileSink): Promise<ReadFile> {
  const first = await readOnce(path, sink);
  if (!first.hasChanged) return first;
  sink.onRead(-first.sizeBytes);
  return readOnce(path, sink);
}

async function readOnce(path: Buffer, sink: FileSink): Promise<ReadFile> {
  // Without NONBLOCK, a pipe that took the file's place would hold the backup up for ever.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const startedAtMs = Date.now();
    const before = fstatSync(fd, { bigint: true });
    if (!before.isFile()) throw Object.assign(new Error('it is no longer a file'), { code: 'ENOENT' });
    const stamp = stampOf(before);
    const chunks = await readChunks(fd, stamp.sizeBytes <= smallFileBytes, sink);
    const after = stampOf(fstatSync(fd, { bigint: true }));
    const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const hasChanged = sizeBytes !== stamp.sizeBytes || !isSameFile(stamp, after);
    return { chunks, sizeBytes, stamp, startedAtMs, hasChanged };
  } finally {
    closeSync(fd);
  }
}

async function readChunks(fd: number, isSmall: boolean, sink: FileSink): Promise<ChunkRef[]> {
  const { chunker, namingKey } = sink;
  const chunks: ChunkRef[] = [];
  chunker.reset();
  for (let isLast = false; !isLast; ) {
    const space = chunker.space();
    const length = Math.min(space.length, maxReadBytes);
    const count = isSmall
      ? readSync(fd, space, 0, length, null)
      : (await readAsync(fd, space, 0, length, null)).bytesRead;
    chunker.advance(count);
    sink.onRead(count);
    isLast = count === 0;
    for (let bytes = chunker.next(isLast); bytes; bytes = chunker.next(isLast)) {
      const name = computeName(namingKey, 'data', bytes);
      chunks.push({ name, length: bytes.length });
      await sink.onChunk({ name, type: 'data', bytes });
    }
  }
  await turnIsOver();
  return chunks;
}
