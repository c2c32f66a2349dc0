import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from '@/lib/engine/core/bytes';
import { nameBytes } from '@/lib/engine/core/names';
import type { ChunkRef } from '@/lib/engine/core/tree/entry';

/** What tells an unchanged file, without reading it. */
export interface FileStamp {
  sizeBytes: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
  inode: bigint;
}

export interface CachedFile extends FileStamp {
  /** Path from the root of the point, see `pathKey`. */
  key: Buffer;
  chunks: ChunkRef[];
  /** Whatever else a kind of source keeps of a file. */
  extra?: Buffer;
}

/** Which backup a cache describes. Names mean nothing under another lineage. */
export interface CacheHeader {
  vaultId: string;
  lineageId: string;
  /** The backup point, once there is one. */
  pointId: string | null;
}

const formatVersion = 2;
const blockBytes = 256 * 1024;
const frameHeaderBytes = 8;
/** Padded, so that the point's id can be put in at the end. */
const headerBytes = 1024;
const maxFrameBytes = 1 << 30;
const maxExtraBytes = 1 << 20;
const noExtra = Buffer.alloc(0);

/**
 * A path whose byte order is the order of the walk: folders' contents directly after the folder. Slash becomes zero,
 * which no name holds and which sorts before every other byte.
 */
export function pathKey(path: Uint8Array): Buffer {
  const key = Buffer.from(path);
  for (let at = key.indexOf(0x2f); at >= 0; at = key.indexOf(0x2f, at + 1)) key[at] = 0;
  return key;
}

/** One file name for the same vault and paths, whatever the order in which the paths were given. */
export function cacheName(vaultId: string, paths: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([vaultId, ...[...paths].sort()]));
  return hash.digest('hex').slice(0, 32);
}

export function isSameFile(a: FileStamp, b: FileStamp): boolean {
  return (
    a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.inode === b.inode
  );
}

/**
 * Whether a later change of the file is sure to show in its change time. Clocks of filesystems tick every few milliseconds,
 * some every two seconds: a file changed within the tick in which it was read could change again and look the same.
 */
export function isSettled({ ctimeNs }: Pick<FileStamp, 'ctimeNs'>, nowMs: number): boolean {
  const tickMs = ctimeNs % 1_000_000_000n === 0n ? 2_000n : 20n;
  return ctimeNs / 1_000_000n + tickMs < BigInt(Math.floor(nowMs));
}

function encodeBody(to: ByteWriter, file: CachedFile): void {
  to.varint(file.sizeBytes).i64(file.mtimeNs).i64(file.ctimeNs).u64(file.inode).varint(file.chunks.length);
  for (const chunk of file.chunks) to.raw(chunk.name).varint(chunk.length);
  to.sized(file.extra ?? noExtra);
}

/** A file as it was read: only its stamp is decoded until more is asked for, and it can be written again as it is. */
class ReadRecord implements CachedFile {
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  readonly #rest: ByteReader;
  #more: { chunks: ChunkRef[]; extra: Buffer } | null = null;

  constructor(
    readonly key: Buffer,
    readonly body: Buffer,
  ) {
    this.#rest = new ByteReader(body, 'the file cache');
    this.sizeBytes = this.#rest.varint();
    this.mtimeNs = this.#rest.i64();
    this.ctimeNs = this.#rest.i64();
    this.inode = this.#rest.u64();
  }

  get chunks(): ChunkRef[] {
    return this.#decoded.chunks;
  }

  get extra(): Buffer | undefined {
    const { extra } = this.#decoded;
    return extra.length > 0 ? extra : undefined;
  }

