import { access, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '@/lib/engine/core';
import { CrossvaultError } from '@/lib/errors';

/** Lies in a folder zone from its first use on. Its absence means that the disk is not mounted, or another one. */
export const markerName = '.crossvault-zone';
/** How long a folder that was seen is taken to be there. */
const trustMs = 1000;

/** Makes the folder a zone. Durable when it resolves. */
export async function markZone(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, markerName), 'a');
  await file.sync().finally(() => file.close());
  const parent = await open(folder, 'r');
  await parent.sync().finally(() => parent.close());
}

/** Whether the folder is the zone that it was; asked before every use, looked up at most once a second. */
export class ZoneMarker {
  #seenAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly zone: string,
    private readonly folder: string,
  ) {}

  /** @throws `storage_unavailable` with the way out. */
  async require(): Promise<void> {
    if (performance.now() - this.#seenAt < trustMs) return;
    try {
      await access(join(this.folder, markerName));
      this.#seenAt = performance.now();
    } catch (cause) {
      throw new CrossvaultError(
        'storage_unavailable',
        `The zone ${this.zone} is not there: its folder does not hold ${markerName}. Mount its disk; for a new, ` +
          'empty disk the operator makes that file once, and the zone is filled from the others.',
        { cause, reason: 'zone_not_mounted' },
      );
    }
  }

  /** A store that refuses to work, above all to write, into a folder that is not the zone. */
  guard(store: ObjectStore): ObjectStore {
    const then = async <T>(work: () => Promise<T>): Promise<T> => {
      await this.require();
      return work();
    };
    return {
      putIfAbsent: (name, bytes) => then(() => store.putIfAbsent(name, bytes)),
      get: (name, range, into) => then(() => store.get(name, range, into)),
      list: (prefix, options) => then(() => store.list(prefix, options)),
      delete: (name) => then(() => store.delete(name)),
      stat: (name) => then(() => store.stat(name)),
      sweepUnfinished: (before) => then(async () => (await store.sweepUnfinished?.(before)) ?? 0),
    };
  }
}
