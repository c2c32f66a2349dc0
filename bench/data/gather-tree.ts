import { execFile } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { measureTree, rawPath, walkTree } from '../tree';
import type { Dataset } from './dataset';

const run = promisify(execFile);

export interface GatherOptions {
  /** Folders whose entries are copied, in the order of their names, until the limit is reached. */
  sources: string[];
  maxBytes: number;
  /** An entry of a source that is larger is left out, so that many small files stay many. */
  maxItemBytes: number;
}

/** A copy of folders that this machine has. In the second version 2 % of the files are edited, some are gone or renamed. */
export function gatherTree(name: string, options: GatherOptions): Dataset {
  return { name, create: (folder) => gather(folder, options), change: changeTree };
}

async function gather(folder: string, { sources, maxBytes, maxItemBytes }: GatherOptions): Promise<void> {
  await mkdir(folder);
  let left = maxBytes;
  for (const source of sources) {
    for (const name of (await readdir(source).catch(() => [])).sort()) {
      const { bytes } = measureTree(join(source, name));
      if (bytes > Math.min(left, maxItemBytes)) continue;
      left -= bytes;
      const to = join(folder, relative('/', source), name);
      await mkdir(dirname(to), { recursive: true });
      await run('cp', ['-a', '--one-file-system', join(source, name), to]);
    }
  }
}

/** By place in the order of the walk: no chance is involved. */
async function changeTree(folder: string): Promise<void> {
  const files: string[] = [];
  for (const { path, stats } of walkTree(folder)) if (stats.isFile()) files.push(path);
  for (const [n, path] of files.entries()) {
    const file = rawPath(folder, path);
    if (n % 50 === 0) await edit(file, n);
    else if (n % 500 === 1) await rm(file);
    else if (n % 500 === 2) await rename(file, rawPath(folder, `${path}.renamed`));
  }
}

/** Half are overwritten in the middle, the others grow at the end or at the front. */
async function edit(file: Buffer, n: number): Promise<void> {
  const text = Buffer.from(`edited by the benchmark as file ${n}\n`);
  const kind = (n / 50) % 4;
  if (kind === 0) return appendFile(file, text);
  const bytes = await readFile(file);
  if (kind === 1) return writeFile(file, Buffer.concat([text, bytes]));
  text.copy(bytes, bytes.length >> 1);
  await writeFile(file, bytes);
}
