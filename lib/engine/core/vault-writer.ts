import { CrossvaultError } from '@/lib/errors';
import { corrupt } from './bytes';
import type { Chunk, ChunkType, PackRow } from './chunk';
import { maxFramePlainBytes } from './codec';
import { frameBuffers, OpenFrame } from './frame-assembly';
import { NameSet } from './name-set';
import { nameToHex } from './names';
import type { FrameInfo } from './pack/frame-table';
import { packArenas } from './pack/pack-arena';
import { PackBuilder } from './pack/pack-builder';
import { frameSeal, requireFrame } from './pack/pack-reader';
import { type FillingPack, PackOutbox } from './pack-outbox';
import { type FrameSeal, resealInPlace, tagBytes } from './seal';
import { copySlabs } from './slabs';
import { Slots } from './slots';
import type { ObjectStore } from './store/object-store';
import type { StorageTier } from './tier';
import type { ForeignFrame, ForeignRun, OnStoredPack, VaultWriter, WriterCounters } from './vault-io';
import type { VaultKeys } from './vault-keys';
import type { ChunkRun, SealedFrame } from './work/jobs';
import { sharedPool, type WorkPool } from './work/pool';

export interface VaultWriterOptions {
  store: ObjectStore;
  keys: VaultKeys;
  /** The lineage's key, with which every name is recomputed. */
  namingKey: Uint8Array;
  onStoredPack: OnStoredPack;
  /**
   * Whether re-sealed frames are decompressed to recompute their names. Without it they are authenticated by the source's
   * key only, and a frame that holds other bytes than its names say is found when it is read.
   */
  verifyForeignNames?: boolean;
  /** A pack is closed when it has this many bytes; it never has more than twice as many. */
  packBytes?: number;
  /** Packs on their way to the store at a time; each is held in memory until it is durable. */
  storesInFlight?: number;
  /** Where the packs are put. */
  tier?: StorageTier;
  /** Names that need not be put; the writer adds those that it takes. */
  taken?: NameSet;
  pool?: WorkPool;
}

/** Small chunks share a frame of this size. Tree pages are read one by one, so theirs are smaller. */
const framePlainBytes = { data: 1024 * 1024, tree: 256 * 1024 } as const satisfies Record<ChunkType, number>;

/** A type's open frame and open pack. */
interface Lane {
  type: ChunkType;
  frame: OpenFrame | null;
  pack: FillingPack | null;
}

interface WholeFrame {
  frame: number;
  info: FrameInfo;
  at: number;
  chunks: ChunkRun;
}

export function createVaultWriter(options: VaultWriterOptions): VaultWriter & { counters: WriterCounters } {
  return new PackingWriter(options);
}

