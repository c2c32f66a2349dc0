import type { ChunkLocation, ChunkName, PackRef, PackRow } from './chunk';
import { NameMap } from './name-map';
import type { VaultIndex } from './vault-index';

/** An index in memory, about 40 to 60 bytes a chunk: for rescue and for tests. */
export class MemoryIndex implements VaultIndex {
  readonly #packs: PackRef[] = [];
  readonly #packNumbers = new Map<string, number>();
  readonly #rows = new NameMap(4);

  get size(): number {
    return this.#rows.size;
  }

  async lookup(names: readonly ChunkName[]): Promise<(ChunkLocation | null)[]> {
    return names.map((name) => this.find(name));
  }

  find(name: ChunkName): ChunkLocation | null {
    const entry = this.#rows.find(name);
    if (entry < 0) return null;
    const value = (which: number) => this.#rows.getValue(entry, which);
    return { pack: this.#packs[value(0)]!, frame: value(1), offset: value(2), length: value(3) };
  }

  async add(pack: PackRef, rows: readonly PackRow[]): Promise<{ addedRows: number }> {
    const before = this.#rows.size;
    let number = this.#packNumbers.get(pack.objectName);
    if (number === undefined) {
      number = this.#packs.push(pack) - 1;
      this.#packNumbers.set(pack.objectName, number);
    }
    for (const row of rows) {
      const known = this.#rows.size;
      const entry = this.#rows.insert(row.name);
      if (entry < known) continue;
      [number, row.frame, row.offset, row.length].forEach((value, which) => {
        this.#rows.setValue(entry, which, value);
      });
    }
    return { addedRows: this.#rows.size - before };
  }
}
