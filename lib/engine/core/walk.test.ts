import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { inspect, type WalkStep, walkFolder } from './walk';

const base = await mkdtemp(join(tmpdir(), 'crossvault-walk-'));
afterAll(() => rm(base, { recursive: true }));

async function walk(folder: string, enter?: (path: string) => boolean): Promise<WalkStep[]> {
  const steps: WalkStep[] = [];
  for await (const step of walkFolder(Buffer.from(folder), {
    owners: { userName: (uid) => `user-${uid}`, groupName: () => null },
    ...(enter && { enter: (found) => enter(found.path.toString()) }),
  })) {
    steps.push(step);
  }
  return steps;
}
const show = (step: WalkStep, root: string) =>
  step.step === 'leave'
    ? `leave ${step.path.subarray(root.length + 1)}`
    : `${step.found.type} ${step.found.path.subarray(root.length + 1).toString('latin1')}`;

it('goes depth first in the byte order of raw names, and does not follow links', async () => {
  const root = join(base, 'order');
  await mkdir(join(root, 'b', 'inner'), { recursive: true });
  await mkdir(join(root, 'b.d'));
  for (const name of ['a', 'B', 'é', 'b/z', 'b/inner/x']) await writeFile(join(root, name), name);
  await writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xff, 0x0a)]), 'raw');
  await symlink('..', join(root, 'b', 'up'));
  expect((await walk(root)).map((step) => show(step, root))).toEqual([
    'file B',
    'file a',
    'dir b',
    'dir b/inner',
    'file b/inner/x',
    'leave b/inner',
    'symlink b/up',
    'file b/z',
    'leave b',
    'dir b.d',
    'leave b.d',
    `file ${Buffer.from('é').toString('latin1')}`,
    'file \xff\n',
  ]);
  const shallow = await walk(root, (path) => !path.endsWith('/b'));
  expect(shallow.map((step) => show(step, root))).not.toContain('file b/z');
  expect(shallow.map((step) => show(step, root))).toContain('leave b');
});

it('tells names of one file, fifos, sockets and owners', async () => {
  const root = join(base, 'kinds');
  await mkdir(root);
  await writeFile(join(root, 'one'), '12345');
  await link(join(root, 'one'), join(root, 'two'));
  await writeFile(join(root, 'alone'), '');
  execFileSync('mkfifo', [join(root, 'pipe')]);
  const server = createServer().listen(join(root, 'sock'));
  await new Promise((resolve) => server.once('listening', resolve));
  const found = Object.fromEntries(
    (await walk(root)).flatMap((step) =>
      step.step === 'entry' && step.found.type !== 'unreadable'
        ? [[Buffer.from(step.found.meta.name).toString(), step.found]]
        : [],
    ),
  );
  server.close();
  expect(found.one!.meta.hardLinkGroup).toBeDefined();
  expect(found.one!.meta.hardLinkGroup).toBe(found.two!.meta.hardLinkGroup);
  expect(found.alone!.meta.hardLinkGroup).toBeUndefined();
  expect([found.pipe!.type, found.sock!.type]).toEqual(['fifo', 'socket']);
  expect(found.one!.meta).toMatchObject({ owner: `user-${process.getuid!()}`, mode: 0o644 });
  expect(found.one!.meta.group).toBeUndefined();
  const device = await inspect(Buffer.from('/dev/null'), Buffer.from('null'));
  expect(device).toMatchObject({ type: 'char_device', device: { major: 1, minor: 3 } });
});

it('reports what it cannot read and goes on', async () => {
  const gone = await inspect(Buffer.from(join(base, 'gone')), Buffer.from('gone'));
  expect(gone).toMatchObject({ type: 'unreadable', error: { code: 'ENOENT' } });
  const root = join(base, 'vanishing');
  await mkdir(join(root, 'a'), { recursive: true });
  await writeFile(join(root, 'b'), '');
  const seen: string[] = [];
  for await (const step of walkFolder(Buffer.from(root), { enter: (found) => !!found })) {
    seen.push(show(step, root));
    if (seen.length === 1) await rm(join(root, 'b'));
  }
  expect(seen).toEqual(['dir a', 'leave a', 'unreadable b']);
});
