import type { ChunkName } from './chunk';
import { NameMap } from './name-map';

/** A set of chunk names at 27 to 54 bytes each (see `NameMap`). */
export class NameSet {
  readonly #map: NameMap;

  constructor(expected = 0) {
    this.#map = new NameMap(0, expected);
  }

  get size(): number {
    return this.#map.size;
  }

  has(name: ChunkName): boolean {
    return this.#map.find(name) >= 0;
  }

  /** @returns true when the name was not there before. */
  add(name: ChunkName): boolean {
    const before = this.#map.size;
    this.#map.insert(name);
    return this.#map.size > before;
  }

  *[Symbol.iterator](): Generator<Buffer> {
    for (const [name] of this.#map) yield name;
  }
}
