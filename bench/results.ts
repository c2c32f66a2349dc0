import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DisksOutcome } from './disks/run';
import type { Machine } from './machine';
import type { Outcome } from './run';
import type { TreeSize } from './tree';

/** What was measured, whole: every table and the plot are made of it alone. */
export interface Results {
  machine: Machine;
  /** Of each contender, as it says it. */
  versions: Record<string, string>;
  /** What there is no figure of, and why: peers that are not installed, parts that could not run. */
  notRun: { what: string; why: string; isOwnFault?: boolean }[];
  /** Names of the product's own contenders; the first is the one that runs under the benchmark's Node. */
  own: string[];
  datasets: Record<string, TreeSize>;
  outcomes: Outcome[];
  disks: DisksOutcome[];
  /** Seconds of each taking of each part, everything around the measurements included. */
  tookSeconds: Record<string, number[]>;
  extras: Extra[];
}

/** A table of a part that is measured once, under the benchmark's own Node. */
export interface Extra {
  part: string;
  title: string;
  head: string[];
  rows: string[][];
}

export async function writeResults(folder: string, results: Results): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { at, commit } = results.machine;
  const file = join(folder, `${at.replace(/[:.]/g, '-')}-${commit.split(' ')[0]}.json`);
  await writeFile(file, formatResults(results));
  return file;
}

export const formatResults = (results: Results): string => `${JSON.stringify(results, null, 2)}\n`;

export async function readResults(file: string): Promise<Results> {
  return JSON.parse(await readFile(file, 'utf8')) as Results;
}
