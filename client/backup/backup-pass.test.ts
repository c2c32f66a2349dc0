import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameToHex } from '@/lib/engine/core/names';
import { ReportBuilder } from '../jobs/job-report';
import { ProgressMeter } from '../jobs/progress-meter';
import { BackupPass } from './backup-pass';
import { createSource } from './source-walk';
import { Uploader } from './uploader';

const folder = await mkdtemp(join(tmpdir(), 'backup-pass-'));
const [source, state] = [join(folder, 'source'), join(folder, 'state')];
const namingKey = randomBytes(32);
// Folders above a chosen one come along with their own times, and other work changes those of the temporary folder.
const base = { path: Buffer.from(source), device: lstatSync(folder, { bigint: true }).dev };

beforeAll(async () => {
  await mkdir(state);
  for (let n = 0; n < 40; n++) {
    await mkdir(join(source, `folder-${n}`), { recursive: true });
    await writeFile(join(source, `folder-${n}`, 'one.txt'), `one ${n}`);
    await writeFile(join(source, `folder-${n}`, 'two.txt'), `two ${n}`);
  }
  // Younger files could change again within one tick of the file system's clock, and are not kept.
  for (let isKept = false; !isKept; ) {
    await backUp('s-0', null);
    isKept = (await backUp('s-0', 's-0')).report.unchangedFiles === 80;
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function backUp(pointId: string, parentPointId: string | null) {
  const sent: string[] = [];
  const asked: string[] = [];
  const known = async (names: readonly ChunkName[]) => {
    asked.push(...names.map(nameToHex));
    return names.map(() => false);
  };
  const send = async (chunks: readonly { name: ChunkName }[]) =>
    void sent.push(...chunks.map(({ name }) => nameToHex(name)));
  const meter = new ProgressMeter();
  const report = new ReportBuilder();
  let atEnd = meter.sample();
  const { root, readBytes, commitCache } = await BackupPass.run({
    source: createSource(['/'], [], { base }),
    namingKey,
    header: { vaultId: 'v-1', lineageId: 'l-1' },
    parentPointId,
    isFirst: true,
    caches: Object.fromEntries(
      ['committed', 'next', 'partial', 'pages'].map((name) => [name, join(state, name)]),
    ) as unknown as Parameters<typeof BackupPass.run>[0]['caches'],
    uploader: new Uploader({ known, send }, parentPointId !== null),
    known,
    meter,
    report,
    signal: new AbortController().signal,
    confirm: async () => {
      atEnd = meter.sample();
    },
  });
  await commitCache(pointId);
  return { root: nameToHex(root.root), readBytes, sent, asked, report, atEnd };
}

test('an unchanged tree is neither read nor asked for, and its extent is known from the start', async () => {
  const first = await backUp('s-1', null);
  expect(first.atEnd).toMatchObject({ itemsDone: 80, itemsTotal: null, bytesTotal: null });
  const second = await backUp('s-2', 's-1');
  expect(second).toMatchObject({ root: first.root, readBytes: 0, sent: [], asked: [] });
  expect(second.report.unchangedFiles).toBe(80);
  const { bytesDone, itemsTotal, bytesTotal } = second.atEnd;
  expect({ itemsTotal, bytesTotal }).toEqual({ itemsTotal: 80, bytesTotal: bytesDone });
});

test('what an earlier point had says nothing beside another parent', async () => {
  const other = await backUp('s-4', 's-3');
  expect(other.atEnd).toMatchObject({ itemsDone: 80, itemsTotal: null });
  expect(other.asked.length).toBeGreaterThan(80);
});

test('only what changed is read and sent, with the pages above it', async () => {
  const before = await backUp('s-5', 's-4');
  await writeFile(join(source, 'folder-7', 'two.txt'), 'two, edited');
  await utimes(join(source, 'folder-7', 'two.txt'), 1, 1);
  const after = await backUp('s-6', 's-5');
  expect(after.root).not.toBe(before.root);
  expect(after).toMatchObject({ readBytes: 'two, edited'.length, asked: [] });
  expect(after.sent.length).toBeLessThan(10);
  expect(after.report.unchangedFiles).toBe(79);
});
