import { CrossvaultError } from '@/lib/errors';
import type { ByteReader, ByteWriter } from '../bytes';
import { nameBytes } from '../names';
import type { EntryMeta, FileContent, TreeEntry } from './entry';
import { decodeTotals, encodeTotals, requireGivenName, requireName } from './fields';
import { maxInlineChunks, maxTargetBytes, maxXattrBytes } from './limits';

/** Part of the format. */
const typeTags = {
  file: 1,
  dir: 2,
  symlink: 3,
  fifo: 4,
  socket: 5,
  char_device: 6,
  block_device: 7,
} as const;
const types = Object.keys(typeTags) as TreeEntry['type'][];

const flags = {
  ctime: 1,
  inode: 2,
  owner: 4,
  group: 8,
  hardLink: 16,
  xattrs: 32,
  device: 64,
  sparse: 128,
} as const;
const treeContent = 255;

function flagsOf(entry: TreeEntry): number {
  return (
    (entry.ctimeNs === undefined ? 0 : flags.ctime) |
    (entry.inode === undefined ? 0 : flags.inode) |
    (entry.owner === undefined ? 0 : flags.owner) |
    (entry.group === undefined ? 0 : flags.group) |
    (entry.hardLinkGroup === undefined ? 0 : flags.hardLink) |
    (entry.xattrs?.length ? flags.xattrs : 0) |
    ('device' in entry && entry.device ? flags.device : 0) |
    ('isSparse' in entry && entry.isSparse ? flags.sparse : 0)
  );
}

/** @throws `invalid_input` for an entry that no decoder would accept. */
export function encodeEntry(writer: ByteWriter, entry: TreeEntry): void {
  requireGivenName(entry.name);
  const set = flagsOf(entry);
  writer.u8(entry.name.length).raw(entry.name).u8(typeTags[entry.type]).u8(set);
  writer
    .varint(entry.mode & 0o7777)
    .varint(entry.uid)
    .varint(entry.gid)
    .i64(entry.mtimeNs);
  if (set & flags.ctime) writer.i64(entry.ctimeNs!);
  if (set & flags.inode) writer.u64(entry.inode!);
  if (set & flags.owner) encodeText(writer, entry.owner!);
  if (set & flags.group) encodeText(writer, entry.group!);
  if (set & flags.hardLink) writer.u64(entry.hardLinkGroup!);
  if (set & flags.xattrs) encodeXattrs(writer, entry.xattrs!);
  if (set & flags.device && 'device' in entry) writer.varint(entry.device!.major).varint(entry.device!.minor);
  encodeBody(writer, entry);
}

function encodeText(writer: ByteWriter, text: string): void {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new CrossvaultError('invalid_input', 'An owner or group name is too long.');
  writer.sized(bytes);
}

function encodeXattrs(writer: ByteWriter, xattrs: NonNullable<EntryMeta['xattrs']>): void {
  const total = xattrs.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  if (total > maxXattrBytes) throw new CrossvaultError('invalid_input', 'Extended attributes are too long.');
  const sorted = [...xattrs].sort((a, b) => Buffer.compare(a.name, b.name));
  writer.varint(sorted.length);
  for (const { name, value } of sorted) writer.sized(name).sized(value);
}

function encodeBody(writer: ByteWriter, entry: TreeEntry): void {
  if (entry.type === 'file') {
    writer.varint(entry.sizeBytes);
    encodeContent(writer, entry.content);
  } else if (entry.type === 'dir') {
    writer.raw(entry.root);
    encodeTotals(writer, entry.totals);
  } else if (entry.type === 'symlink') {
    if (!isTarget(entry.target))
      throw new CrossvaultError('invalid_input', 'A link has an impossible target.');
    writer.sized(entry.target);
  }
}

function encodeContent(writer: ByteWriter, content: FileContent): void {
  if (content.kind === 'tree') {
    writer.u8(treeContent).raw(content.root);
    return;
  }
  if (content.chunks.length > maxInlineChunks)
    throw new Error('Invariant broken: too many chunks in an entry');
  writer.u8(content.chunks.length);
  for (const { name, length } of content.chunks) writer.raw(name).varint(length);
}

