import { randomFillSync } from 'node:crypto';
import { open } from 'node:fs/promises';
import { runCommand } from '../measure';

export const blockBytes = 16 * 1024;
const pieceBytes = 4 * 1024 * 1024;

/** A run of a disk that is overwritten. */
export interface Change {
  offset: number;
  length: number;
}
export const changeShapes = ['clustered', 'scattered'] as const;
export type ChangeShape = (typeof changeShapes)[number];

/** An ext4 file system that holds a real tree; what it leaves free are holes, as on a server's disk. */
export async function makeFileSystemDisk(file: string, tree: string, sizeBytes: number): Promise<void> {
  await (await open(file, 'wx')).close();
  await runCommand(['/sbin/mke2fs', '-q', '-t', 'ext4', '-d', tree, file, `${sizeBytes / 1024}k`]);
}

/** No byte of it is a hole, a zero or compressible. */
export async function makeFullDisk(file: string, sizeBytes: number): Promise<void> {
  const handle = await open(file, 'wx');
  const piece = Buffer.alloc(pieceBytes);
  for (let at = 0; at < sizeBytes; at += pieceBytes)
    await handle.write(randomFillSync(piece), 0, Math.min(pieceBytes, sizeBytes - at), at);
  await handle.close();
}

/** So many blocks of a disk: in one run from its middle on, or one by one all over it. */
export function planChange(shape: ChangeShape, sizeBytes: number, blocks: number): Change[] {
  const total = sizeBytes / blockBytes;
  if (shape === 'clustered') {
    const offset = Math.floor(total / 2) * blockBytes;
    return [{ offset, length: blocks * blockBytes }];
  }
  const stride = total / blocks;
  return Array.from({ length: blocks }, (_, n) => ({
    offset: Math.floor(n * stride) * blockBytes,
    length: blockBytes,
  }));
}
