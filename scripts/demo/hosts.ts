import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { csvTable, picture, sourceFile, spreadsheet, textDocument } from './files';
import { type SeededRandom, seededRandom } from './random';
import { sentence, title } from './words';

/** The tree of one demo host. Some hundreds of files; the same seed gives the same bytes. */
export interface HostPlan {
  seed: number;
  documents: number;
  spreadsheets: number;
  pictures: number;
  sources: number;
}

const year = 2026;

export function createHost(root: string, plan: HostPlan): void {
  const random = seededRandom(plan.seed);
  const put = (path: string, bytes: Buffer, mode = 0o644) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes, { mode });
    chmodSync(file, mode);
    const at = new Date(
      Date.UTC(year, random.int(10), 1 + random.int(28), random.int(24), random.int(60), random.int(60)),
    );
    utimesSync(file, at, at);
  };
  for (let n = 0; n < plan.documents; n++)
    put(`documents/${group(random)}/${title(random)}-${n}.fodt`, textDocument(random));
  for (let n = 0; n < plan.spreadsheets; n++)
    put(`finance/${2022 + (n % 5)}/${title(random)}-${n}.fods`, spreadsheet(random));
  for (let n = 0; n < plan.pictures; n++)
    put(`pictures/${group(random)}/${title(random)}-${n}.png`, picture(random, 320, 240));
  for (let n = 0; n < plan.sources; n++)
    put(`source/app/src/${group(random)}/${title(random)}-${n}.ts`, sourceFile(random));
  put('finance/orders.csv', csvTable(random, 12_000));
  put('source/app/run.sh', Buffer.from('#!/bin/sh\nexec node src/index.js "$@"\n'), 0o755);
  put('documents/Überblick — Größe & Maß.txt', Buffer.from(`${sentence(random)}\n`));
  put('documents/a name with spaces.txt', Buffer.from(`${sentence(random)}\n`));
  put('documents/two\nlines.txt', Buffer.from(`${sentence(random)}\n`));
  put(`documents/${'n'.repeat(251)}.txt`, Buffer.from(`${sentence(random)}\n`));
  put('documents/empty-file.txt', Buffer.alloc(0), 0o600);
  mkdirSync(join(root, 'documents/inbox'), { recursive: true });
  symlinkSync('finance/orders.csv', join(root, 'current-orders.csv'));
  symlinkSync('../missing', join(root, 'source/dangling-link'));
}

/** One working day: some files change, some come, one goes, one is renamed. */
export function changeHost(root: string, plan: HostPlan, day: number): void {
  const random = seededRandom(plan.seed * 1000 + day);
  appendFileSync(join(root, 'finance/orders.csv'), csvTable(random, 900));
  for (let n = 0; n < 6; n++) {
    const file = join(root, `documents/day-${day}/${title(random)}-${n}.fodt`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, textDocument(random));
  }
  for (let n = 0; n < 4; n++)
    writeFileSync(join(root, `pictures/day-${day}-${n}.png`), picture(random, 320, 240));
  writeFileSync(join(root, 'documents/a name with spaces.txt'), `${sentence(random)}\n${sentence(random)}\n`);
  if (day > 1) {
    rmSync(join(root, `pictures/day-${day - 1}-0.png`));
    renameSync(
      join(root, `pictures/day-${day - 1}-1.png`),
      join(root, `pictures/kept-from-day-${day - 1}.png`),
    );
  }
}

const group = (random: SeededRandom) =>
  random.pick(['north', 'south', 'east', 'west', 'head-office', 'returns', 'suppliers']);
