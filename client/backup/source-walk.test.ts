import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathKey } from './file-cache';
import { createSource, walkSource } from './source-walk';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'walk-'));
  for (const path of ['a/deep/down', 'a/cache', 'b', 'a!'])
    await mkdir(join(folder, path), { recursive: true });
  for (const path of [
    'a/one',
    'a/deep/two',
    'a/deep/down/three',
    'a/cache/junk',
    'b/four',
    'a!/five',
    'a.txt',
  ])
    await writeFile(join(folder, path), path);
  await symlink('a', join(folder, 'link'));
  await symlink('nowhere', join(folder, 'b', 'dangling'));
});
afterAll(() => rm(folder, { recursive: true }));

/** `+folder` on entering, `-` on leaving, names of the rest. Paths below the test folder. */
async function trace(paths: string[], excludes: string[] = []): Promise<string[]> {
  const steps: string[] = [];
  let depth = 0;
  const below = (path: Buffer) => path.toString().slice(folder.length + 1);
  for await (const step of walkSource(
    createSource(
      paths.map((p) => join(folder, p)),
      excludes,
    ),
  )) {
    if (step.step === 'enter') depth++;
    if (step.step === 'leave') depth--;
    const isAbove = 'path' in step && step.path.length <= folder.length;
    if (step.step === 'enter' && !isAbove) steps.push(`+${below(step.path)}`);
    if (step.step === 'entry') steps.push(below(step.found.path));
    if (step.step === 'unreadable') steps.push(`!${below(step.path)}`);
  }
  expect(depth).toBe(0);
  return steps;
}

describe('the walk over what was chosen', () => {
  test('goes depth first in byte order and stays out of links', async () => {
    expect(await trace(['.'])).toEqual([
      '+a',
      '+a/cache',
      'a/cache/junk',
      '+a/deep',
      '+a/deep/down',
      'a/deep/down/three',
      'a/deep/two',
      'a/one',
      '+a!',
      'a!/five',
      'a.txt',
      '+b',
      'b/dangling',
      'b/four',
      'link',
    ]);
  });

  test('meets its files in the order of the cache keys', async () => {
    const files = (await trace(['a', 'a!', 'b'])).filter((s) => !s.startsWith('+'));
    const keys = files.map((f) => pathKey(Buffer.from(f)));
    expect([...keys].sort(Buffer.compare)).toEqual(keys);
  });

  test('opens the folders above once for all chosen below them, and takes nothing twice', async () => {
    expect(await trace(['b', 'a/deep/two', 'a/deep/down', 'a/deep/down/three', 'b/'])).toEqual([
      '+a',
      '+a/deep',
      '+a/deep/down',
      'a/deep/down/three',
      'a/deep/two',
      '+b',
      'b/dangling',
      'b/four',
    ]);
  });

  test('enters a chosen path that is a link', async () => {
    expect(await trace(['link'])).toContain('link/one');
  });

  test('leaves out what is excluded, with everything below it', async () => {
    expect(await trace(['a', 'b'], ['cache', '/deep/two', 'dangling'])).toEqual([
      '+a',
      '+a/deep',
      '+a/deep/down',
      'a/deep/down/three',
      'a/one',
      '+b',
      'b/four',
    ]);
  });

  test('reports what is missing and goes on', async () => {
    expect(await trace(['b', 'missing'])).toEqual(['+b', 'b/dangling', 'b/four', '!missing']);
  });

  test.runIf(existsSync('/proc/self'))(
    'keeps the mount points of filesystems without files, empty',
    async () => {
      const steps: string[] = [];
      for await (const step of walkSource(createSource(['/'], ['/[!p]*', '/p[!r]*']))) {
        if (step.step === 'enter' || step.step === 'unreadable') steps.push(step.path.toString());
        if (step.step === 'entry') steps.push(step.found.path.toString());
      }
      expect(steps).toEqual(['/proc']);
    },
  );

  test('refuses relative paths', () => {
    expect(() => createSource(['data'], [])).toThrow('"data" is not an absolute path');
  });

  test.runIf(process.getuid?.() !== 0)('reports a folder that may not be read', async () => {
    await chmod(join(folder, 'b'), 0);
    try {
      expect(await trace(['b'])).toEqual(['+b', '!b']);
    } finally {
      await chmod(join(folder, 'b'), 0o755);
    }
  });
});
