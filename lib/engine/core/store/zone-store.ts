import { CrossvaultError } from '@/lib/errors';
import { defaultListLimit, objectMissing, packSha256Of, requireObjectName } from './object-names';
import type { ByteRange, ObjectPage, ObjectStat, ObjectStore } from './object-store';
import { type Copy, inspectCopies, replaceCopy } from './zone-copies';
import { ZoneOrder } from './zone-order';

/** One place that keeps a whole copy of every object. */
export interface Zone {
  id: string;
  store: ObjectStore;
}

/** What a zone is behind with: it lacks an object, or still has one that was deleted. */
export type DebtKind = 'put' | 'delete';
export type DebtReason = 'unavailable' | 'missing' | 'corrupt';

/** Where zones that fall behind are written down; whoever heals them reads it. */
export interface ZoneLedger {
  /** Durable when it resolves: what it says can then be acknowledged without the zone. Repeatable. */
  owe(zone: string, kind: DebtKind, name: string, reason: DebtReason): Promise<void>;
  /** The zone has what it was behind with. */
  settle(zone: string, name: string): Promise<void>;
  /** An answer of the zone, or the error in place of one. Never rejects, never waits. */
  observe(zone: string, error: Error | null): void;
}

/** How many zones may be missing from what is acknowledged. */
const mayLack = 1;

/**
 * A vault in several zones. An object is acknowledged when every zone has it, or all but one and the ledger knows of that
 * one; reads fall over from zone to zone. What says how to read everything else (header, keys, lineages) is never
 * acknowledged by fewer than all, so that no two zones ever hold different keys under one name.
 */
export class ZoneStore implements ObjectStore {
  readonly #order: ZoneOrder;

  constructor(
    private readonly zones: readonly Zone[],
    private readonly ledger: ZoneLedger,
  ) {
    this.#order = new ZoneOrder(zones);
  }

  async putIfAbsent(name: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<'created' | 'exists'> {
    requireObjectName(name);
    // The name of a pack is its content: every zone gets the same bytes, in whichever order.
    if (packSha256Of(name)) return this.#putEverywhere(name, bytes, this.zones);
    return this.#putByLeader(name, bytes);
  }

  async get(name: string, range?: ByteRange, into?: Uint8Array): Promise<Uint8Array> {
    requireObjectName(name);
    const failures: { zone: Zone; error: CrossvaultError }[] = [];
    for (const zone of this.#order.forReading(name)) {
      try {
        const bytes = await this.#ask(zone, () => zone.store.get(name, range, into));
        for (const failed of failures) await this.#oweRead(failed.zone, name, failed.error);
        return bytes;
      } catch (error) {
        if (!(error instanceof CrossvaultError)) throw error;
        failures.push({ zone, error });
      }
    }
    throw worst(
      name,
      failures.map(({ error }) => error),
    );
  }

  /** What any zone has: a zone that is behind hides nothing. */
  async list(prefix: string, options: { after?: string; limit?: number } = {}): Promise<ObjectPage> {
    const { limit = defaultListLimit } = options;
    const pages = await this.#askAll(this.zones, (zone) => zone.store.list(prefix, { ...options, limit }));
    const answers = pages.flatMap((page) => (page.answer ? [page.answer] : []));
    this.#requireEnough(pages);
    // Beyond the first page that ends, another zone's page may not have come so far.
    const ends = answers.flatMap((page) => (page.next === null ? [] : [page.next])).sort();
    const found = new Map(answers.flatMap((page) => page.objects.map((object) => [object.name, object])));
    const objects = [...found.values()]
      .filter(({ name }) => ends.length === 0 || name <= ends[0]!)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const isCut = objects.length > limit;
    const shown = isCut ? objects.slice(0, limit) : objects;
    const hasMore = isCut || ends.length > 0;
    return { objects: shown, next: hasMore ? (shown.at(-1)?.name ?? ends[0]!) : null };
  }

  async delete(name: string): Promise<void> {
    requireObjectName(name);
    const outcomes = await this.#askAll(this.zones, (zone) => zone.store.delete(name));
    this.#requireEnough(outcomes);
    for (const { zone, error } of outcomes) {
      if (error) await this.ledger.owe(zone.id, 'delete', name, 'unavailable');
    }
    this.#order.forget(name);
  }

  async stat(name: string): Promise<ObjectStat | null> {
    requireObjectName(name);
    const errors: CrossvaultError[] = [];
    for (const zone of this.#order.forReading(name)) {
      try {
        const found = await this.#ask(zone, () => zone.store.stat(name));
        if (found) return found;
      } catch (error) {
        if (!(error instanceof CrossvaultError)) throw error;
        errors.push(error);
      }
    }
    if (errors.length > 0) throw worst(name, errors);
    return null;
  }

  async mend(name: string, isGood?: (bytes: Uint8Array) => boolean): Promise<boolean> {
    requireObjectName(name);
    const copies = await inspectCopies(this.zones, name, isGood);
    for (const { zone, error } of copies) this.#order.note(zone, error ?? null);
    // Of sealed objects without a good copy nobody knows which is bad: maybe it is the key that is the wrong one.
    const good = copies.find((copy): copy is Copy & { bytes: Uint8Array } => copy.state === 'good');
    if (!good && packSha256Of(name) === null) return false;
    for (const { zone, state } of copies) {
      if (state !== 'bad' && state !== 'missing') continue;
      await this.ledger.owe(zone.id, 'put', name, state === 'bad' ? 'corrupt' : 'missing');
      if (state === 'bad') this.#order.distrust(name, zone);
      if (!good) continue;
      try {
        await replaceCopy(zone.store, name, good.bytes, state === 'bad');
        await this.ledger.settle(zone.id, name);
        this.#order.trust(name, zone);
      } catch (error) {
        // It stays owed; reads go to the good one meanwhile.
        this.#order.note(zone, error as Error);
      }
    }
    return good !== undefined;
  }

  async sweepUnfinished(before: Date): Promise<number> {
    const swept = await this.#askAll(
      this.zones,
      async (zone) => (await zone.store.sweepUnfinished?.(before)) ?? 0,
    );
    return swept.reduce((sum, { answer }) => sum + (answer ?? 0), 0);
  }

