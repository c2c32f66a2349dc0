import type { PackRef } from './chunk';
import { type PackArena, packArenas } from './pack/pack-arena';
import type { PackBuilder } from './pack/pack-builder';
import { copySlabs } from './slabs';
import { Slots } from './slots';
import type { ObjectStore } from './store/object-store';
import { packObjectName, type StorageTier } from './tier';
import type { OnStoredPack, StoredPack, WriterCounters } from './vault-io';
import type { WorkPool } from './work/pool';

/** A pack that frames are being sealed into. */
export interface FillingPack {
  builder: PackBuilder;
  sealing: Set<Promise<void>>;
  /** Frames of another vault lie in them until the pack is durable. */
  slabs: Uint8Array[];
  /** Frames that were sealed from plaintext lie in it. */
  arena: PackArena | null;
}

interface SealedPack {
  stored: StoredPack;
  /** Null once the pack is durable. */
  parts: Uint8Array[] | null;
  /** Frees the memory that the parts lie in. */
  free(): void;
}

interface OutboxOptions {
  store: ObjectStore;
  onStoredPack: OnStoredPack;
  storesInFlight?: number;
  tier?: StorageTier;
  pool: WorkPool;
  counters: WriterCounters;
  /** Throws once the writer is broken: nothing more is reported then. */
  requireHealthy(): void;
  fail(error: unknown): void;
}

/** Full packs on their way to the store. One that is refused is kept until it is taken. */
export class PackOutbox {
  readonly #slots: Slots;
  readonly #storing = new Set<Promise<void>>();
  /** Could not be stored or reported; a few at most, because a writer takes nothing while there are any. */
  #refused: SealedPack[] = [];

  constructor(private readonly options: OutboxOptions) {
    this.#slots = new Slots(options.storesInFlight ?? 2);
  }

  /** Hands the pack to the background as soon as a slot is free. */
  async send(pack: FillingPack): Promise<void> {
    await this.#slots.take();
    const work = this.#finish(pack)
      .catch((error) => this.options.fail(error))
      .finally(() => {
        this.#slots.give();
        this.#storing.delete(work);
      });
    this.#storing.add(work);
  }

  /** When nothing is under way. Never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.#storing);
  }

  async #finish({ builder, sealing, slabs, arena }: FillingPack): Promise<void> {
    const { pool, tier, requireHealthy } = this.options;
    await Promise.all(sealing);
    requireHealthy();
    const { rows, sizeBytes, parts: unhashed } = builder.finish();
    const { sha256, parts } = await pool.run({ op: 'hash', parts: unhashed });
    const pack: PackRef = { objectName: packObjectName(sha256, tier), sizeBytes, type: builder.type };
    const free = () => {
      for (const slab of slabs) copySlabs.give(slab);
      if (arena) packArenas.give(arena);
    };
    const sealed: SealedPack = { stored: { pack, rows, plainBytes: builder.plainBytes }, parts, free };
    await this.#store(sealed).catch(() => this.#refused.push(sealed));
  }

  /** @throws what the store, or whoever is told, says this time. */
  async storeRefused(): Promise<void> {
    while (this.#refused.length > 0) {
      await this.#store(this.#refused[0]!);
      this.#refused.shift();
    }
  }

  async #store(sealed: SealedPack): Promise<void> {
    const { store, requireHealthy, onStoredPack, counters } = this.options;
    const { pack } = sealed.stored;
    if (sealed.parts) {
      await store.putIfAbsent(pack.objectName, sealed.parts).catch((error) => {
        // A store may still be at work with the memory: it is not used again.
        sealed.free = () => {};
        throw error;
      });
      sealed.parts = null;
      sealed.free();
    }
    requireHealthy();
    await onStoredPack(sealed.stored);
    counters.packs++;
    counters.storedBytes += pack.sizeBytes;
  }
}
