import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  link,
  lstat,
  lutimes,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Chunker } from './chunker/chunker';
import type { PointManifest } from './point';
import { putPoint } from './point-store';
import { listPoints, openBareVault, rebuildIndex, rescuePoint } from './rescue';
import { RestoreWriter } from './restore-writer';
import { wrappingKeyFrom } from './service-key';
import { FolderStore } from './store/folder-store';
import { noise, prose } from './test-bytes';
import { createTestVault, type TestVault, testLineage, testServiceKey } from './test-vault';
import { ContentBuilder, TreeBuilder } from './tree/tree-builder';
import { type WalkStep, walkFolder } from './walk';
import { inlinePool } from './work/pool';

const base = await mkdtemp(join(tmpdir(), 'crossvault-rescue-'));
afterAll(() => rm(base, { recursive: true }));
const source = join(base, 'source');
const latin = Buffer.concat([Buffer.from(`${source}/caf`), Buffer.of(0xe9), Buffer.from('.txt')]);

async function makeSource(): Promise<void> {
  await mkdir(join(source, 'empty'), { recursive: true });
  await mkdir(join(source, 'a b', 'deep', 'er'), { recursive: true });
  await writeFile(join(source, 'a b', 'text.txt'), prose(50_000));
  await writeFile(join(source, 'a b', 'deep', 'er', 'large.bin'), noise(9_000_000));
  await writeFile(join(source, 'nothing'), '');
  await writeFile(join(source, 'line\nbreak'), 'x');
  await writeFile(join(source, `${'ä'.repeat(127)}z`), 'a name of 255 bytes');
  await writeFile(latin, 'not UTF-8');
  await writeFile(join(source, 'twin-1'), 'shared bytes');
  await link(join(source, 'twin-1'), join(source, 'twin-2'));
  await symlink('a b/text.txt', join(source, 'link'));
  await symlink('/nowhere/at all', join(source, 'dangling'));
  await lutimes(join(source, 'link'), 1_600_000_000, 1_600_000_000);
  await writeFile(join(source, 'script.sh'), '#!/bin/sh\n');
  await chmod(join(source, 'script.sh'), 0o751);
  await utimes(join(source, 'a b', 'text.txt'), 1_500_000_000.5, 1_500_000_000.25);
  await chmod(join(source, 'a b'), 0o710);
  await utimes(join(source, 'a b'), 1_400_000_000, 1_400_000_000);
}

/** A small backup, as the client makes one. */
async function backUp(vault: TestVault<FolderStore>, folder: string, pointId: string): Promise<void> {
  const writer = vault.writer({ packBytes: 2_000_000 });
  const emit = (chunk: Parameters<typeof writer.put>[0]) => writer.put(chunk);
  const tree = new TreeBuilder(vault.namingKey, emit);
  const chunker = new Chunker(vault.namingKey);
  for await (const { step, ...rest } of walkFolder(Buffer.from(folder))) {
    if (step === 'leave') {
      await tree.leaveDir();
      continue;
    }
    const { found } = rest as Extract<WalkStep, { step: 'entry' }>;
    if (found.type === 'dir') await tree.enterDir(found.meta);
    else if (found.type === 'symlink')
      await tree.add({ ...found.meta, type: 'symlink', target: found.target });
    else if (found.type === 'file') {
      const content = new ContentBuilder(vault.namingKey, emit);
      for await (const piece of chunker.split([await readFile(found.path)])) {
        const chunk = vault.chunk(piece);
        await writer.put(chunk);
        await content.add(chunk.name, piece.length);
      }
      const { sizeBytes } = content;
      await tree.add({ ...found.meta, type: 'file', sizeBytes, content: await content.finish() });
    }
  }
  const root = await tree.finish();
  await writer.flush();
  const manifest: PointManifest = {
    pointId,
    vaultId: 'vault-1',
    lineageId: testLineage,
    kind: 'files',
    root,
    sourceId: 's',
    origin: null,
    host: 'h',
    paths: [folder],
    startedAt: new Date(1),
    finishedAt: new Date(pointId === 'p1' ? 2 : 3),
    parentPointId: null,
    expiresAt: null,
    stats: { files: 0, dirs: 0, symlinks: 0, sourceBytes: 0, readBytes: 0, newBytes: 0, unreadable: 0 },
  };
  await putPoint(vault.store, vault.keys, manifest);
}

/** Everything about a folder that a restore is to bring back. */
async function describeFolder(folder: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const step of walkFolder(Buffer.from(folder))) {
    if (step.step === 'leave') continue;
    const { found } = step;
    if (found.type === 'unreadable') throw found.error;
    const name = found.path.subarray(folder.length).toString('latin1');
    const content =
      found.type === 'file'
        ? createHash('sha256')
            .update(await readFile(found.path))
            .digest('hex')
        : found.type === 'symlink'
          ? (await readlink(found.path, { encoding: 'buffer' })).toString('latin1')
          : '';
    const { mode, uid, gid, mtimeNs } = found.meta;
    lines.push(JSON.stringify([name, found.type, content, mode, uid, gid, String(mtimeNs / 1000n)]));
  }
  return lines;
}

let vault: TestVault<FolderStore>;
const vaultFolder = join(base, 'vault');

beforeAll(async () => {
  await makeSource();
  vault = await createTestVault({ store: new FolderStore(vaultFolder) });
  await backUp(vault, join(source, 'a b'), 'p1');
  await backUp(vault, source, 'p2');
});

