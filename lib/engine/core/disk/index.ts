import { open } from 'node:fs/promises';
import type { BlockSink, BlockSource } from './block-device';
import { createQcow2 } from './qcow2-sink';
import { openQcow2 } from './qcow2-source';
import { createRaw, openRaw } from './raw';

export { type BlockSink, type BlockSource, type Extent, isAllZero } from './block-device';
export { copyDevice } from './copy-device';
export { createDiskSecret, encryptInto, LuksSource, luksHeaderBytes } from './luks';
export { growQcow2 } from './qcow2-sink';
export { streamQcow2 } from './qcow2-stream';

export type DiskFormat = 'raw' | 'qcow2';

export function openDisk(path: string, format: DiskFormat): Promise<BlockSource> {
  return format === 'raw' ? openRaw(path) : openQcow2(path);
}

export function createDisk(path: string, format: DiskFormat, sizeBytes: number): Promise<BlockSink> {
  return format === 'raw' ? createRaw(path, sizeBytes) : createQcow2(path, sizeBytes);
}

/** By its first bytes: what begins as a qcow2 image is one. */
export async function detectFormat(path: string): Promise<DiskFormat> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(4);
    const { bytesRead } = await file.read(head, 0, 4, 0);
    return bytesRead === 4 && head.readUInt32BE(0) === 0x514649fb ? 'qcow2' : 'raw';
  } finally {
    await file.close();
  }
}
