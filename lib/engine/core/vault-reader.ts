import { CrossvaultError } from '@/lib/errors';
import { corrupt } from './bytes';
import {
  type FrameGroup,
  planFrames,
  runOf,
  unsealRun,
  type WantedChunk,
  type WantedFrame,
} from './carried-frames';
import type { ChunkLocation, ChunkName, PackRef } from './chunk';
import { codecs } from './codec';
import { computeName } from './names';
import { frameSeal, type OpenPack, openPack, readSealedFrame, requireFrame } from './pack/pack-reader';
import type { ObjectStore } from './store/object-store';
import { readMended } from './store/read-mended';
import type { CarriedFrame, CarriedGroup, VaultReader } from './vault-io';
import type { VaultKeys } from './vault-keys';
import { sharedPool, type WorkPool } from './work/pool';

export interface VaultReaderOptions {
  store: ObjectStore;
  keys: VaultKeys;
  /** With the lineage's key every chunk's name is recomputed; without it the vault's authentication has to do. */
  namingKey: Uint8Array | null;
  /** Plaintext frames kept, as long as no new one needs the room. */
  cacheBytes?: number;
  /** How many bytes of chunks `readAll` asks for ahead of its consumer. */
  readAheadBytes?: number;
  pool?: WorkPool;
}

interface CachedFrame {
  plain: Promise<Uint8Array>;
  bytes: number;
}

const maxChunksAhead = 1024;
const maxGroupsAhead = 64;

/** Packs whose frame tables stay in memory, at about 2 KiB each. */
const maxOpenPacks = 512;

export function createVaultReader(options: VaultReaderOptions): VaultReader {
  return new CachingReader(options);
}

class CachingReader implements VaultReader {
  readonly #options: Required<VaultReaderOptions>;
  readonly #packs = new Map<string, Promise<OpenPack>>();
  readonly #frames = new Map<string, CachedFrame>();
  #cachedBytes = 0;