async function rescue(
  to: string,
  pointId = 'p2',
  conflict: 'overwrite' | 'skip' | 'keep_both' | 'only_if_newer' = 'skip',
) {
  const bare = await openBareVault(new FolderStore(vaultFolder), [testServiceKey]);
  const fail = ({ objectName, error }: { objectName: string; error: Error }) => {
    throw new Error(objectName, { cause: error });
  };
  const points = await listPoints(bare, fail);
  const index = await rebuildIndex(bare, () => {}, fail);
  const writer = new RestoreWriter({ root: Buffer.from(to), conflict });
  const point = points.find((p) => p.pointId === pointId)!;
  return rescuePoint({ vault: bare, index, point, writer, pool: inlinePool });
}

describe('rescue', () => {
  it('restores a point from the bare folder and the key: bytes, modes, times, links, empty folders, hard names', async () => {
    const to = join(base, 'restored');
    const report = await rescue(to);
    expect(report.failures).toEqual([]);
    expect(await describeFolder(to)).toEqual(await describeFolder(source));
    expect((await describeFolder(source)).length).toBeGreaterThan(14);
    expect((await lstat(join(to, 'twin-1'))).ino).toBe((await lstat(join(to, 'twin-2'))).ino);
    expect(report).toMatchObject({ dirs: 4, links: 2, skipped: 0 });
  });

  it('lists the points oldest first and restores an older one', async () => {
    const bare = await openBareVault(new FolderStore(vaultFolder), [testServiceKey]);
    const points = await listPoints(bare, () => {});
    expect(points.map((p) => p.pointId)).toEqual(['p1', 'p2']);
    const to = join(base, 'older');
    await rescue(to, 'p1');
    expect(await describeFolder(to)).toEqual(await describeFolder(join(source, 'a b')));
  });

  it('stores unchanged bytes once over both points', async () => {
    const bare = await openBareVault(new FolderStore(vaultFolder), [testServiceKey]);
    const index = await rebuildIndex(
      bare,
      () => {},
      () => {},
    );
    expect(index.size).toBe(vault.index.size);
  });

  it('asks for the right key by name', async () => {
    const wrong = wrappingKeyFrom(noise(32, 77));
    await expect(openBareVault(new FolderStore(vaultFolder), [wrong])).rejects.toMatchObject({
      code: 'key_unavailable',
      message: expect.stringContaining(testServiceKey.label),
    });
    await expect(openBareVault(new FolderStore(base), [testServiceKey])).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('restores what it can when a pack is damaged, and names what it cannot', async () => {
    const { objects } = await vault.store.list('packs/');
    const largest = objects.toSorted((a, b) => b.sizeBytes - a.sizeBytes)[0]!;
    const path = join(vaultFolder, largest.name);
    const intact = await readFile(path);
    const file = await open(path, constants.O_WRONLY);
    await file.write(Buffer.of(intact[1000]! ^ 1), 0, 1, 1000);
    await file.close();
    try {
      const report = await rescue(join(base, 'partial'));
      expect(report.failures.length).toBeGreaterThan(0);
      expect(report.files).toBeGreaterThan(0);
      for (const { error } of report.failures) expect(error).toMatchObject({ code: 'corrupt_data' });
      for (const { path: names } of report.failures) {
        const lost = Buffer.concat([
          Buffer.from(join(base, 'partial')),
          ...names.flatMap((n) => [Buffer.from('/'), n]),
        ]);
        await expect(lstat(lost)).rejects.toMatchObject({ code: 'ENOENT' });
      }
    } finally {
      await writeFile(path, intact);
    }
  });
});

describe('restoring over what is there', () => {
  it('overwrites, skips, keeps both or looks at the time, as told', async () => {
    const to = join(base, 'conflicts');
    const at = (name: string) => join(to, name);
    await rescue(to);
    await writeFile(at('script.sh'), 'mine');
    expect(await rescue(to, 'p2', 'skip')).toMatchObject({ files: 0, links: 0 });
    expect(await readFile(at('script.sh'), 'utf8')).toBe('mine');
    await rescue(to, 'p2', 'only_if_newer');
    expect(await readFile(at('script.sh'), 'utf8')).toBe('mine');
    await utimes(at('script.sh'), 1, 1);
    expect(await rescue(to, 'p2', 'only_if_newer')).toMatchObject({ files: 1 });
    expect(await readFile(at('script.sh'), 'utf8')).toBe('#!/bin/sh\n');
    await writeFile(at('script.sh'), 'mine');
    expect((await rescue(to, 'p2', 'keep_both')).keptBoth).toBeGreaterThan(5);
    expect(await readFile(at('script.sh'), 'utf8')).toBe('mine');
    expect(await readFile(at('script (restored).sh'), 'utf8')).toBe('#!/bin/sh\n');
    await rescue(to, 'p2', 'overwrite');
    expect(await readFile(at('script.sh'), 'utf8')).toBe('#!/bin/sh\n');
  });

  it('never writes through a link that stands where a folder is needed', async () => {
    const outside = join(base, 'outside');
    await mkdir(outside);
    for (const conflict of ['skip', 'overwrite'] as const) {
      const to = join(base, `trap-${conflict}`);
      await mkdir(to);
      await symlink(outside, join(to, 'a b'));
      await symlink(join(outside, 'file'), join(to, 'script.sh'));
      const report = await rescue(to, 'p2', conflict);
      await expect(describeFolder(outside)).resolves.toEqual([]);
      if (conflict === 'skip') expect(report.failures.length).toBeGreaterThan(0);
      else expect(await describeFolder(to)).toEqual(await describeFolder(source));
    }
  });
});
