import type { RestoreDecision } from '@/lib/engine/core/restore-decision';
import type { RestoreChanges } from '@/lib/jobs/schemas';
import { printable } from '../format';

type Change = 'created' | 'overwritten' | 'skipped' | 'keptBoth';

/** What a decision about an entry counts as. */
export const changeOf = {
  create: 'created',
  overwrite: 'overwritten',
  skip: 'skipped',
  keep_both: 'keptBoth',
} as const satisfies Record<RestoreDecision, Change>;

const maxListed = 200;

/** Counts what a restore changes, or would change, at its destination. */
export class ChangeCount {
  freeBytes: number | null = null;
  readonly #listed: RestoreChanges['listed'] = [];
  readonly #tallies = {
    created: { items: 0, bytes: 0 },
    overwritten: { items: 0, bytes: 0 },
    skipped: { items: 0, bytes: 0 },
    keptBoth: { items: 0, bytes: 0 },
  };

  add(change: Change, path: string | Uint8Array, bytes: number): void {
    const tally = this.#tallies[change];
    tally.items += 1;
    tally.bytes += bytes;
    if (change !== 'created' && this.#listed.length < maxListed)
      this.#listed.push({ path: printable(path).slice(0, 1024), change });
  }

  build(): RestoreChanges {
    return { ...this.#tallies, freeBytes: this.freeBytes, listed: this.#listed };
  }
}