  constructor(options: VaultReaderOptions) {
    this.#options = {
      cacheBytes: 32 * 1024 * 1024,
      readAheadBytes: 4 * 1024 * 1024,
      pool: sharedPool(),
      ...options,
    };
  }

  async read(name: ChunkName, location: ChunkLocation): Promise<Uint8Array> {
    const pack = await this.#openPack(location.pack);
    const { plain, isChecked } = this.#openFrame(pack, name, location);
    const frame = await plain;
    const { offset, length } = location;
    if (offset + length > frame.length)
      throw corrupt(`${pack.ref.objectName}, a chunk lies outside its frame`);
    const bytes = frame.subarray(offset, offset + length);
    const { namingKey } = this.#options;
    if (namingKey && !isChecked && !computeName(namingKey, pack.ref.type, bytes).equals(name)) {
      throw corrupt(`${pack.ref.objectName}, a chunk does not match its name`);
    }
    return bytes;
  }

  async *readAll(
    chunks: Iterable<{ name: ChunkName; location: ChunkLocation }>,
  ): AsyncGenerator<{ name: ChunkName; bytes: Uint8Array }> {
    const ahead: { name: ChunkName; length: number; bytes: Promise<Uint8Array> }[] = [];
    let aheadBytes = 0;
    for (const { name, location } of chunks) {
      const bytes = this.read(name, location);
      // A failure is reported when its turn comes, not as an unhandled rejection before.
      bytes.catch(() => {});
      ahead.push({ name, length: location.length, bytes });
      aheadBytes += location.length;
      while (aheadBytes > this.#options.readAheadBytes || ahead.length > maxChunksAhead) {
        const first = ahead.shift()!;
        aheadBytes -= first.length;
        yield { name: first.name, bytes: await first.bytes };
      }
    }
    for (const { name, bytes } of ahead) yield { name, bytes: await bytes };
  }

  planFrames(chunks: Iterable<WantedChunk>): Promise<FrameGroup[]> {
    return planFrames(chunks, ({ pack }) => this.#openPack(pack));
  }

  async *readFrames(
    groups: readonly FrameGroup[],
    roomBefore: (chunkCount: number) => number = () => 0,
  ): AsyncGenerator<CarriedGroup> {
    const ahead: { bytes: number; group: Promise<CarriedGroup> }[] = [];
    let aheadBytes = 0;
    try {
      for (const planned of groups) {
        const group = this.#readGroup(planned, roomBefore);
        // A failure is reported when its turn comes, not as an unhandled rejection before.
        group.catch(() => {});
        const bytes = planned.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
        ahead.push({ bytes, group });
        aheadBytes += bytes;
        while (
          ahead.length > 1 &&
          (aheadBytes > this.#options.readAheadBytes || ahead.length > maxGroupsAhead)
        ) {
          const first = ahead.shift()!;
          aheadBytes -= first.bytes;
          yield await first.group;
        }
      }
      for (let first = ahead.shift(); first; first = ahead.shift()) yield await first.group;
    } finally {
      for (const { group } of ahead)
        group.then(
          ({ release }) => release(),
          () => {},
        );
    }
  }

  async #readGroup(group: FrameGroup, roomBefore: (chunkCount: number) => number): Promise<CarriedGroup> {
    if (!group[0]!.isWhole)
      return { frames: [await this.#readParts(group[0]!)], slab: null, release: () => {} };
    const { slab, bodies, release } = await unsealRun(
      this.#options.store,
      this.#options.pool,
      group,
      group.map(({ parts }) => roomBefore(parts.length)),
    );
    const frames = group.map(({ pack, frame, parts }, i) => {
      const { codec, plainLength } = requireFrame(pack, frame);
      return { type: pack.ref.type, codec, plainLength, chunks: runOf(parts), body: bodies[i]! };
    });
    return { frames, slab, release };
  }

  /** Chunks beside which others lie that nobody asked for. */
  async #readParts({ pack, parts, bodyBytes }: WantedFrame): Promise<CarriedFrame> {
    const bytes = await Promise.all(parts.map(({ name, location }) => this.read(name, location)));
    const body = bytes.length === 1 ? bytes[0]! : Buffer.concat(bytes, bodyBytes);
    return { type: pack.ref.type, codec: codecs.stored, plainLength: bodyBytes, chunks: runOf(parts), body };
  }

  #openPack(ref: PackRef): Promise<OpenPack> {
    const known = this.#packs.get(ref.objectName);
    if (known) return known;
    if (this.#packs.size >= maxOpenPacks) this.#packs.delete(this.#packs.keys().next().value!);
    const opening = openPack(this.#options.store, this.#options.keys, ref).then((pack) => {
      if (pack.ref.type !== ref.type) throw corrupt(`${ref.objectName} holds another type of chunk`);
      return pack;
    });
    this.#packs.set(ref.objectName, opening);
    opening.catch(() => this.#packs.delete(ref.objectName));
    return opening;
  }

  #openFrame(
    pack: OpenPack,
    name: ChunkName,
    location: ChunkLocation,
  ): { plain: Promise<Uint8Array>; isChecked: boolean } {
    const id = `${pack.ref.objectName}:${location.frame}`;
    const cached = this.#frames.get(id);
    if (cached) {
      this.#frames.delete(id);
      this.#frames.set(id, cached);
      return { plain: cached.plain, isChecked: false };
    }
    const bytes = requireFrame(pack, location.frame).plainLength;
    const plain = this.#loadFrame(pack, name, location);
    this.#frames.set(id, { plain, bytes });
    this.#cachedBytes += bytes;
    plain.catch(() => this.#drop(id));
    for (const oldest of this.#frames.keys()) {
      if (this.#cachedBytes <= this.#options.cacheBytes || oldest === id) break;
      this.#drop(oldest);
    }
    return { plain, isChecked: true };
  }

  #drop(id: string): void {
    const frame = this.#frames.get(id);
    if (!frame) return;
    this.#frames.delete(id);
    this.#cachedBytes -= frame.bytes;
  }

  async #loadFrame(
    pack: OpenPack,
    name: ChunkName,
    { frame, offset, length }: ChunkLocation,
  ): Promise<Uint8Array> {
    const { store, pool, namingKey } = this.#options;
    const { codec, plainLength } = requireFrame(pack, frame);
    const check = namingKey && { type: pack.ref.type, namingKey, parts: [{ name, offset, length }] };
    try {
      return await readMended(store, pack.ref.objectName, async () => {
        const sealed = await readSealedFrame(store, pack, frame);
        return pool.run({ op: 'open', sealed, codec, plainLength, from: frameSeal(pack, frame), check });
      });
    } catch (error) {
      if (!(error instanceof CrossvaultError && error.code === 'corrupt_data')) throw error;
      throw corrupt(`${pack.ref.objectName}, frame ${frame}`, error);
    }
  }
}
