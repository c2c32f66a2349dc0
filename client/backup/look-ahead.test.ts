import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LookAhead } from '@/lib/engine/core/look/look-ahead';
import { createXattrReader } from '@/lib/engine/core/posix/xattrs';
import { type WalkStep, walkFolder } from '@/lib/engine/core/walk';
import { inlinePool, ThreadPool, type WorkPool } from '@/lib/engine/core/work/pool';
import { createHardTree } from '../testing/hard-tree';

const base = await mkdtemp(join(tmpdir(), 'crossvault-ahead-'));
const root = Buffer.from(join(base, 'tree'));
const pool = new ThreadPool({ threads: 2 });
afterAll(async () => {
  await pool.close();
  await rm(base, { recursive: true });
});
beforeAll(async () => {
  mkdirSync(root);
  await createHardTree(root.toString());
  mkdirSync(join(root.toString(), 'wide'));
  for (let i = 0; i < 1500; i++) writeFileSync(join(root.toString(), 'wide', `f${i}`), '');
});

const owners = { userName: (uid: number) => `u${uid}`, groupName: () => null };

async function walk(by: WorkPool | null, enter?: (path: string) => boolean): Promise<WalkStep[]> {
  const sources = { owners, xattrs: createXattrReader() };
  const steps: WalkStep[] = [];
  const lister = by ? new LookAhead(by, sources, 50) : undefined;
  for await (const step of walkFolder(root, {
    ...sources,
    lister,
    ...(enter && { enter: (found) => enter(found.path.toString()) }),
  }))
    steps.push(step);
  return steps;
}

/** Of what is found, all that a backup uses. */
function shown(steps: WalkStep[]): unknown[] {
  return steps.map((step) => {
    if (step.step === 'leave') return { leave: step.path.toString('latin1') };
    const { found } = step;
    if (found.type === 'unreadable')
      return { path: found.path, code: (found.error as NodeJS.ErrnoException).code };
    const { dev, ino, size, blocks, mtimeNs, ctimeNs } = found.stats;
    return { ...found, stats: { dev, ino, size, blocks, mtimeNs, ctimeNs } };
  });
}

it.each([
  ['several threads', pool],
  ['the calling one', inlinePool],
])('by %s a walk finds the same in the same order, wide folders too', async (_, by) => {
  const [alone, ahead] = [await walk(null), await walk(by)];
  expect(ahead.length).toBeGreaterThan(1800);
  expect(shown(ahead)).toEqual(shown(alone));
});

it('folders that are not entered do not stand in the way of others', async () => {
  const enter = (path: string) => !path.includes('many') && !path.includes('docs');
  expect(shown(await walk(pool, enter))).toEqual(shown(await walk(null, enter)));
});

it('says what cannot be listed, and throws for the first folder only', async () => {
  const lister = new LookAhead(pool, {});
  await expect(lister.open(Buffer.from(join(base, 'gone')))).rejects.toMatchObject({ code: 'ENOENT' });
  const folder = join(base, 'vanishing');
  mkdirSync(join(folder, 'a', 'inner'), { recursive: true });
  const seen: string[] = [];
  for await (const step of walkFolder(Buffer.from(folder), { lister: new LookAhead(inlinePool, {}) })) {
    if (step.step === 'entry') seen.push(step.found.type);
    rmSync(join(folder, 'a'), { recursive: true, force: true });
  }
  expect(seen).toEqual(['dir', 'unreadable']);
});
