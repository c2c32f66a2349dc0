import type { ChunkLocation, ChunkName, ObjectStore, VaultWriter } from '@/lib/engine/core';
import { nameToHex } from '@/lib/engine/core/names';
import { copySlabs } from '@/lib/engine/core/slabs';
import { CrossvaultError } from '@/lib/errors';
import { findMissing, type Presence } from './find-missing';
import { FrameGatherer, type GatheredFrame, type WantedChunk } from './frame-gatherer';
import { type Load, planLoads, type SizedFrame } from './plan-loads';
import { explainMissing, onSide } from './sides';
import type { VaultFrames } from './vault-frames';

export interface TreeCopyPorts {
  /** What the target's own index says, now. */
  presence(names: readonly ChunkName[]): Promise<Presence[]>;
  /** Where the source keeps chunks that its visible points reach. */
  locate(names: readonly ChunkName[]): Promise<(ChunkLocation | null)[]>;
  frames: VaultFrames;
  sourceStore: ObjectStore;
  writer: Pick<VaultWriter, 'addFrame' | 'addRun'>;
  onProgress(progress: { plannedBytes: number; doneBytes: number }): void;
}

/** Names asked of an index at once. */
const namesAtATime = 5000;
/** A step ends when so many sealed bytes went to the writer: what one account does before the next one has its turn. */
const stepBytes = 8 * 1024 * 1024;
const readAhead = 3;
/** Names of which the index is asked first. */
const sampledNames = 64;

/**
 * Sends what the target lacks of one tree to the writer, with memory that depends on neither the tree nor the vault.
 * Yields after each bounded step; the caller may stop there, and a new copy goes on with what is then lacking.
 * Everything is durable only after the writer's flush, which is the caller's.
 */
export async function* copyTree(root: ChunkName, ports: TreeCopyPorts): AsyncGenerator<void> {
  const copy = new TreeCopy(ports);
  const missing = findMissing(root, {
    presence: (names) => inSlices(names, (slice) => onSide('target', () => ports.presence(slice))),
    references: (pages) => copy.references(pages),
  });
  for await (const { pages, data } of missing) {
    yield* copy.take([...data, ...pages]);
    yield;
  }
  yield* copy.finish();
}

interface Reading {
  load: Load;
  /** The frame's sealed bytes, or a slab with those of a run. */
  sealed: Promise<Uint8Array>;
}

class TreeCopy {
  readonly #gatherer: FrameGatherer;
  readonly #retried = new Set<string>();
  #plannedBytes = 0;
  #doneBytes = 0;

