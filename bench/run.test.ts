import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Contender, ContenderFactory, Run } from './contenders/contender';
import { makeSmallFiles } from './data/small-files';
import { runCommand } from './measure';
import { runOnce } from './run';

let scratch: string;
const dataset = makeSmallFiles('small', 3);

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'bench-run-'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

/** Copies the source away and back; what it is told to does otherwise. */
function copier(name: string, told: Partial<Contender> & { onBackup?(): void } = {}): ContenderFactory {
  return {
    name,
    async open(folder) {
      const kept = join(folder, 'kept');
      const copy = (from: string, to: string) =>
        runCommand(['cp', '-aT', from, to]).then(() => ({ seconds: 1 }));
      return {
        name,
        steps: {
          'first backup': async ({ source }: Run) => {
            told.onBackup?.();
            return copy(source, kept);
          },
          'changed backup': ({ source }) => copy(source, kept),
          'restore from the copy': ({ restoreTo }) => copy(kept, restoreTo),
          ...told.steps,
        },
        restoredTree: ({ restoreTo }) => restoreTo,
        facts: async () => ({ figure: 7 }),
        close: async () => {},
        isOwn: told.isOwn,
      };
    },
  };
}

const lines: string[] = [];
const take = (factories: ContenderFactory[], run = 0) =>
  runOnce(
    dataset,
    factories,
    { scratch, cache: join(scratch, 'cache'), log: (line) => lines.push(line) },
    run,
  );

it('goes on without a contender that fails, and says where and why', async () => {
  const failing = copier('failing', {
    steps: {
      'changed backup': async () => {
        throw new Error('no space left');
      },
    },
  });
  const { outcomes } = await take([failing, copier('sound')]);
  const [failed, sound] = outcomes;
  expect(failed!.failure).toBe('changed backup: no space left');
  expect(Object.keys(failed!.measured)).toEqual(['first backup']);
  expect(sound).toMatchObject({ failure: null, facts: { figure: 7 } });
  expect(Object.keys(sound!.measured)).toEqual(['first backup', 'changed backup', 'restore from the copy']);
});

const forgetful = (isOwn: boolean) =>
  copier('forgetful', {
    isOwn,
    steps: {
      'restore from the copy': async ({ source, restoreTo }) => {
        await runCommand(['cp', '-aT', source, restoreTo]);
        await appendFile(join(restoreTo, '0', '1.txt'), 'more');
        return { seconds: 1 };
      },
    },
  });

it('takes no time for a restore of something else than the source', async () => {
  const { outcomes } = await take([forgetful(false)]);
  expect(outcomes[0]!.failure).toContain('what was restored is not the source');
  expect(outcomes[0]!.measured['restore from the copy']).toBeUndefined();
});

it('compares what the product itself restores in every run', async () => {
  const { outcomes } = await take([forgetful(true)], 2);
  expect(outcomes[0]!.failure).toContain('what was restored is not the source');
});

it('lets another one begin in each run', async () => {
  const order: string[] = [];
  const factories = ['a', 'b', 'c'].map((name) => copier(name, { onBackup: () => order.push(name) }));
  for (const run of [0, 1, 2]) await take(factories, run);
  expect(order.join('')).toBe('abcbcacab');
});

it('leaves nothing of a run behind', async () => {
  await take([copier('a')]);
  expect(existsSync(join(scratch, 'small-0'))).toBe(false);
});
