import { expect, test } from 'vitest';
import { ByteWriter } from '@/lib/engine/core/bytes';
import type { FileEntry } from '@/lib/engine/core/tree/entry';
import { encodeEntry } from '@/lib/engine/core/tree/entry-codec';
import type { CachedFile } from './file-cache';
import { KeptEntries } from './kept-entries';

const path = Buffer.from('/data/report.txt');
const entry: FileEntry = {
  type: 'file',
  name: Buffer.from('report.txt'),
  mode: 0o640,
  uid: 1000,
  gid: 100,
  mtimeNs: 5n,
  ctimeNs: 6n,
  inode: 7n,
  owner: 'ana',
  xattrs: [{ name: Buffer.from('user.note'), value: Buffer.from('kept') }],
  sizeBytes: 3,
  content: { kind: 'inline', chunks: [{ name: Buffer.alloc(16, 1), length: 3 }] },
};
const names = (version?: string) => ({
  owners: { userName: () => null, groupName: () => null, ...(version !== undefined && { version }) },
  hasXattrs: true,
});

function cached(kept: Buffer | undefined): CachedFile {
  const extra = kept && Buffer.from(kept);
  const { sizeBytes, mtimeNs } = entry;
  return { key: path, sizeBytes, mtimeNs, ctimeNs: 6n, inode: 7n, chunks: [], ...(extra && { extra }) };
}

test('an entry is found again as the tree has it', () => {
  const entries = new KeptEntries(names('1'));
  const { encoded, kept } = entries.encode(entry, path);
  const writer = new ByteWriter();
  encodeEntry(writer, entry);
  expect(encoded).toEqual(writer.finish());
  expect(new KeptEntries(names('1')).find(cached(kept), false)).toEqual(writer.finish());
});

test('it is made again when names of owners, the reading of attributes, or holes are others', () => {
  const file = cached(new KeptEntries(names('1')).encode(entry, path).kept);
  expect(new KeptEntries(names('2')).find(file, false)).toBeNull();
  expect(new KeptEntries(names()).find(file, false)).toBeNull();
  expect(new KeptEntries({ ...names('1'), hasXattrs: false }).find(file, false)).toBeNull();
  expect(new KeptEntries(names('1')).find(file, true)).toBeNull();
  expect(new KeptEntries(names('1')).find(cached(undefined), false)).toBeNull();
});

test('names of one file are not kept, and no file of which something was lost', () => {
  const entries = new KeptEntries(names('1'));
  expect(entries.encode({ ...entry, hardLinkGroup: 4n }, path).kept).toBeUndefined();
  expect(new KeptEntries(names()).encode(entry, path).kept).toBeUndefined();
  entries.addLost(path);
  expect(entries.encode(entry, path).kept).toBeUndefined();
  expect(entries.encode(entry, Buffer.from('/data/other')).kept).toBeDefined();
});