  constructor(private readonly ports: TreeCopyPorts) {
    this.#gatherer = new FrameGatherer((pack, frame) =>
      this.#atSource(() => ports.frames.rowsOf(pack, frame)),
    );
  }

  async references(pages: readonly ChunkName[]) {
    const located = await this.#locate(pages);
    return Promise.all(
      located.map((page) =>
        this.#atSource(() => this.ports.frames.references(page)).catch(async (error) => {
          // Collected and written anew since it was located: looked up once more.
          this.ports.frames.forget();
          const [again] = await this.#ask([page.name]);
          if (!again || samePlace(again.location, page.location)) throw error;
          return this.#atSource(() => this.ports.frames.references(again));
        }),
      ),
    );
  }

  async *take(names: readonly ChunkName[]): AsyncGenerator<void> {
    if (names.length > 0) yield* this.#send(await this.#gatherer.add(await this.#locate(names)));
  }

  async *finish(): AsyncGenerator<void> {
    for (let held = this.#gatherer.drain(); held.length > 0; held = this.#gatherer.drain()) {
      yield* this.#send(held);
    }
  }

  async *#send(frames: readonly GatheredFrame[]): AsyncGenerator<void> {
    const sized: SizedFrame[] = [];
    for (const frame of frames) sized.push(await this.#sized(frame));
    const planned = planLoads(sized, copySlabs.largest);
    this.#plannedBytes += sized.reduce((sum, { bytes }) => sum + bytes, 0);
    const ahead: Reading[] = [];
    let sinceYield = 0;
    let next = 0;
    const startNext = () => {
      const load = planned[next++];
      if (load) ahead.push(this.#read(load));
    };
    for (let i = 0; i < readAhead; i++) startNext();
    for (let current = ahead.shift(); current; current = ahead.shift()) {
      await this.#sendLoad(current);
      startNext();
      this.#doneBytes += current.load.bytes;
      this.ports.onProgress({ plannedBytes: this.#plannedBytes, doneBytes: this.#doneBytes });
      sinceYield += current.load.bytes;
      if (sinceYield < stepBytes) continue;
      sinceYield = 0;
      yield;
    }
  }

  #read(load: Load): Reading {
    const { pack, frame } = load.frames[0]!;
    const sealed = this.#atSource(async () => {
      if (!load.isRun) return this.ports.frames.sealed(pack, frame);
      const slab = copySlabs.take(load.frames.reduce((sum, { sealedLength }) => sum + sealedLength, 0));
      await this.ports.frames.run(pack, frame, load.frames.at(-1)!.frame, slab);
      return slab;
    });
    sealed.catch(() => {});
    return { load, sealed };
  }

  async #sendLoad({ load, sealed }: Reading): Promise<void> {
    const [first] = load.frames;
    if (!load.isRun) return this.#sendOne(first!, sealed);
    let slab: Uint8Array;
    try {
      slab = await sealed;
    } catch (error) {
      for (const frame of load.frames) await this.#gatherAgain(frame, error);
      return;
    }
    const pack = await this.#atSource(() => this.ports.frames.open(first!.pack));
    const again = (frame: number) => this.#atSource(() => this.ports.frames.again(first!.pack, frame));
    const { frames } = load;
    await onSide('target', () => this.ports.writer.addRun({ pack, frames, slab, again }));
  }

  async #sendOne(frame: GatheredFrame, reading: Promise<Uint8Array>): Promise<void> {
    let sealed: Uint8Array;
    try {
      sealed = await reading;
    } catch (error) {
      await this.#gatherAgain(frame, error);
      return;
    }
    const pack = await this.#atSource(() => this.ports.frames.open(frame.pack));
    const { frame: number, rows, wanted } = frame;
    const again = () => this.#atSource(() => this.ports.frames.again(frame.pack, number));
    await onSide('target', () =>
      this.ports.writer.addFrame({ pack, frame: number, sealed, again, rows, wanted }),
    );
  }

  /** The source may have collected the pack while it held newer copies of these chunks: each is looked up once more. */
  async #gatherAgain(frame: GatheredFrame, error: unknown): Promise<void> {
    this.ports.frames.forget();
    const again = await this.#ask(frame.wanted);
    for (const { name, location } of again) {
      const id = nameToHex(name);
      const isSame = location.pack.objectName === frame.pack.objectName;
      if (isSame || this.#retried.has(id)) throw error;
      this.#retried.add(id);
    }
    const ready = await this.#gatherer.add(again);
    for (const whole of ready) {
      await this.#sendOne(
        whole,
        this.#atSource(() => this.ports.frames.sealed(whole.pack, whole.frame)),
      );
    }
  }

  /** With the frame's share of sealed bytes: all of it, or in proportion to the chunks that cross. */
  async #sized(frame: GatheredFrame): Promise<SizedFrame> {
    const { rows, wanted, isWhole } = frame;
    const opened = await this.#atSource(() => this.ports.frames.open(frame.pack));
    const info = opened.frames[frame.frame];
    if (!info) return { ...frame, isWhole: false, sealedLength: 0, bytes: 0 };
    const { sealedLength, plainLength } = info;
    if (isWhole || plainLength === 0) return { ...frame, sealedLength, bytes: sealedLength };
    const names = new Set(wanted.map(nameToHex));
    const plain = rows.reduce((sum, row) => sum + (names.has(nameToHex(row.name)) ? row.length : 0), 0);
    return { ...frame, sealedLength, bytes: Math.ceil((sealedLength * plain) / plainLength) };
  }

  /** Asks the index for some of the names; the tables of contents of the packs they lie in know of their neighbours. */
  async #locate(names: readonly ChunkName[]): Promise<WantedChunk[]> {
    const { frames } = this.ports;
    const places = names.map((name) => frames.known(name));
    const ask = async (which: number[]) => {
      const located = await this.#ask(which.map((i) => names[i]!));
      located.forEach(({ location }, n) => {
        places[which[n]!] = location;
      });
      return located;
    };
    const unknown = [...names.keys()].filter((i) => !places[i]);
    const every = Math.ceil(unknown.length / sampledNames);
    const sampled = await ask(unknown.filter((_, n) => n % every === 0));
    const packs = new Map(sampled.map(({ location: { pack } }) => [pack.objectName, pack]));
    for (const pack of packs.values()) await this.#atSource(() => frames.learn(pack));
    const left = unknown.filter((i) => {
      places[i] ??= frames.known(names[i]!);
      return !places[i];
    });
    await ask(left);
    return names.map((name, i) => ({ name, location: places[i]! }));
  }

  async #ask(names: readonly ChunkName[]): Promise<WantedChunk[]> {
    const locations = await inSlices(names, (slice) => onSide('source', () => this.ports.locate(slice)));
    return names.map((name, i) => {
      const location = locations[i];
      if (location) return { name, location };
      throw new CrossvaultError('not_found', `The source's index lacks the chunk ${nameToHex(name)}.`, {
        reason: 'chunk_missing',
      });
    });
  }

  #atSource<T>(work: () => Promise<T>): Promise<T> {
    return onSide('source', async () => {
      try {
        return await work();
      } catch (error) {
        const isMissing = error instanceof CrossvaultError && error.code === 'not_found';
        throw isMissing ? await explainMissing(this.ports.sourceStore, error) : error;
      }
    });
  }
}

function samePlace(a: ChunkLocation, b: ChunkLocation): boolean {
  return a.pack.objectName === b.pack.objectName && a.frame === b.frame && a.offset === b.offset;
}

async function inSlices<T>(
  names: readonly ChunkName[],
  ask: (slice: readonly ChunkName[]) => Promise<T[]>,
): Promise<T[]> {
  const answers: T[] = [];
  for (let at = 0; at < names.length; at += namesAtATime) {
    answers.push(...(await ask(names.slice(at, at + namesAtATime))));
  }
  return answers;
}
