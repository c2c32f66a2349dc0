import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CrossvaultError } from '@/lib/errors';
import { nameToHex } from './names';
import { type RestoreTreeOptions, restoreTree } from './restore-tree';
import { RestoreWriter } from './restore-writer';
import { noise } from './test-bytes';
import { TreeBuilder } from './tree/tree-builder';
import { TreeReader } from './tree/tree-reader';

const base = await mkdtemp(join(tmpdir(), 'crossvault-tree-'));
afterAll(() => rm(base, { recursive: true }));

const meta = (name: string) => ({ name: Buffer.from(name), mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n });

/** Fifty files of four bytes, half of them in a folder. */
async function options(name: string, more: Partial<RestoreTreeOptions> = {}): Promise<RestoreTreeOptions> {
  const pages = new Map<string, Uint8Array>();
  const builder = new TreeBuilder(noise(32), (page) => {
    pages.set(nameToHex(page.name), page.bytes);
  });
  const addFiles = async () => {
    for (let i = 10; i < 35; i++) {
      const chunks = [{ name: noise(16, i), length: 4 }];
      await builder.add({
        ...meta(`f${i}`),
        type: 'file',
        sizeBytes: 4,
        content: { kind: 'inline', chunks },
      });
    }
  };
  await builder.enterDir(meta('dir'));
  await addFiles();
  await builder.leaveDir();
  await addFiles();
  const { root } = await builder.finish();
  return {
    tree: new TreeReader(async (page) => pages.get(nameToHex(page))!),
    root,
    writer: new RestoreWriter({
      root: Buffer.from(join(base, name)),
      conflict: 'overwrite',
      setOwners: false,
    }),
    readChunks: async function* (chunks) {
      for await (const { length } of chunks) yield Buffer.alloc(length, 'x');
    },
    ...more,
  };
}

describe('restoreTree', () => {
  it('restores what is selected and does not enter folders that are not', async () => {
    const select: RestoreTreeOptions['select'] = ({ path, entry }) =>
      entry.type !== 'dir' && path.length === 0 && Buffer.from(entry.name).toString() < 'f20';
    const report = await restoreTree(await options('some', { select }));
    expect(report).toMatchObject({ files: 10, dirs: 0, bytes: 40, failures: [] });
    expect(await readdir(join(base, 'some'))).toHaveLength(10);
  });

  it('reports progress that only grows and ends at the whole', async () => {
    const seen: number[] = [];
    const report = await restoreTree(
      await options('progress', { onProgress: ({ bytes }) => seen.push(bytes) }),
    );
    expect(report).toMatchObject({ files: 50, dirs: 1, bytes: 200 });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(200);
  });

  it('goes on after a file that cannot be restored', async () => {
    let calls = 0;
    const readChunks: RestoreTreeOptions['readChunks'] = async function* (chunks) {
      if (++calls === 3) throw new CrossvaultError('corrupt_data', 'Rotten.');
      for await (const { length } of chunks) yield Buffer.alloc(length);
    };
    const report = await restoreTree(await options('rotten', { readChunks }));
    expect(report.files).toBe(49);
    expect(report.failures).toMatchObject([{ error: { code: 'corrupt_data' } }]);
  });

  it('stops when the store fails, with whole files only', async () => {
    let calls = 0;
    const readChunks: RestoreTreeOptions['readChunks'] = async function* (chunks) {
      if (++calls > 20) throw new CrossvaultError('storage_unavailable', 'Gone.');
      for await (const { length } of chunks) yield Buffer.alloc(length);
    };
    const attempt = restoreTree(await options('gone', { readChunks }));
    await expect(attempt).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(calls).toBeLessThan(40);
    // Files in flight overtake each other, so the twenty that were read may lie on both sides of the folder's end.
    const left = await readdir(join(base, 'gone'), { recursive: true });
    const files = left.filter((name) => name !== 'dir');
    expect(files.every((name) => /^(dir\/)?f\d\d$/.test(name))).toBe(true);
    expect(files).toHaveLength(20);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    let calls = 0;
    const readChunks: RestoreTreeOptions['readChunks'] = async function* (chunks) {
      if (++calls === 5) stop.abort(new Error('enough'));
      for await (const { length } of chunks) yield Buffer.alloc(length);
    };
    await expect(restoreTree(await options('stop', { readChunks, signal: stop.signal }))).rejects.toThrow(
      'enough',
    );
    expect(calls).toBeLessThan(30);
  });
});
