import type { ChunkLocation, ChunkName, PackRef, PackRow } from '@/lib/engine/core';
import { computeName, namesEqual, nameToHex } from '@/lib/engine/core/names';
import type { PackContents } from '@/lib/engine/core/pack/pack-contents';
import {
  frameSeal,
  type OpenPack,
  openPack,
  readPackContents,
  readSealedFrame,
  requireFrame,
} from '@/lib/engine/core/pack/pack-reader';
import { Slots } from '@/lib/engine/core/slots';
import { readMended } from '@/lib/engine/core/store/read-mended';
import { type PageReferences, pageReferences } from '@/lib/engine/core/tree/references';
import type { WorkPool } from '@/lib/engine/core/work/pool';
import type { OpenVault, VaultLineage } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import type { WantedChunk } from './frame-gatherer';
import { KnownPacks } from './known-packs';
import { SizedCache } from './sized-cache';

const maxOpenPacks = 256;
/** Frames of pages that are fetched and opened at a time. */
const framesAtATime = 8;
const maxPageFrameBytes = 16 * 1024 * 1024;

/**
 * Reads a vault by the frame. Frames of tree pages are kept, sealed and opened, because the walk that reads a page
 * is followed by the copy that sends its frame: each is fetched from the store once.
 */
export class VaultFrames {
  readonly #packs = new SizedCache<Promise<OpenPack>>(maxOpenPacks);
  readonly #contents = new KnownPacks();
  readonly #slots = new Slots(framesAtATime);
  readonly #sealedPages = new SizedCache<Uint8Array>(maxPageFrameBytes);
  readonly #plainPages = new SizedCache<Promise<Uint8Array>>(maxPageFrameBytes);

  constructor(
    private readonly vault: OpenVault,
    private readonly lineage: VaultLineage,
    private readonly work: WorkPool,
  ) {}

  open(pack: PackRef): Promise<OpenPack> {
    const known = this.#packs.get(pack.objectName);
    if (known) return known;
    const opening = openPack(this.vault.store, this.vault.keys, pack);
    this.#packs.set(pack.objectName, opening, 1);
    opening.catch(() => this.#packs.delete(pack.objectName));
    return opening;
  }

  async rowsOf(pack: PackRef, frame: number): Promise<readonly PackRow[]> {
    return (await this.#contentsOf(pack)).rowsOf(frame);
  }

  /** Learns what lies in the pack, so that `known` tells where. */
  async learn(pack: PackRef): Promise<void> {
    await this.#contentsOf(pack);
  }

  /** Where a chunk lies by the tables of contents read so far. */
  known(name: ChunkName): ChunkLocation | null {
    return this.#contents.locate(name);
  }

  /** For when a pack is gone that was there before. */
  forget(): void {
    this.#contents.clear();
  }

  async #contentsOf(pack: PackRef): Promise<PackContents> {
    const known = this.#contents.get(pack.objectName);
    if (known) return known;
    const contents = await readPackContents(this.vault.store, await this.open(pack));
    this.#contents.add(pack, contents);
    return contents;
  }

  /** The frame's sealed bytes; they belong to the caller. */
  async sealed(pack: PackRef, frame: number): Promise<Uint8Array> {
    if (pack.type === 'data') return readSealedFrame(this.vault.store, await this.open(pack), frame);
    const id = `${pack.objectName}:${frame}`;
    const known = this.#sealedPages.get(id);
    if (known) return Uint8Array.from(known);
    const sealed = await readSealedFrame(this.vault.store, await this.open(pack), frame);
    this.#sealedPages.set(id, sealed, sealed.length);
    return Uint8Array.from(sealed);
  }

  /** The sealed bytes of frames that lie one after the other, by one read to the start of a slab. */
  async run(pack: PackRef, first: number, last: number, slab: Uint8Array): Promise<void> {
    const opened = await this.open(pack);
    const { offset } = requireFrame(opened, first);
    const end = requireFrame(opened, last);
    const length = end.offset + end.sealedLength - offset;
    const into = slab.subarray(0, length);
    const bytes = await this.vault.store.get(pack.objectName, { offset, length }, into);
    if (bytes !== into) into.set(bytes);
  }

  /** @throws `corrupt_data` when the page does not authenticate or does not match its name. */
  async references({ name, location }: WantedChunk): Promise<PageReferences> {
    const { pack, frame, offset, length } = location;
    const id = `${pack.objectName}:${frame}`;
    const { plainLength } = requireFrame(await this.open(pack), frame);
    let opening = this.#plainPages.get(id);
    if (!opening) {
      opening = this.#openInTurn(pack, frame);
      this.#plainPages.set(id, opening, plainLength);
      opening.catch(() => this.#plainPages.delete(id));
    }
    const plain = await opening;
    this.#requireName(name, plain.subarray(offset, offset + length));
    return pageReferences(plain.subarray(offset, offset + length));
  }

  async #openInTurn(pack: PackRef, frame: number): Promise<Uint8Array> {
    await this.#slots.take();
    try {
      return await this.#openFrame(pack, frame);
    } finally {
      this.#slots.give();
    }
  }

  async #openFrame(pack: PackRef, frame: number): Promise<Uint8Array> {
    const opened = await this.open(pack);
    const { codec, plainLength } = requireFrame(opened, frame);
    const from = frameSeal(opened, frame);
    return readMended(this.vault.store, pack.objectName, async () => {
      const sealed = await this.sealed(pack, frame);
      try {
        return await this.work.run({ op: 'open', sealed, codec, plainLength, from, check: null });
      } catch (error) {
        this.#sealedPages.delete(`${pack.objectName}:${frame}`);
        throw error;
      }
    });
  }

  /** The frame's bytes from a copy that is whole, after those of `sealed` were not; null where there is none. */
  async again(pack: PackRef, frame: number): Promise<Uint8Array | null> {
    if (!(await this.vault.store.mend?.(pack.objectName))) return null;
    this.#sealedPages.delete(`${pack.objectName}:${frame}`);
    return this.sealed(pack, frame);
  }

  #requireName(name: ChunkName, bytes: Uint8Array): void {
    if (!namesEqual(computeName(this.lineage.namingKey, 'tree', bytes), name)) {
      throw new CrossvaultError('corrupt_data', `A tree page does not match its name ${nameToHex(name)}.`);
    }
  }
}
