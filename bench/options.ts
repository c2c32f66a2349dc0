import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Dataset } from './data/dataset';
import { gatherTree } from './data/gather-tree';
import { makeRandomFile } from './data/random-file';

const mib = 1024 * 1024;
const root = join(import.meta.dirname, '..');

export interface Options {
  isQuick: boolean;
  runs: number;
  datasets: Dataset[];
  /** Scratch space; a folder inside it is made and removed. Absent: the system's temporary folder. */
  folder: string | undefined;
}

const usage = `npm run bench -- [--quick] [--runs <n>] [--data tree,large] [--dir <scratch folder>]`;

/** @throws with the usage for words that are not understood. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      data: { type: 'string', default: 'tree,large' },
      dir: { type: 'string' },
    },
  });
  const isQuick = values.quick;
  const runs = Number(values.runs ?? (isQuick ? 1 : 3));
  const known = datasets(isQuick);
  const chosen = values.data.split(',').map((name) => known.find((dataset) => dataset.name === name));
  if (!Number.isInteger(runs) || runs < 1 || chosen.includes(undefined)) throw new Error(usage);
  return { isQuick, runs, datasets: chosen as Dataset[], folder: values.dir };
}

function datasets(isQuick: boolean): Dataset[] {
  const packages = join(root, 'node_modules');
  const tree = isQuick
    ? { sources: [packages], maxBytes: 32 * mib, maxItemBytes: 8 * mib }
    : { sources: ['/usr/share', '/usr/lib', packages], maxBytes: 1200 * mib, maxItemBytes: 150 * mib };
  return [gatherTree('tree', tree), makeRandomFile('large', isQuick ? 48 * mib : 2048 * mib)];
}
