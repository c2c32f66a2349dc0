import { type FileHandle, open } from 'node:fs/promises';
import { CrossvaultError } from '@/lib/errors';
import { posixCalls } from '../posix/calls';
import type { BlockSink, BlockSource, Extent } from './block-device';

/** A raw image: the file is the disk. Its holes read as zeros, which costs no disk access. */
export async function openRaw(path: string): Promise<BlockSource> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return new RawSource(file, size);
}

class RawSource implements BlockSource {
  constructor(
    private readonly file: FileHandle,
    readonly sizeBytes: number,
  ) {}

  async read(offset: number, into: Uint8Array): Promise<void> {
    await readFully(this.file, offset, into);
  }

  async *extents(): AsyncIterable<Extent> {
    for (let at = 0; at < this.sizeBytes; ) {
      const data = posixCalls ? posixCalls.findData(this.file.fd, at) : at;
      const start = Math.min(data ?? this.sizeBytes, this.sizeBytes);
      if (start > at) yield { offset: at, length: start - at, isZero: true };
      if (start === this.sizeBytes) return;
      const hole = posixCalls ? posixCalls.findHole(this.file.fd, start) : null;
      const end = Math.min(hole ?? this.sizeBytes, this.sizeBytes);
      yield { offset: start, length: end - start, isZero: false };
      at = end;
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

export async function readFully(file: FileHandle, offset: number, into: Uint8Array): Promise<void> {
  for (let at = 0; at < into.length; ) {
    const { bytesRead } = await file.read(into, at, into.length - at, offset + at);
    if (bytesRead === 0)
      throw new CrossvaultError('unavailable', 'The image became shorter while it was read.', {
        reason: 'image_changed',
      });
    at += bytesRead;
  }
}

/** A new raw file of that size; what is not written stays a hole. */
export async function createRaw(path: string, sizeBytes: number): Promise<BlockSink> {
  const file = await open(path, 'wx', 0o600);
  await file.truncate(sizeBytes);
  return {
    isSparse: true,
    async write(offset, bytes) {
      await writeFully(file, offset, bytes);
    },
    async finish() {
      await file.sync();
      await file.close();
    },
    abandon: () => file.close(),
  };
}

export async function writeFully(file: FileHandle, offset: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, offset + at);
    at += bytesWritten;
  }
}
