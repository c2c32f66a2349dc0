import type { ChunkLocation, ChunkName, PackRef, PackRow } from '@/lib/engine/core';
import { NameMap } from '@/lib/engine/core/name-map';
import type { PackContents } from '@/lib/engine/core/pack/pack-contents';

interface KnownPack {
  ref: PackRef;
  contents: PackContents;
}

/**
 * Tables of contents of packs that were read lately, and where their chunks lie by them: what a table tells the index need
 * not be asked. Its memory is bounded; when it is full all is forgotten.
 */
export class KnownPacks {
  #packs: KnownPack[] = [];
  #byName = new Map<string, KnownPack>();
  #chunks = new NameMap(2);

  /** @param maxRows chunks, at some 60 bytes each. */
  constructor(private readonly maxRows = 400_000) {}

  get(objectName: string): PackContents | null {
    return this.#byName.get(objectName)?.contents ?? null;
  }

  add(ref: PackRef, contents: PackContents): void {
    if (this.#byName.has(ref.objectName)) return;
    if (this.#chunks.size + contents.size > this.maxRows) this.clear();
    const known = { ref, contents };
    const no = this.#packs.push(known) - 1;
    this.#byName.set(ref.objectName, known);
    for (let row = 0; row < contents.size; row++) {
      const entry = this.#chunks.insert(contents.nameAt(row));
      this.#chunks.setValue(entry, 0, no);
      this.#chunks.setValue(entry, 1, row);
    }
  }

  locate(name: ChunkName): ChunkLocation | null {
    const entry = this.#chunks.find(name);
    if (entry < 0) return null;
    const { ref, contents } = this.#packs[this.#chunks.getValue(entry, 0)]!;
    const { frame, offset, length }: PackRow = contents.rowAt(this.#chunks.getValue(entry, 1));
    return { pack: ref, frame, offset, length };
  }

  clear(): void {
    this.#packs = [];
    this.#byName = new Map();
    this.#chunks = new NameMap(2);
  }
}
