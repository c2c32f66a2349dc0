import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChangeShape, makeFileSystemDisk } from '../disks/images';
import { runCommand } from '../measure';
import type { Dataset } from './dataset';

const blockBytes = 4096;
const changedShare = 0.01;
const clusterBlocks = 256;

/** A disk's image as a file: an ext4 file system that holds a tree. In each later version 1 % of its blocks are other ones. */
export function makeDiskImage(name: string, tree: Dataset, sizeBytes: number): Dataset {
  const file = (folder: string) => join(folder, 'disk.raw');
  return {
    name,
    async create(folder, cache) {
      await mkdir(folder);
      const made = await cachedImage(cache, tree, sizeBytes);
      await runCommand(['cp', '--sparse=always', made, file(folder)]);
    },
    change: (folder) => overwrite(file(folder), 'clustered'),
    scatter: (folder) => overwrite(file(folder), 'scattered'),
  };
}

/** A file system that holds the tree, made once for each folder of what is kept. */
export async function cachedImage(cache: string, tree: Dataset, sizeBytes: number): Promise<string> {
  const image = join(cache, `${tree.name}-${sizeBytes}.raw`);
  if (existsSync(image)) return image;
  const content = join(cache, 'content');
  await mkdir(cache, { recursive: true });
  await tree.create(content, cache);
  await makeFileSystemDisk(`${image}.new`, content, sizeBytes);
  await rm(content, { recursive: true });
  await rename(`${image}.new`, image);
  return image;
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
