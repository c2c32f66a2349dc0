import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from '@/lib/engine/core/bytes';
import type { ChunkName } from '@/lib/engine/core/chunk';
import { NameSet } from '@/lib/engine/core/name-set';
import { nameBytes } from '@/lib/engine/core/names';

const formatVersion = 2;
/** 8 MiB on disk, and 14 to 27 MiB of memory while a backup runs. A larger tree's pages are asked for instead. */
const maxPages = 500_000;
const maxFileBytes = 1024 + maxPages * nameBytes;

/** What a backup goes through. */
export interface Extent {
  bytes: number;
  /** Files and everything else that is no folder. */
  items: number;
}

/**
 * Names of all pages of the tree of one backup point, kept beside the file cache: pages that come out the same again need
 * neither be sent nor asked for, and the gateway need not walk that tree to tell.
 */
export class HeldPages {
  readonly #made = new NameSet();

  /** A page of the tree that is being built. */
  add(name: ChunkName): void {
    if (this.#made.size <= maxPages) this.#made.add(name);
  }

  /** @param pointId the point whose tree it has become. */
  async commit(path: string, pointId: string, { bytes, items }: Extent): Promise<void> {
    if (this.#made.size > maxPages) return rm(path, { force: true });
    const body = new ByteWriter(1024 + this.#made.size * nameBytes);
    body.u8(formatVersion).sized(Buffer.from(pointId)).varint(bytes).varint(items).varint(this.#made.size);
    for (const name of this.#made) body.raw(name);
    body.u32(crc32(body.view()));
    await writeFile(`${path}.new`, body.view(), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  /** The pages of that very point; null when they are not known for sure. */
  static async read(path: string, pointId: string): Promise<{ names: NameSet; extent: Extent } | null> {
    const bytes = await readFile(path).catch(() => null);
    if (!bytes || bytes.length < 4 || bytes.length > maxFileBytes) return null;
    const body = bytes.subarray(0, -4);
    if (crc32(body) !== bytes.readUInt32BE(body.length)) return null;
    const reader = new ByteReader(body, 'the list of pages');
    if (reader.u8() !== formatVersion || reader.sized(200).toString() !== pointId) return null;
    const extent = { bytes: reader.varint(), items: reader.varint() };
    const count = reader.varint();
    const names = new NameSet(count);
    for (let left = count; left > 0; left--) names.add(reader.raw(nameBytes));
    return { names, extent };
  }
}
