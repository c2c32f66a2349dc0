import { transferredBytes } from '../measure';
import { measureTree } from '../tree';

/** What the engine reads and writes while a vault fills: packs, and what it says to the database. */
export class TrafficMeter {
  readonly #before;

  constructor(private readonly pid: number) {
    this.#before = transferredBytes(pid);
  }

  /** @returns bytes for each byte that the folder holds; the folder was empty at first. */
  per(name: string, folder: string): Record<string, number> {
    const after = transferredBytes(this.pid);
    const { bytes } = measureTree(folder);
    return {
      [`${name}ReadPerStored`]: (after.read - this.#before.read) / bytes,
      [`${name}WrittenPerStored`]: (after.written - this.#before.written) / bytes,
    };
  }
}
