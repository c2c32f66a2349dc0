import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChangeShape, makeFileSystemDisk } from '../disks/images';
import type { Dataset } from './dataset';

const blockBytes = 4096;
const changedShare = 0.01;
const clusterBlocks = 256;

/** A disk's image as a file: an ext4 file system that holds a tree. In each later version 1 % of its blocks are other ones. */
export function makeDiskImage(name: string, tree: Dataset, sizeBytes: number): Dataset {
  const file = (folder: string) => join(folder, 'disk.raw');
  return {
    name,
    async create(folder) {
      await mkdir(folder);
      const content = join(folder, 'content');
      await tree.create(content);
      await makeFileSystemDisk(file(folder), content, sizeBytes);
      await rm(content, { recursive: true });
    },
    change: (folder) => overwrite(file(folder), 'clustered'),
    scatter: (folder) => overwrite(file(folder), 'scattered'),
  };
}

async function overwrite(path: string, shape: ChangeShape): Promise<void> {
  const total = Math.floor((await stat(path)).size / blockBytes);
  const file = await open(path, 'r+');
  try {
    for (const { first, count } of chooseRuns(shape, total)) {
      const bytes = randomBytes(count * blockBytes);
      await file.write(bytes, 0, bytes.length, first * blockBytes);
    }
  } finally {
    await file.close();
  }
}

/** Evenly over the image; the same ones every time. Clustered ones come in runs of a mebibyte. */
export function chooseRuns(shape: ChangeShape, totalBlocks: number): { first: number; count: number }[] {
  const changed = Math.max(1, Math.floor(totalBlocks * changedShare));
  const runBlocks = shape === 'clustered' ? Math.min(clusterBlocks, changed) : 1;
  const runs = Math.ceil(changed / runBlocks);
  const stride = totalBlocks / runs;
  return Array.from({ length: runs }, (_, n) => ({
    // Not at the front of its stretch, so that the scattered ones do not fall on what the clustered ones changed
    first: Math.floor((n + (shape === 'clustered' ? 0.25 : 0.5)) * stride),
    count: Math.min(runBlocks, changed - n * runBlocks),
  }));
}