class PackingWriter implements VaultWriter {
  readonly counters: WriterCounters = {
    chunks: { data: 0, tree: 0 },
    plainBytes: 0,
    packs: 0,
    storedBytes: 0,
  };
  readonly #options: VaultWriterOptions;
  readonly #pool: WorkPool;
  readonly #packBytes: number;
  readonly #lanes: Record<ChunkType, Lane> = {
    data: { type: 'data', frame: null, pack: null },
    tree: { type: 'tree', frame: null, pack: null },
  };
  readonly #sealSlots: Slots;
  readonly #outbox: PackOutbox;
  /** Every name this writer took: 27 to 54 bytes each. */
  readonly #taken: NameSet;
  #failure: { error: unknown } | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: VaultWriterOptions) {
    this.#options = options;
    this.#taken = options.taken ?? new NameSet();
    this.#pool = options.pool ?? sharedPool();
    this.#packBytes = options.packBytes ?? 16 * 1024 * 1024;
    this.#sealSlots = new Slots(this.#pool.parallelism * 2 + 1);
    this.#outbox = new PackOutbox({
      ...options,
      pool: this.#pool,
      counters: this.counters,
      requireHealthy: () => this.#requireHealthy(),
      fail: (error) => this.#fail(error),
    });
  }

  put(chunk: Chunk): Promise<void> {
    return this.#inTurn(() => this.#put(chunk));
  }

  addFrame(frame: ForeignFrame): Promise<void> {
    return this.#inTurn(() => this.#addFrame(frame));
  }

  addRun(run: ForeignRun): Promise<void> {
    return this.#inTurn(() => this.#addRun(run));
  }

  get isBroken(): boolean {
    return this.#failure !== null;
  }

  async flush(): Promise<void> {
    await this.#inTurn(async () => {
      for (const lane of Object.values(this.#lanes)) {
        await this.#closeFrame(lane);
        await this.#closePack(lane);
      }
      await this.#outbox.settled();
      this.#requireHealthy();
    });
    // A turn begins with what was refused in the one before.
    await this.#inTurn(async () => {});
  }

  async abort(): Promise<void> {
    this.#failure ??= { error: new CrossvaultError('state_conflict', 'The writer was stopped.') };
    await this.#turn.catch(() => {});
    for (const lane of Object.values(this.#lanes)) await Promise.allSettled(lane.pack?.sealing ?? []);
    await this.#outbox.settled();
  }

  /** Calls take effect one after the other, so that a caller may put without waiting. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(async () => {
      this.#requireHealthy();
      await this.#outbox.storeRefused();
      try {
        return await act();
      } catch (error) {
        this.#fail(error);
        throw error;
      }
    });
    this.#turn = result.catch(() => {});
    return result;
  }

  #requireHealthy(): void {
    if (this.#failure) throw this.#failure.error;
  }

  async #put({ name, type, bytes }: Chunk): Promise<void> {
    if (bytes.length > maxFramePlainBytes) {
      throw new CrossvaultError('invalid_input', `A chunk has at most ${maxFramePlainBytes} bytes.`);
    }
    if (!this.#taken.add(name)) return;
    const lane = this.#lanes[type];
    if (lane.frame && lane.frame.length + bytes.length > framePlainBytes[type]) await this.#closeFrame(lane);
    lane.frame ??= new OpenFrame(frameBuffers.take(bytes.length));
    lane.frame.append(name, bytes);
    this.counters.chunks[type]++;
    this.counters.plainBytes += bytes.length;
    if (lane.frame.length >= framePlainBytes[type]) await this.#closeFrame(lane);
  }

  async #addFrame(foreign: ForeignFrame): Promise<void> {
    const { pack, rows, sealed } = foreign;
    const info = requireFrame(pack, foreign.frame);
    const wantedNames = new Set(foreign.wanted.map(nameToHex));
    const wanted = rows.map(({ name }) => wantedNames.has(nameToHex(name)) && this.#taken.add(name));
    const chunkCount = wanted.filter(Boolean).length;
    if (chunkCount === 0) return;
    const { type } = pack.ref;
    this.counters.chunks[type] += chunkCount;
    this.counters.plainBytes += rows.reduce((sum, row, i) => sum + (wanted[i] ? row.length : 0), 0);
    const namingKey = this.#options.verifyForeignNames === false ? null : this.#options.namingKey;
    await this.#sealInto(this.#lanes[type], info.plainLength, rows.length, async (to) => {
      const reseal = (bytes: Uint8Array) =>
        this.#pool.run({
          op: 'reseal',
          type,
          sealed: bytes,
          codec: info.codec,
          plainLength: info.plainLength,
          from: frameSeal(pack, foreign.frame),
          to,
          chunks: runOf(rows),
          wanted,
          namingKey,
        });
      try {
        return await reseal(sealed);
      } catch (error) {
        const better = isCorrupt(error) ? await foreign.again?.() : null;
        if (!better) throw error;
        return reseal(better);
      }
    });
  }

  async #addRun(run: ForeignRun): Promise<void> {
    const whole = await this.#takeWhole(run);
    const plainBytes = whole.reduce((sum, { info }) => sum + info.plainLength, 0);
    const chunkCount = whole.reduce((sum, { chunks }) => sum + chunks.lengths.length, 0);
    if (whole.length === 0) return copySlabs.give(run.slab);
    const { type } = run.pack.ref;
    this.counters.chunks[type] += chunkCount;
    this.counters.plainBytes += plainBytes;
    const sealedBytes = whole.reduce((sum, { info }) => sum + info.sealedLength, 0);
    const { builder, sealing, slabs } = await this.#openFor(this.#lanes[type], sealedBytes, chunkCount);
    slabs.push(run.slab);
    const seals = whole.map(({ info, chunks }) => builder.reserve(info.plainLength, chunks.lengths.length));
    const work = this.#rekey(run, whole, builder, seals)
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#sealSlots.give();
        sealing.delete(work);
      });
    sealing.add(work);
  }

  /** The frames of which this writer has no chunk yet; the others go their own way. */
  async #takeWhole({ pack, frames, slab, again }: ForeignRun): Promise<WholeFrame[]> {
    const whole: WholeFrame[] = [];
    let at = 0;
    for (const { frame, rows } of frames) {
      const info = requireFrame(pack, frame);
      if (this.#options.verifyForeignNames === false && rows.every(({ name }) => !this.#taken.has(name))) {
        for (const { name } of rows) this.#taken.add(name);
        whole.push({ frame, info, at, chunks: runOf(rows) });
      } else {
        const sealed = Uint8Array.from(slab.subarray(at, at + info.sealedLength));
        const wanted = rows.map(({ name }) => name);
        await this.#addFrame({ pack, frame, sealed, rows, wanted, again: () => again(frame) });
      }
      at += info.sealedLength;
    }
    return whole;
  }

  async #rekey(
    { pack, slab, again }: ForeignRun,
    whole: readonly WholeFrame[],
    builder: PackBuilder,
    seals: readonly FrameSeal[],
  ): Promise<void> {
    const frames = whole.map(({ frame, info, at }, i) => ({
      at,
      length: info.sealedLength,
      from: frameSeal(pack, frame),
      to: seals[i]!,
    }));
    const { failed } = await this.#pool.run({ op: 'rekey', slab, frames });
    for (const i of failed) {
      const { frame, at } = whole[i]!;
      const better = await again(frame);
      const { from, to } = frames[i]!;
      if (!better || !resealInPlace(better, from, to)) {
        throw corrupt(`frame ${frame} of ${pack.ref.objectName} does not authenticate`);
      }
      slab.set(better, at);
    }
    whole.forEach(({ info, at, chunks }, i) => {
      const tagAt = at + info.sealedLength - tagBytes;
      const { codec, plainLength } = info;
      const ciphertext = slab.subarray(at, tagAt);
      const tag = slab.subarray(tagAt, at + info.sealedLength);
      const sealed = { codec, plainLength, ciphertext, tag, chunks };
      builder.place(seals[i]!.number, sealed, plainLength, chunks.lengths.length);
    });
  }

  async #closeFrame(lane: Lane): Promise<void> {
    const { frame } = lane;
    if (!frame) return;
    lane.frame = null;
    await this.#sealInto(lane, frame.length, frame.lengths.length, async (to, pack) => {
      const { namingKey } = this.#options;
      const { buffer, length: plainLength } = frame;
      const { type } = lane;
      const chunks = frame.takeRun();
      pack.arena ??= packArenas.take(Math.max(2 * this.#packBytes, plainLength + tagBytes));
      const { arena } = pack;
      const into = arena.target;
      const job = { op: 'seal', type, buffer, plainLength, chunks, namingKey, to, into } as const;
      const { codec, at, length } = await this.#pool.run(job);
      frameBuffers.give(buffer);
      return { codec, plainLength, chunks, ...arena.frameAt(at, length) };
    });
  }

  /** Waits for a free slot, then lets the frame be sealed in the background. */
  async #sealInto(
    lane: Lane,
    plainLength: number,
    chunkCount: number,
    sealFrame: (to: FrameSeal, pack: FillingPack) => Promise<SealedFrame>,
  ): Promise<void> {
    const pack = await this.#openFor(lane, plainLength, chunkCount);
    const { builder, sealing } = pack;
    const to = builder.reserve(plainLength, chunkCount);
    const work = sealFrame(to, pack)
      .then((frame) => builder.place(to.number, frame, plainLength, chunkCount))
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#sealSlots.give();
        sealing.delete(work);
      });
    sealing.add(work);
  }

  /** Takes a seal slot and finds the pack that has room. */
  async #openFor(lane: Lane, frameBytes: number, chunkCount: number): Promise<FillingPack> {
    await this.#sealSlots.take();
    try {
      this.#requireHealthy();
      const current = lane.pack?.builder;
      const isFull =
        current &&
        (current.sealedBytes >= this.#packBytes ||
          current.boundWith(frameBytes, chunkCount) > 2 * this.#packBytes);
      if (isFull) await this.#closePack(lane);
    } catch (error) {
      this.#sealSlots.give();
      throw error;
    }
    lane.pack ??= {
      builder: new PackBuilder(this.#options.keys, lane.type),
      sealing: new Set(),
      slabs: [],
      arena: null,
    };
    return lane.pack;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }

  async #closePack(lane: Lane): Promise<void> {
    const { pack } = lane;
    lane.pack = null;
    if (pack) await this.#outbox.send(pack);
  }
}

function runOf(rows: readonly PackRow[]): ChunkRun {
  return { lengths: rows.map((row) => row.length), names: Buffer.concat(rows.map((row) => row.name)) };
}

function isCorrupt(error: unknown): boolean {
  return error instanceof CrossvaultError && error.code === 'corrupt_data';
}
