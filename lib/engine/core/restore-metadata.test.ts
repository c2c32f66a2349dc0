import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { posixCalls } from './posix/calls';
import { createXattrReader, isRestorable } from './posix/xattrs';
import { RestoreWriter, type RestoreWriterOptions } from './restore-writer';
import type { EntryMeta, FileEntry, SpecialEntry } from './tree/entry';

const base = await mkdtemp(join(tmpdir(), 'crossvault-metadata-'));
afterAll(() => rm(base, { recursive: true }));
const isRoot = process.getuid?.() === 0;

const meta = (name: string): EntryMeta => ({
  name: Buffer.from(name),
  mode: 0o640,
  uid: 0,
  gid: 0,
  mtimeNs: 10n ** 18n + 7n,
});
const file = (name: string, text = 'data', more: Partial<FileEntry> = {}): FileEntry => ({
  ...meta(name),
  type: 'file',
  sizeBytes: text.length,
  content: { kind: 'inline', chunks: [] },
  ...more,
});
const special = (name: string, type: SpecialEntry['type']): SpecialEntry => ({
  ...meta(name),
  type,
  device: { major: 1, minor: 3 },
});
async function* bytes(text: string | Buffer) {
  yield Buffer.from(text);
}
async function fresh(name: string, more: Partial<RestoreWriterOptions> = {}) {
  const root = join(base, name);
  await mkdir(root);
  const warnings: string[] = [];
  const writer = new RestoreWriter({
    root: Buffer.from(root),
    conflict: 'overwrite',
    setOwners: isRoot,
    onWarning: (_, { message }) => warnings.push(message),
    ...more,
  });
  return { root, writer, warnings };
}

describe.skipIf(!posixCalls)('what Node alone cannot set', () => {
  const xattr = (name: string, value: string) => ({ name: Buffer.from(name), value: Buffer.from(value) });

  it('attributes and nanoseconds come back', async () => {
    const { root, writer, warnings } = await fresh('attributes');
    await writer.file([], file('f', 'data', { xattrs: [xattr('user.a', '1')] }), () => bytes('data'));
    await writer.dir([], { ...meta('d'), xattrs: [xattr('user.b', '2')] });
    await writer.finish();
    writer.close();
    expect((await stat(join(root, 'f'), { bigint: true })).mtimeNs).toBe(10n ** 18n + 7n);
    expect((await stat(join(root, 'd'), { bigint: true })).mtimeNs).toBe(10n ** 18n + 7n);
    const read = createXattrReader()!;
    const { dev } = await stat(root, { bigint: true });
    expect(read(Buffer.from(join(root, 'f')), dev)).toEqual({ xattrs: [xattr('user.a', '1')] });
    expect(read(Buffer.from(join(root, 'd')), dev)).toEqual({ xattrs: [xattr('user.b', '2')] });
    expect(warnings).toEqual([]);
  });

  it('an attribute that the destination refuses is a warning, and the file is there', async () => {
    const { root, writer, warnings } = await fresh('refused');
    const xattrs = [xattr('nonsense.a', '1'), xattr('user.b', '2')];
    await writer.file([], file('f', 'data', { xattrs }), () => bytes('data'));
    writer.close();
    expect(await readFile(join(root, 'f'), 'utf8')).toBe('data');
    expect(warnings).toEqual(isRoot ? ['the attribute nonsense.a could not be set (ENOTSUP)'] : []);
  });

  it('attributes that give rights go with the owner, and those of overlays nowhere', () => {
    const allowed = (withOwners: boolean) =>
      [
        'user.a',
        'system.posix_acl_access',
        'security.capability',
        'trusted.x',
        'trusted.overlay.opaque',
      ].filter((name) => isRestorable(Buffer.from(name), withOwners));
    expect(allowed(false)).toEqual(['user.a', 'system.posix_acl_access']);
    expect(allowed(true)).toEqual(['user.a', 'system.posix_acl_access', 'security.capability', 'trusted.x']);
  });

  it('more attributes than the format holds are left out and said', () => {
    const read = createXattrReader({
      ...posixCalls!,
      listXattrs: () => [Buffer.from('user.a'), Buffer.from('user.b')],
      getXattr: () => Buffer.alloc(40_000),
    })!;
    expect(read(Buffer.from('/x'), 1n)).toEqual({ lost: expect.stringContaining('longer than 64 KiB') });
  });

  it('a file system without attributes is asked once', () => {
    let asked = 0;
    const read = createXattrReader({
      ...posixCalls!,
      listXattrs: () => {
        asked++;
        return null;
      },
    })!;
    for (let i = 0; i < 3; i++) expect(read(Buffer.from('/x'), 1n)).toEqual({});
    expect(asked).toBe(1);
  });

  it('a pipe comes back; a device only where the client is told to make devices; a socket never', async () => {
    const { root, writer } = await fresh('special');
    await writer.special([], special('pipe', 'fifo'));
    expect((await lstat(join(root, 'pipe'))).isFIFO()).toBe(true);
    expect((await lstat(join(root, 'pipe'))).mode & 0o7777).toBe(0o640);
    for (const type of ['char_device', 'block_device', 'socket'] as const)
      await expect(writer.special([], special('node', type))).rejects.toMatchObject({ code: 'not_eligible' });
    writer.close();
    expect(await readdir(root)).toEqual(['pipe']);
  });

  it.skipIf(!isRoot)('a wanted device has its number', async () => {
    const { root, writer } = await fresh('device', { makeDevices: true });
    await writer.special([], special('null', 'char_device'));
    writer.close();
    const stats = await lstat(join(root, 'null'));
    expect([stats.isCharacterDevice(), stats.rdev]).toEqual([true, (await stat('/dev/null')).rdev]);
  });
});