  /** The first zone that answers decides which bytes the name stands for; the others get those. */
  async #putByLeader(name: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<'created' | 'exists'> {
    const behind: { zone: Zone; error: CrossvaultError }[] = [];
    for (const [at, zone] of this.zones.entries()) {
      try {
        const answer = await this.#ask(zone, () => zone.store.putIfAbsent(name, bytes));
        const stands = answer === 'created' ? bytes : await this.#ask(zone, () => zone.store.get(name));
        await this.#putEverywhere(name, stands, this.zones.slice(at + 1), behind);
        return answer;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        behind.push({ zone, error });
        if (behind.length > allowedToLack(name)) break;
      }
    }
    throw worst(
      name,
      behind.map(({ error }) => error),
    );
  }

  async #putEverywhere(
    name: string,
    bytes: Uint8Array | readonly Uint8Array[],
    zones: readonly Zone[],
    behind: readonly { zone: Zone; error: CrossvaultError }[] = [],
  ): Promise<'created' | 'exists'> {
    const resting = zones.find((zone) => zone === this.#mayRest(name));
    const outcomes = await this.#askAll(
      zones.filter((zone) => zone !== resting),
      (zone) => zone.store.putIfAbsent(name, bytes),
    );
    const lacking = [
      ...behind,
      ...(resting ? [{ zone: resting, error: atRest(resting) }] : []),
      ...outcomes.flatMap(({ zone, error }) => (error ? [{ zone, error }] : [])),
    ];
    if (lacking.length > allowedToLack(name) || lacking.length >= this.zones.length) {
      throw worst(
        name,
        lacking.map(({ error }) => error),
      );
    }
    for (const { zone } of lacking) await this.ledger.owe(zone.id, 'put', name, 'unavailable');
    return outcomes.some(({ answer }) => answer === 'created') ? 'created' : 'exists';
  }

  /** The one zone that need not be waited for, because it failed a moment ago and the others did not. */
  #mayRest(name: string): Zone | null {
    const resting = this.zones.filter((zone) => this.#order.isResting(zone));
    return resting.length === 1 && allowedToLack(name) > 0 ? resting[0]! : null;
  }

  #requireEnough(outcomes: readonly { error: CrossvaultError | null }[]): void {
    const errors = outcomes.flatMap(({ error }) => (error ? [error] : []));
    if (errors.length > mayLack || errors.length === outcomes.length) throw worst('', errors);
  }

  async #oweRead(zone: Zone, name: string, error: CrossvaultError): Promise<void> {
    if (error.code === 'not_found') await this.ledger.owe(zone.id, 'put', name, 'missing');
    if (error.code === 'corrupt_data') await this.ledger.owe(zone.id, 'put', name, 'corrupt');
  }

  async #askAll<T>(zones: readonly Zone[], call: (zone: Zone) => Promise<T>) {
    return Promise.all(
      zones.map(async (zone): Promise<{ zone: Zone; answer: T | null; error: CrossvaultError | null }> => {
        try {
          return { zone, answer: await this.#ask(zone, () => call(zone)), error: null };
        } catch (error) {
          if (!isUnavailable(error)) throw error;
          return { zone, answer: null, error };
        }
      }),
    );
  }

  async #ask<T>(zone: Zone, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      this.#tell(zone, null);
      return answer;
    } catch (error) {
      this.#tell(zone, isUnavailable(error) ? error : null);
      throw error;
    }
  }

  #tell(zone: Zone, error: Error | null): void {
    this.#order.note(zone, error);
    this.ledger.observe(zone.id, error);
  }
}

/** Objects that everything else is read with; they are few and made when a vault or a key is. */
function allowedToLack(name: string): number {
  return /^(?:vault\.json|keys\/|lineages\/)/.test(name) ? 0 : mayLack;
}

function atRest({ id }: Zone): CrossvaultError {
  return new CrossvaultError('storage_unavailable', `The zone ${id} did not answer a moment ago.`);
}

function isUnavailable(error: unknown): error is CrossvaultError {
  return error instanceof CrossvaultError && error.code === 'storage_unavailable';
}

/** Damage that was seen counts before silence, and silence before absence: who did not answer may have it. */
function worst(name: string, errors: readonly CrossvaultError[]): CrossvaultError {
  const order = ['storage_unavailable', 'corrupt_data', 'not_found'] as const;
  for (const code of order) {
    const found = errors.find((error) => error.code === code);
    if (found) return found;
  }
  return errors[0] ?? objectMissing(name);
}