  get #decoded(): { chunks: ChunkRef[]; extra: Buffer } {
    if (this.#more) return this.#more;
    const chunks: ChunkRef[] = [];
    for (let left = this.#rest.varint(); left > 0; left--)
      chunks.push({ name: this.#rest.raw(nameBytes), length: this.#rest.varint() });
    this.#more = { chunks, extra: this.#rest.sized(maxExtraBytes) };
    return this.#more;
  }
}

/** Writes files in the order of the walk, first beside its final name; `commit` puts it in place. */
export class FileCacheWriter {
  readonly #body = new ByteWriter(blockBytes);
  readonly #frame = new ByteWriter(4096);
  #previousKey: Buffer = Buffer.alloc(0);

  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private readonly header: CacheHeader,
  ) {}

  static async create(path: string, header: Omit<CacheHeader, 'pointId'>): Promise<FileCacheWriter> {
    const writer = new FileCacheWriter(await open(path, 'w', 0o600), path, { ...header, pointId: null });
    await writer.file.writeFile(encodeHeader(writer.header));
    return writer;
  }

  /** Keys must ascend. Written out now and then, so that an interrupted backup can go on from it. */
  add(file: CachedFile): Promise<void> | undefined {
    const shared = sharedPrefix(this.#previousKey, file.key);
    this.#frame.varint(shared).sized(file.key.subarray(shared));
    if (file instanceof ReadRecord) this.#frame.raw(file.body);
    else encodeBody(this.#frame, file);
    this.#endFrame();
    this.#previousKey = file.key;
    return this.#body.length >= blockBytes ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    if (this.#body.length === 0) return;
    const bytes = this.#body.finish();
    this.#body.reset();
    await this.file.writeFile(bytes);
  }

  /** The files are those of this point, from its first to its last. */
  async commit(finalPath: string, pointId: string): Promise<void> {
    await this.flush();
    await this.file.write(encodeHeader({ ...this.header, pointId }), 0, undefined, 0);
    await this.close();
    await rename(this.path, finalPath);
  }

  async close(): Promise<void> {
    await this.flush();
    await this.file.close();
  }

  #endFrame(): void {
    appendFrame(this.#body, this.#frame.view());
    this.#frame.reset();
  }
}

/**
 * Looks files up in the order of the walk, reading the cache once from front to back. A cache that ends early or is damaged
 * counts as having no more files.
 */
export class FileCacheReader {
  #block: Buffer = Buffer.alloc(0);
  #at = 0;
  #current: CachedFile | null = null;
  #isAtEnd = false;
  #wanted = frameHeaderBytes + headerBytes;
  #key: Buffer = Buffer.alloc(0);

  private constructor(
    private readonly file: FileHandle,
    readonly header: CacheHeader,
  ) {}

  /** @returns null when there is no cache, or none that can be read. */
  static async open(path: string): Promise<FileCacheReader | null> {
    const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (!file) return null;
    const probe = new FileCacheReader(file, { vaultId: '', lineageId: '', pointId: null });
    await probe.#fill();
    const frame = probe.#nextFrame();
    const header = frame && readHeader(frame);
    if (!header) {
      await file.close();
      return null;
    }
    const reader = new FileCacheReader(file, header);
    reader.#block = probe.#block;
    reader.#at = probe.#at;
    reader.#isAtEnd = probe.#isAtEnd;
    return reader;
  }

  /** Keys must ascend from call to call. A promise only when more has to be read. */
  find(key: Buffer): CachedFile | null | Promise<CachedFile | null> {
    for (;;) {
      if (!this.#current) {
        const next = this.#next();
        if (next === undefined) return this.#fill().then(() => this.find(key));
        if (next === null) return null;
        this.#current = next;
      }
      const order = Buffer.compare(this.#current.key, key);
      if (order > 0) return null;
      const found = this.#current;
      this.#current = null;
      if (order === 0) return found;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** Undefined when more has to be read first. */
  #next(): CachedFile | null | undefined {
    const frame = this.#nextFrame();
    if (!frame) return frame;
    const reader = new ByteReader(frame, 'the file cache');
    const shared = reader.varint();
    const key = Buffer.concat([this.#key.subarray(0, shared), reader.sized(1 << 20)]);
    this.#key = key;
    return new ReadRecord(key, reader.raw(reader.remaining));
  }

  /** A view, valid until the next call. Undefined when more has to be read first. */
  #nextFrame(): Buffer | null | undefined {
    if (!this.#has(frameHeaderBytes)) return this.#isAtEnd ? null : undefined;
    const length = this.#block.readUInt32BE(this.#at);
    const sum = this.#block.readUInt32BE(this.#at + 4);
    if (length > maxFrameBytes) return this.#end();
    if (!this.#has(frameHeaderBytes + length)) return this.#isAtEnd ? this.#end() : undefined;
    const frame = this.#block.subarray(this.#at + frameHeaderBytes, this.#at + frameHeaderBytes + length);
    if (crc32(frame) !== sum) return this.#end();
    this.#at += frameHeaderBytes + length;
    return frame;
  }

  #end(): null {
    this.#isAtEnd = true;
    this.#block = Buffer.alloc(0);
    this.#at = 0;
    return null;
  }

  #has(count: number): boolean {
    this.#wanted = count;
    return this.#block.length - this.#at >= count;
  }

  /** Reads what was wanted last, or up to the end. */
  async #fill(): Promise<void> {
    const count = this.#wanted;
    while (this.#block.length - this.#at < count && !this.#isAtEnd) {
      const rest = this.#block.subarray(this.#at);
      const grown = Buffer.allocUnsafe(Math.max(rest.length + blockBytes, count));
      rest.copy(grown);
      const { bytesRead } = await this.file.read(grown, rest.length, grown.length - rest.length);
      if (bytesRead === 0) this.#isAtEnd = true;
      this.#block = grown.subarray(0, rest.length + bytesRead);
      this.#at = 0;
    }
  }
}

export async function removeCache(path: string): Promise<void> {
  await rm(path, { force: true });
}

function appendFrame(body: ByteWriter, frame: Uint8Array): void {
  body.u32(frame.length).u32(crc32(frame)).raw(frame);
}

function encodeHeader(header: CacheHeader): Buffer {
  const frame = Buffer.alloc(headerBytes, ' ');
  frame[0] = formatVersion;
  const length = frame.write(JSON.stringify(header), 1);
  if (length > headerBytes - 2) throw new Error('Invariant broken: ids fit in the header of a file cache');
  const body = new ByteWriter(headerBytes + frameHeaderBytes);
  appendFrame(body, frame);
  return body.finish();
}

function readHeader(frame: Buffer): CacheHeader | null {
  if (frame[0] !== formatVersion || frame.length !== headerBytes) return null;
  return JSON.parse(frame.toString('utf8', 1)) as CacheHeader;
}

function sharedPrefix(a: Buffer, b: Buffer): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a[at] === b[at]) at++;
  return at;
}
