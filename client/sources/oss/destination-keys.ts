import type { Bucket } from './bucket';
import { currentObjects } from './list-pages';
import type { ListedObject } from './listed-object';

const leastKeys = 16;
const mostKeys = 1000;
const lastCharacter = Buffer.from('\u{10ffff}');

/**
 * What stands at a restore's destination, asked for by key in about ascending order: pages of the listing, larger ones as
 * long as they answer several questions each.
 */
export class DestinationKeys {
  #page: Map<string, ListedObject> = new Map();
  /** The page holds every key after the one and up to the other; null for the end of the bucket. */
  #from: Buffer | null = null;
  #upTo: Buffer | null = Buffer.alloc(0);
  #limit = leastKeys;
  #answers = 0;

  constructor(private readonly bucket: Bucket) {}

  async find(key: Buffer): Promise<ListedObject | null> {
    if (!this.#isCovered(key)) await this.#turnTo(key);
    this.#answers++;
    return this.#page.get(key.toString('latin1')) ?? null;
  }

  #isCovered(key: Buffer): boolean {
    if (this.#from === null || Buffer.compare(key, this.#from) <= 0) return false;
    return this.#upTo === null || Buffer.compare(key, this.#upTo) <= 0;
  }

  async #turnTo(key: Buffer): Promise<void> {
    this.#limit = this.#answers >= this.#limit / 4 ? Math.min(mostKeys, this.#limit * 4) : leastKeys;
    this.#answers = 0;
    let after = justBefore(key);
    do {
      const { objects, next } = await currentObjects(this.bucket, this.#limit)({ prefix: nothing, after });
      this.#page = new Map(objects.map((object) => [object.key.toString('latin1'), object]));
      this.#from = after ?? nothing;
      this.#upTo = next;
      after = next;
    } while (!this.#isCovered(key));
  }
}

const nothing = Buffer.alloc(0);

/** A place in the listing before a key, with as good as nothing between them. */
function justBefore(key: Buffer): Buffer | null {
  const end = key.at(-1)!;
  const above = key.subarray(0, -1);
  if (end > 1 && end < 0x80) return Buffer.concat([above, Buffer.of(end - 1), lastCharacter]);
  let start = key.length - 1;
  while (start > 0 && (key[start]! & 0xc0) === 0x80) start--;
  return start === 0 ? null : key.subarray(0, start);
}
