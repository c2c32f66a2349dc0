import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RestoreWriter } from './restore-writer';
import type { EntryMeta, TreeEntry } from './tree/entry';

const base = await mkdtemp(join(tmpdir(), 'crossvault-writer-'));
afterAll(() => rm(base, { recursive: true }));

const meta = (name: string): EntryMeta => ({
  name: Buffer.from(name),
  mode: 0o640,
  uid: 0,
  gid: 0,
  mtimeNs: 10n ** 18n,
});
const file = (name: string, sizeBytes = 4): TreeEntry & { type: 'file' } => ({
  ...meta(name),
  type: 'file',
  sizeBytes,
  content: { kind: 'inline', chunks: [] },
});
const link = (name: string, target: string): TreeEntry & { type: 'symlink' } => ({
  ...meta(name),
  type: 'symlink',
  target: Buffer.from(target),
});
async function* bytes(text = 'data') {
  yield Buffer.from(text);
}
async function fresh(name: string) {
  const root = join(base, name, 'root');
  await mkdir(root, { recursive: true });
  return {
    root,
    writer: new RestoreWriter({ root: Buffer.from(root), conflict: 'overwrite', setOwners: false }),
  };
}

describe('a restore writer', () => {
  it.each(['..', '.', '', 'a/b', '/etc', 'a\0b'])('refuses the name %j anywhere in a path', async (name) => {
    const { root, writer } = await fresh('names');
    const bad = [Buffer.from(name)];
    await expect(writer.file([], file(name), () => bytes())).rejects.toMatchObject({ code: 'corrupt_data' });
    await expect(writer.file(bad, file('ok'), () => bytes())).rejects.toMatchObject({ code: 'corrupt_data' });
    await expect(writer.dir([], meta(name))).rejects.toMatchObject({ code: 'corrupt_data' });
    expect(() => writer.symlink(bad, link('ok', 'x'))).toThrow('cannot be restored');
    expect(await readdir(root)).toEqual([]);
    expect(await readdir(join(root, '..'))).toEqual(['root']);
  });

  it('makes links last, so that a file cannot be written through one of the same backup', async () => {
    const { root, writer } = await fresh('link-first');
    const outside = join(base, 'link-first', 'outside');
    await mkdir(outside);
    writer.symlink([], link('door', outside));
    await writer.file([Buffer.from('door')], file('file'), () => bytes());
    expect(await writer.finish()).toMatchObject({
      links: 0,
      failures: [{ error: { code: 'state_conflict' } }],
    });
    expect(await readdir(outside)).toEqual([]);
    expect(await readFile(join(root, 'door', 'file'), 'utf8')).toBe('data');
  });

  it('replaces a link at a file by the file itself', async () => {
    const { root, writer } = await fresh('replace');
    const victim = join(base, 'replace', 'victim');
    await writeFile(victim, 'safe');
    await symlink(victim, join(root, 'f'));
    await writer.file([], file('f'), () => bytes());
    expect(await readFile(victim, 'utf8')).toBe('safe');
    expect((await lstat(join(root, 'f'))).isFile()).toBe(true);
  });

  it('shows a file only when it is complete and leaves nothing behind when it fails', async () => {
    const { root, writer } = await fresh('partial');
    await writeFile(join(root, 'f'), 'old');
    const failing = async function* () {
      yield Buffer.from('ne');
      throw new Error('the line broke');
    };
    await expect(writer.file([], file('f'), failing)).rejects.toThrow('the line broke');
    await expect(writer.file([], file('f', 5), () => bytes())).rejects.toMatchObject({
      code: 'corrupt_data',
    });
    expect(await readFile(join(root, 'f'), 'utf8')).toBe('old');
    expect(await readdir(root)).toEqual(['f']);
  });

  it('does not give away setuid when it cannot give the file its owner', async () => {
    const { root, writer } = await fresh('setuid');
    await writer.file([], { ...file('su'), mode: 0o6755 }, () => bytes());
    expect((await lstat(join(root, 'su'))).mode & 0o7777).toBe(0o755);
  });

  it('keeps both also when another file of the backup has the name it would take', async () => {
    const { root } = await fresh('both');
    for (const name of ['a.txt', 'b']) await writeFile(join(root, name), 'mine');
    const writer = new RestoreWriter({ root: Buffer.from(root), conflict: 'keep_both', setOwners: false });
    const names = ['a.txt', 'a (restored).txt', 'a (restored 2).txt', 'b', 'c'];
    const outcomes = await Promise.all(
      names.map((name) =>
        writer.file([], file(name, Math.min(4, name.length)), () => bytes(name.slice(0, 4))),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'kept_both').length).toBeGreaterThanOrEqual(2);
    const all = await readdir(root);
    expect(all).toHaveLength(7);
    const texts = await Promise.all(all.map((name) => readFile(join(root, name), 'utf8')));
    expect(texts.sort()).toEqual(['a (r', 'a (r', 'a.tx', 'b', 'c', 'mine', 'mine'].sort());
  });

  it('keeps a folder that is not empty where a file should be', async () => {
    const { root, writer } = await fresh('folder');
    await mkdir(join(root, 'f', 'kept'), { recursive: true });
    await expect(writer.file([], file('f'), () => bytes())).rejects.toMatchObject({ code: 'state_conflict' });
    expect(await readdir(join(root, 'f'))).toEqual(['kept']);
    expect(await readdir(root)).toEqual(['f']);
  });
});
