import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { Chunk } from '@/lib/engine/core/chunk';
import type { Chunker } from '@/lib/engine/core/chunker/chunker';
import { computeName } from '@/lib/engine/core/names';
import type { ChunkRef } from '@/lib/engine/core/tree/entry';
import { turnIsOver } from '@/lib/engine/core/turns';
import type { EntryStats } from '@/lib/engine/core/walk';
import { type FileStamp, isSameFile } from './file-cache';
import { type HeldFile, maxAheadBytes, type ReadAhead } from './read-ahead';
import { DenseFile, MemoryFile, type SourceFile, SparseFile, StripedFile } from './source-file';

export interface ReadFile {
  chunks: ChunkRef[];
  sizeBytes: number;
  /** Less than its size where it has holes. */
  readBytes: number;
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
  /** Zeros that no disk block holds: part of the file, and not read. */
  onHole(bytes: number): void;
  /** Of a source that is read many files at once. */
  ahead?: ReadAhead;
}

export function stampOf(stats: EntryStats): FileStamp {
  return {
    sizeBytes: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    inode: BigInt.asUintN(64, stats.ino),
  };
}

/** Fewer blocks than its size needs: it has holes, or its file system compresses. */
export function isSparse({ blocks, size }: EntryStats): boolean {
  return blocks * 512n < size;
}

/**
 * Reads a file of a device once from start to end, cutting and naming its chunks. When its stamp changes meanwhile it is read once
 * more, and if that happens again kept as read.
 */
export async function readFileChunks(path: Buffer, device: bigint, sink: FileSink): Promise<ReadFile> {
  const held = await sink.ahead?.take(path);
  const first = held ? await readHeld(held, device, sink) : await readOnce(path, device, sink);
  if (!first.hasChanged) return first;
  sink.onRead(-first.readBytes);
  sink.onHole(first.readBytes - first.sizeBytes);
  return readOnce(path, device, sink);
}

async function readHeld(
  { bytes, before, after, startedAtMs }: HeldFile,
  device: bigint,
  sink: FileSink,
): Promise<ReadFile> {
  requireFileOf(device, before);
  const stamp = stampOf(before);
  const { chunks, readBytes } = await readChunks(new MemoryFile(bytes), sink);
  const hasChanged = bytes.length !== stamp.sizeBytes || !isSameFile(stamp, stampOf(after));
  return { chunks, sizeBytes: bytes.length, readBytes, stamp, startedAtMs, hasChanged };
}

/** A folder above that became a link leads to what was not chosen. */
function requireFileOf(device: bigint, stats: BigIntStats): void {
  if (!stats.isFile() || stats.dev !== device)
    throw Object.assign(new Error('it is no longer a file'), { code: 'ENOENT' });
}

async function readOnce(path: Buffer, device: bigint, sink: FileSink): Promise<ReadFile> {
  // Without NONBLOCK, a pipe that took the file's place would hold the backup up for ever.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const startedAtMs = Date.now();
    const before = fstatSync(fd, { bigint: true });
    requireFileOf(device, before);
    const stamp = stampOf(before);
    const { chunks, readBytes } = await readOpened(fd, before, sink);
    const after = stampOf(fstatSync(fd, { bigint: true }));
    const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const hasChanged = sizeBytes !== stamp.sizeBytes || !isSameFile(stamp, after);
    return { chunks, sizeBytes, readBytes, stamp, startedAtMs, hasChanged };
  } finally {
    closeSync(fd);
  }
}

async function readOpened(fd: number, before: BigIntStats, sink: FileSink) {
  const sizeBytes = Number(before.size);
  if (isSparse(before)) return readChunks(new SparseFile(fd, sizeBytes), sink);
  if (!sink.ahead || sizeBytes <= maxAheadBytes) return readChunks(new DenseFile(fd, sizeBytes), sink);
  const file = new StripedFile(fd);
  try {
    return await readChunks(file, sink);
  } finally {
    await file.settle();
  }
}

async function readChunks(
  file: SourceFile,
  sink: FileSink,
): Promise<{ chunks: ChunkRef[]; readBytes: number }> {
  const { chunker, namingKey } = sink;
  const chunks: ChunkRef[] = [];
  let readBytes = 0;
  let cutBytes = 0;
  chunker.reset();
  for (let isLast = false; !isLast; ) {
    const { count, isHole } = await file.fill(chunker.space());
    chunker.advance(count);
    if (isHole) sink.onHole(count);
    else {
      sink.onRead(count);
      readBytes += count;
    }
    isLast = count === 0;
    for (let bytes = chunker.next(isLast); bytes; bytes = chunker.next(isLast)) {
      const name = computeName(namingKey, 'data', bytes);
      const chunk = { name, length: bytes.length };
      chunks.push(chunk);
      await sink.onChunk({ name, type: 'data', bytes });
      const repeats = isLast ? 0 : file.skipRepeats(cutBytes, bytes.length);
      for (let i = 0; i < repeats; i++) chunks.push(chunk);
      if (repeats > 0) sink.onHole(repeats * bytes.length);
      cutBytes += (1 + repeats) * bytes.length;
    }
  }
  await turnIsOver();
  return { chunks, readBytes };
}
