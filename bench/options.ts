import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Dataset } from './data/dataset';
import { gatherTree } from './data/gather-tree';
import { makeRandomFile } from './data/random-file';
import type { DiskSizes } from './disks/run';

const mib = 1024 * 1024;
const root = join(import.meta.dirname, '..');

export interface Options {
  isQuick: boolean;
  runs: number;
  datasets: Dataset[];
  /** Null: no rows about disks. */
  disks: DiskSizes | null;
  /** Scratch space; a folder inside it is made and removed. Absent: the system's temporary folder. */
  folder: string | undefined;
}

const usage = `npm run bench -- [--quick] [--runs <n>] [--data tree,large,disk] [--dir <scratch folder>]`;

/** @throws with the usage for words that are not understood. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      data: { type: 'string', default: 'tree,large,disk' },
      dir: { type: 'string' },
    },
  });
  const isQuick = values.quick;
  const runs = Number(values.runs ?? (isQuick ? 1 : 3));
  const known = datasets(isQuick);
  const names = values.data.split(',');
  const disks = names.includes('disk') ? diskSizes(isQuick, known[0]!) : null;
  const chosen = names
    .filter((name) => name !== 'disk')
    .map((name) => known.find((dataset) => dataset.name === name));
  if (!Number.isInteger(runs) || runs < 1 || chosen.includes(undefined)) throw new Error(usage);
  return { isQuick, runs, datasets: chosen as Dataset[], disks, folder: values.dir };
}

function datasets(isQuick: boolean): Dataset[] {
  const packages = join(root, 'node_modules');
  const tree = isQuick
    ? { sources: [packages], maxBytes: 32 * mib, maxItemBytes: 8 * mib }
    : { sources: ['/usr/share', '/usr/lib', packages], maxBytes: 1200 * mib, maxItemBytes: 150 * mib };
  return [gatherTree('tree', tree), makeRandomFile('large', isQuick ? 48 * mib : 2048 * mib)];
}

/** Larger than its tree: the rest are holes, and what the file system keeps for itself. */
function diskSizes(isQuick: boolean, tree: Dataset): DiskSizes {
  return isQuick
    ? { tree, fileSystemBytes: 96 * mib, fullBytes: [16 * mib, 64 * mib] }
    : { tree, fileSystemBytes: 2048 * mib, fullBytes: [512 * mib, 2048 * mib] };
}
