import type { TreeEntry } from '@/lib/engine/core';
import { type ArchiveItem, type ArchiveWriter, joinNames, safeMode } from './archive-format';

const blockBytes = 512;
/** Names of files with several names that are remembered; later ones are written as files of their own. */
const maxLinks = 20_000;
const maxOctal11 = 0o77777777777;

/**
 * A POSIX (pax) tar: owners by number and name, times to the nanosecond, links, hard links, extended attributes. Devices,
 * pipes and sockets hold no bytes and are left out.
 */
export class TarWriter implements ArchiveWriter {
  readonly #linked = new Map<bigint, Buffer>();

  async *add({ path, entry, bytes }: ArchiveItem): AsyncGenerator<Uint8Array> {
    const name = joinNames(path);
    if (entry.type === 'dir') {
      yield* this.#header(entry, Buffer.concat([name, Buffer.from('/')]), '5');
    } else if (entry.type === 'symlink') {
      yield* this.#header(entry, name, '2', { link: Buffer.from(entry.target) });
    } else if (entry.type === 'file') {
      const first = this.#firstName(entry, name);
      if (first) yield* this.#header(entry, name, '1', { link: first });
      else {
        yield* this.#header(entry, name, '0', { sizeBytes: entry.sizeBytes });
        if (bytes) yield* bytes;
        yield padding(entry.sizeBytes);
      }
    }
  }

  async *finish(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(2 * blockBytes);
  }

  async close(): Promise<void> {}

  /** Whether a file has been sent under another name; its bytes are then not sent again. */
  #firstName({ hardLinkGroup }: TreeEntry, name: Buffer): Buffer | null {
    if (hardLinkGroup === undefined) return null;
    const known = this.#linked.get(hardLinkGroup);
    if (known) return known;
    if (this.#linked.size < maxLinks) this.#linked.set(hardLinkGroup, name);
    return null;
  }

  *#header(
    entry: TreeEntry,
    name: Buffer,
    kind: string,
    { link = Buffer.alloc(0), sizeBytes = 0 }: { link?: Buffer; sizeBytes?: number } = {},
  ): Generator<Uint8Array> {
    const records = paxRecords(entry, name, link, sizeBytes);
    if (records.length > 0) {
      const body = Buffer.concat(records);
      yield ustar({ name: Buffer.from('pax'), kind: 'x', sizeBytes: body.length, mode: 0o644 });
      yield body;
      yield padding(body.length);
    }
    yield ustar({
      name,
      link,
      kind,
      sizeBytes,
      mode: safeMode(entry.mode),
      uid: entry.uid,
      gid: entry.gid,
      mtimeSeconds: Number(entry.mtimeNs / 1_000_000_000n),
      owner: entry.owner,
      group: entry.group,
    });
  }
}

function paxRecords(entry: TreeEntry, name: Buffer, link: Buffer, sizeBytes: number): Buffer[] {
  const records: Buffer[] = [];
  const say = (key: string, value: Buffer | string) => records.push(paxRecord(key, Buffer.from(value)));
  if (name.length > 100 || !isAscii(name)) say('path', name);
  if (link.length > 100 || !isAscii(link)) say('linkpath', link);
  if (sizeBytes > maxOctal11) say('size', String(sizeBytes));
  if (entry.uid > 0o7777777) say('uid', String(entry.uid));
  if (entry.gid > 0o7777777) say('gid', String(entry.gid));
  for (const [key, text] of [
    ['uname', entry.owner],
    ['gname', entry.group],
  ] as const) {
    if (text && (text.length > 31 || !isAscii(Buffer.from(text)))) say(key, text);
  }
  if (entry.mtimeNs < 0n || entry.mtimeNs % 1_000_000_000n !== 0n) say('mtime', decimal(entry.mtimeNs));
  for (const { name: key, value } of entry.xattrs ?? []) {
    // A key with an equals sign cannot be told from its value.
    if (!Buffer.from(key).includes(0x3d))
      say(`SCHILY.xattr.${Buffer.from(key).toString('utf8')}`, Buffer.from(value));
  }
  return records;
}

/** The length counts its own digits. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function decimal(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? '-' : '';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  return `${sign}${size / 1_000_000_000n}.${String(size % 1_000_000_000n).padStart(9, '0')}`;
}

interface UstarFields {
  name: Buffer;
  link?: Buffer;
  kind: string;
  sizeBytes: number;
  mode: number;
  uid?: number;
  gid?: number;
  mtimeSeconds?: number;
  owner?: string;
  group?: string;
}

function ustar(fields: UstarFields): Buffer {
  const { name, link, kind, sizeBytes, mode, uid = 0, gid = 0, mtimeSeconds = 0, owner, group } = fields;
  const header = Buffer.alloc(blockBytes);
  name.copy(header, 0, 0, 100);
  header.write(octal(mode, 7), 100);
  header.write(octal(uid, 7), 108);
  header.write(octal(gid, 7), 116);
  header.write(octal(sizeBytes, 11), 124);
  header.write(octal(mtimeSeconds, 11), 136);
  header.fill(' ', 148, 156);
  header.write(kind, 156);
  link?.copy(header, 157, 0, 100);
  header.write('ustar\0', 257);
  header.write('00', 263);
  header.write((owner ?? '').slice(0, 31), 265, 31);
  header.write((group ?? '').slice(0, 31), 297, 31);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** What does not fit stands in a pax record. */
function octal(value: number, digits: number): string {
  const text = Math.max(0, value).toString(8);
  return `${text.length > digits ? '0'.repeat(digits) : text.padStart(digits, '0')}\0`;
}

function padding(sizeBytes: number): Buffer {
  return Buffer.alloc((blockBytes - (sizeBytes % blockBytes)) % blockBytes);
}

function isAscii(bytes: Buffer): boolean {
  return bytes.every((byte) => byte < 0x80);
}