it('holes come back where the file had some, and zeros where it had none', async () => {
  const { root, writer } = await fresh('holes');
  const content = Buffer.alloc(1_000_000);
  content.write('in the middle', 500_001);
  const text = content.toString('latin1');
  await writer.file([], file('sparse', text, { isSparse: true }), async function* () {
    for (let at = 0; at < content.length; at += 33_333) yield content.subarray(at, at + 33_333);
  });
  await writer.file([], file('dense', text), () => bytes(content));
  writer.close();
  expect((await readFile(join(root, 'sparse'))).equals(content)).toBe(true);
  expect((await stat(join(root, 'sparse'))).blocks).toBeLessThanOrEqual(64);
  expect((await stat(join(root, 'dense'))).blocks).toBeGreaterThanOrEqual(1953);
});

it('a file stops at the size that its entry declares', async () => {
  const { root, writer } = await fresh('bomb');
  let served = 0;
  const endless = async function* () {
    for (; served < 1000; served++) yield Buffer.alloc(1000);
  };
  await expect(writer.file([], file('f', 'x'.repeat(1500)), endless)).rejects.toMatchObject({
    code: 'corrupt_data',
  });
  writer.close();
  expect(served).toBe(1);
  expect(await readdir(root)).toEqual([]);
});

it.skipIf(!isRoot)(
  'owners go by their names where the destination knows them, by numbers elsewhere',
  async () => {
    const ownerIds = { userId: (name: string) => (name === 'anna' ? 4001 : null), groupId: () => null };
    const { root, writer } = await fresh('owners', { ownerIds });
    const owned = { uid: 1001, gid: 1002, group: 'staff' };
    await writer.file([], file('known', 'data', { ...owned, owner: 'anna' }), () => bytes('data'));
    await writer.file([], file('unknown', 'data', { ...owned, owner: 'otto' }), () => bytes('data'));
    writer.close();
    const ownerOf = async (name: string) => {
      const { uid, gid } = await lstat(join(root, name));
      return [uid, gid];
    };
    expect([await ownerOf('known'), await ownerOf('unknown')]).toEqual([
      [4001, 1002],
      [1001, 1002],
    ]);
  },
);

describe('where names that differ in case or accents are one', () => {
  const folding = async (name: string, conflict: RestoreWriterOptions['conflict'] = 'overwrite') =>
    fresh(name, { foldsNames: true, conflict });

  it('the second does not overwrite the first, and both are named', async () => {
    const { root, writer } = await folding('case');
    await writer.file([], file('Read', '1st.'), () => bytes('1st.'));
    await expect(writer.file([], file('read', '2nd.'), () => bytes('2nd.'))).rejects.toMatchObject({
      reason: 'name_collision',
      message: expect.stringMatching(/"read" cannot stand beside "Read"/),
    });
    await writer.file([], file('caf\u00e9', '1st.'), () => bytes('1st.'));
    await expect(writer.file([], file('cafe\u0301', '2nd.'), () => bytes('2nd.'))).rejects.toMatchObject({
      reason: 'name_collision',
    });
    writer.close();
    expect(await readFile(join(root, 'Read'), 'utf8')).toBe('1st.');
    expect(await readdir(root)).toHaveLength(2);
  });

  it('a file that was there before is overwritten, as the policy says', async () => {
    const { root, writer } = await folding('before');
    await writeFile(join(root, 'read'), 'old');
    await writer.file([], file('read', 'new.'), () => bytes('new.'));
    writer.close();
    expect(await readFile(join(root, 'read'), 'utf8')).toBe('new.');
  });

  it('names that are no text are told apart', async () => {
    const { root, writer } = await folding('raw');
    for (const byte of [0xfe, 0xff])
      await writer.file([], { ...file('x'), name: Buffer.of(byte) }, () => bytes('data'));
    writer.close();
    expect(await readdir(root)).toHaveLength(2);
  });
});
