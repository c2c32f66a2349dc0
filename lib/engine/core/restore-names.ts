import { isUtf8 } from 'node:buffer';
import { lstatSync } from 'node:fs';

/** What a folder is to its claims. */
interface Place {
  /** Tells it from other folders of the restore. */
  readonly key: string;
  at(name: Uint8Array): Buffer;
}

/**
 * Names that this restore has given in folders whose file system does not tell upper from lower case, or one spelling of an
 * accent from another: the second of two such names must not overwrite the first.
 */
export class NameClaims {
  /** By folder; null for one that tells all names apart. */
  readonly #folders = new Map<string, Map<string, Uint8Array> | null>();

  /** @param folds what the destination is known to do; otherwise each folder is tried. */
  constructor(private readonly folds?: boolean) {}

  /** Tries how a folder treats names by one that has just been made in it, once. */
  probe(folder: Place, made: string): void {
    const key = folder.key;
    if (this.#folders.has(key)) return;
    if (this.#folders.size >= maxKnownFolders) this.#forgetPlain();
    this.#folders.set(key, (this.folds ?? isFolding(folder, made)) ? new Map() : null);
  }

  claim(folder: Place, name: Uint8Array): void {
    this.#folders.get(folder.key)?.set(foldName(name), name);
  }

  /** A different name of this restore that stands where this one would. */
  findOther(folder: Place, name: Uint8Array): Uint8Array | null {
    const claimed = this.#folders.get(folder.key)?.get(foldName(name));
    return claimed && Buffer.compare(claimed, name) !== 0 ? claimed : null;
  }

  #forgetPlain(): void {
    for (const [key, names] of this.#folders) if (names === null) this.#folders.delete(key);
  }
}

const maxKnownFolders = 10_000;

function isFolding(folder: Place, made: string): boolean {
  const inodeOf = (name: string) =>
    lstatSync(folder.at(Buffer.from(name)), { bigint: true, throwIfNoEntry: false })?.ino;
  return inodeOf(made.toUpperCase()) === inodeOf(made);
}

function foldName(name: Uint8Array): string {
  const bytes = Buffer.from(name);
  return isUtf8(bytes) ? bytes.toString('utf8').normalize('NFD').toLowerCase() : bytes.toString('latin1');
}