function isTarget(target: Uint8Array): boolean {
  return target.length > 0 && target.length <= maxTargetBytes && !target.includes(0);
}

export function decodeEntry(reader: ByteReader): TreeEntry {
  const name = requireName(reader, reader.raw(reader.u8()));
  const tag = reader.u8();
  const type = types.find((t) => typeTags[t] === tag);
  if (!type) return reader.fail('an entry is of an unknown type');
  const set = reader.u8();
  if (set & flags.sparse && type !== 'file') reader.fail('something that is no file is sparse');
  const mode = reader.varint();
  if (mode > 0o7777) reader.fail('a mode is too large');
  const meta: EntryMeta = { name, mode, uid: reader.varint(), gid: reader.varint(), mtimeNs: reader.i64() };
  if (set & flags.ctime) meta.ctimeNs = reader.i64();
  if (set & flags.inode) meta.inode = reader.u64();
  if (set & flags.owner) meta.owner = reader.sized(255).toString();
  if (set & flags.group) meta.group = reader.sized(255).toString();
  if (set & flags.hardLink) meta.hardLinkGroup = reader.u64();
  if (set & flags.xattrs) meta.xattrs = decodeXattrs(reader);
  const device = set & flags.device ? { major: reader.varint(), minor: reader.varint() } : undefined;
  if (device && type !== 'char_device' && type !== 'block_device')
    reader.fail('a device number is out of place');
  const entry = decodeBody(reader, type, meta, device);
  if (set & flags.sparse && entry.type === 'file') entry.isSparse = true;
  return entry;
}

function decodeBody(
  reader: ByteReader,
  type: TreeEntry['type'],
  meta: EntryMeta,
  device: { major: number; minor: number } | undefined,
): TreeEntry {
  if (type === 'file') {
    const sizeBytes = reader.varint();
    const content = decodeContent(reader);
    if (content.kind === 'inline') {
      const sum = content.chunks.reduce((total, { length }) => total + length, 0);
      if (sum !== sizeBytes) reader.fail("a file's chunks do not make up its size");
    }
    return { ...meta, type, sizeBytes, content };
  }
  if (type === 'dir')
    return { ...meta, type, root: Buffer.from(reader.raw(nameBytes)), totals: decodeTotals(reader) };
  if (type === 'symlink') {
    const target = Buffer.from(reader.sized(maxTargetBytes));
    if (!isTarget(target)) reader.fail('a link has an impossible target');
    return { ...meta, type, target };
  }
  return device ? { ...meta, type, device } : { ...meta, type };
}

function decodeContent(reader: ByteReader): FileContent {
  const count = reader.u8();
  if (count === treeContent) return { kind: 'tree', root: Buffer.from(reader.raw(nameBytes)) };
  if (count > maxInlineChunks) reader.fail('a file lists too many chunks');
  const chunks = Array.from({ length: count }, () => ({
    name: Buffer.from(reader.raw(nameBytes)),
    length: reader.varint(),
  }));
  return { kind: 'inline', chunks };
}

function decodeXattrs(reader: ByteReader): NonNullable<EntryMeta['xattrs']> {
  const count = reader.varint();
  if (count === 0 || count > 1024) reader.fail('the number of extended attributes is wrong');
  const xattrs: NonNullable<EntryMeta['xattrs']> = [];
  let total = 0;
  for (let i = 0; i < count; i++) {
    const name = Buffer.from(reader.sized(255));
    const value = Buffer.from(reader.sized(maxXattrBytes));
    total += name.length + value.length;
    if (name.length === 0 || name.includes(0)) reader.fail('an extended attribute has no name');
    if (i > 0 && Buffer.compare(xattrs[i - 1]!.name, name) >= 0)
      reader.fail('extended attributes are out of order');
    xattrs.push({ name, value });
  }
  if (total > maxXattrBytes) reader.fail('extended attributes are too long');
  return xattrs;
}
