import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Dataset } from './data/dataset';
import { makeDiskImage } from './data/disk-image';
import { gatherTree } from './data/gather-tree';
import type { MillionSizes } from './data/million-files';
import { makeRandomFile } from './data/random-file';
import type { DiskSizes } from './disks/run';

const mib = 1024 * 1024;
const root = join(import.meta.dirname, '..');

/** In the order in which they are taken. */
export const datasetParts = ['tree', 'large', 'image'] as const;
export const extraParts = ['million', 's3', 'space', 'latency', 'memory', 'web'] as const;
export const parts = [...datasetParts, 'disk', ...extraParts] as const;
export type Part = (typeof parts)[number];

export interface Sizes {
  datasets: Dataset[];
  /** What each of them needs of the disk at most, with everybody's stores and one restore. */
  datasetDiskBytes: number[];
  disks: DiskSizes;
  million: MillionSizes & { unchangedRuns: number };
  s3: { tree: Dataset; large: Dataset };
  space: { points: number; files: number; fileBytes: number };
  latency: { fileBytes: number; smallFiles: number; roundTripsMs: number[] };
  memory: { streamBytes: number[] };
  web: { datasets: Dataset[]; points: number; seconds: number };
}

export interface Options {
  runs: number;
  /** A part is taken once more only while this leaves time for it. */
  minutes: number;
  parts: Part[];
  /** Paths of other Nodes, or major versions that npm has, beside the one that runs this. */
  nodes: string[];
  sizes: Sizes;
  /** Scratch space; a folder inside it is made and removed. Absent: the system's temporary folder. */
  folder: string | undefined;
  /** Writes what was measured into docs/ as well. */
  writesDocs: boolean;
  /** Results to be shown again; nothing is measured. */
  from: string | null;
}

export const usage = `npm run bench -- [--quick] [--runs <n>] [--minutes <n>] [--parts ${parts.join(',')}]
  [--node <path or major version>]... [--dir <scratch folder>] [--docs] [--from <result.json>]`;

/** @throws with the usage for words that are not understood. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      minutes: { type: 'string' },
      parts: { type: 'string', default: parts.join(',') },
      node: { type: 'string', multiple: true, default: [] },
      dir: { type: 'string' },
      docs: { type: 'boolean', default: false },
      from: { type: 'string' },
    },
  });
  const runs = Number(values.runs ?? (values.quick ? 1 : 3));
  const minutes = Number(values.minutes ?? 35);
  const chosen = values.parts.split(',') as Part[];
  const isKnown = chosen.every((part) => parts.includes(part));
  if (!Number.isInteger(runs) || runs < 1 || !(minutes > 0) || !isKnown) throw new Error(usage);
  return {
    runs,
    minutes,
    parts: parts.filter((part) => chosen.includes(part)),
    nodes: values.node,
    sizes: values.quick ? quickSizes() : fullSizes(),
    folder: values.dir,
    writesDocs: values.docs,
    from: values.from ?? null,
  };
}

const packages = join(root, 'node_modules');

function fullSizes(): Sizes {
  const sources = ['/usr/share', '/usr/lib', packages];
  const tree = gatherTree('tree', { sources, maxBytes: 1200 * mib, maxItemBytes: 150 * mib });
  return {
    datasets: [tree, makeRandomFile('large', 2048 * mib), makeDiskImage('image', tree, 2048 * mib)],
    datasetDiskBytes: [10, 28, 10].map((gib) => gib * 1024 * mib),
    disks: { tree, fileSystemBytes: 2048 * mib, fullBytes: [256 * mib, 1024 * mib] },
    million: { files: 1_000_000, wideFiles: 40_000, unchangedRuns: 3 },
    // The S3 server keeps everything in memory, the copy too.
    s3: {
      tree: gatherTree('tree', { sources, maxBytes: 400 * mib, maxItemBytes: 50 * mib }),
      large: makeRandomFile('large', 256 * mib),
    },
    space: { points: 8, files: 64, fileBytes: mib },
    latency: { fileBytes: 256 * mib, smallFiles: 4000, roundTripsMs: [0, 50, 150] },
    memory: { streamBytes: [2048 * mib, 20 * 1024 * mib] },
    web: { datasets: [tree, makeRandomFile('large', 2048 * mib)], points: 30, seconds: 15 },
  };
}

/** A larger disk than its tree: the rest are holes, and what the file system keeps for itself. */
function quickSizes(): Sizes {
  const tree = gatherTree('tree', { sources: [packages], maxBytes: 16 * mib, maxItemBytes: 4 * mib });
  const large = makeRandomFile('large', 48 * mib);
  return {
    datasets: [tree, large, makeDiskImage('image', tree, 96 * mib)],
    datasetDiskBytes: [mib, mib, mib].map((bytes) => bytes * 1024),
    disks: { tree, fileSystemBytes: 96 * mib, fullBytes: [16 * mib, 64 * mib] },
    million: { files: 6000, wideFiles: 2000, unchangedRuns: 1 },
    s3: { tree, large },
    space: { points: 4, files: 16, fileBytes: 256 * 1024 },
    latency: { fileBytes: 16 * mib, smallFiles: 200, roundTripsMs: [0, 50] },
    memory: { streamBytes: [64 * mib, 256 * mib] },
    web: { datasets: [tree, large], points: 3, seconds: 2 },
  };
}
