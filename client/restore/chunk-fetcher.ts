import type { ChunkName, ChunkType } from '@/lib/engine/core/chunk';
import { codecs } from '@/lib/engine/core/codec';
import type { Lease } from '@/lib/engine/core/lease';
import { nameBytes, nameToHex } from '@/lib/engine/core/names';
import type { ChunkRef } from '@/lib/engine/core/tree/entry';
import type { CarriedFrame } from '@/lib/engine/core/vault-io';
import { inlinePool, sharedPool, type WorkPool } from '@/lib/engine/core/work/pool';
import type { Allocate } from '@/lib/engine/wire-frames';
import { CrossvaultError } from '@/lib/errors';
import { isRetryable } from '../net/retry';

/** A chunk's bytes, or why it could not be had. */
export type Fetched = Uint8Array | CrossvaultError;

export interface FetchSource {
  /** What holds the chunks, in the order asked; may end early with an error. */
  fetch(names: readonly ChunkName[], totalBytes: number, allocate?: Allocate): AsyncIterable<CarriedFrame>;
  /** Repeats a call while the gateway is away. */
  patiently<T>(call: () => Promise<T>): Promise<T>;
}

/** What is wrong with one chunk and not with the whole restore. */
const chunkErrors = new Set(['corrupt_data', 'not_found', 'internal']);
const triesPerChunk = 3;
/** Less is unpacked sooner than it is handed to another thread. */
const inlineBytes = 32 * 1024;

/**
 * Gets chunks and checks each against its name. One that is damaged or missing does not keep the others away: what has
 * arrived is kept, and what stopped the answer is asked for by itself.
 */
export class ChunkFetcher {
  constructor(
    private readonly source: FetchSource,
    private readonly namingKey: Uint8Array,
    private readonly pool: WorkPool = sharedPool(),
  ) {}

  /** By hex name. @param lease what the bytes lie in; else they have memory of their own. @throws what ends the whole restore: cancelled, taken over, refused, or a gateway that stays away. */
  async fetch(type: ChunkType, refs: readonly ChunkRef[], lease?: Lease): Promise<Map<string, Fetched>> {
    const got = new Map<string, Fetched>();
    const open = new Map(refs.map((ref) => [nameToHex(ref.name), ref]));
    while (open.size > 0) {
      const before = open.size;
      const failure = await this.#fetchSome(type, open, got, lease);
      if (failure && open.size === before) {
        const [id, ref] = open.entries().next().value!;
        got.set(id, await this.#fetchOne(type, ref));
        open.delete(id);
      }
    }
    return got;
  }

  /** Takes what arrives out of `open`. @returns what ended the answer before its end. */
  async #fetchSome(
    type: ChunkType,
    open: Map<string, ChunkRef>,
    got: Map<string, Fetched>,
    lease: Lease | undefined,
  ): Promise<unknown> {
    const refs = [...open.values()];
    const allocate = lease && ((length: number) => lease.allocate(length));
    const totalBytes = refs.reduce((sum, ref) => sum + ref.length, 0);
    const names = refs.map((ref) => ref.name);
    const unpacking: Promise<void>[] = [];
    try {
      for await (const frame of this.source.fetch(names, totalBytes, allocate)) {
        const chunks = this.#unpack(type, frame, lease);
        unpacking.push(
          chunks.then((all) => {
            for (const [id, fetched] of all) if (open.delete(id)) got.set(id, fetched);
          }),
        );
      }
      await Promise.all(unpacking);
      return open.size > 0 ? new Error('the answer ended early') : null;
    } catch (error) {
      await Promise.all(unpacking);
      if (isFinal(error)) throw error;
      return error;
    }
  }

  async #fetchOne(type: ChunkType, ref: ChunkRef): Promise<Fetched> {
    const wanted = nameToHex(ref.name);
    let last: Fetched | null = null;
    for (let attempt = 0; attempt < triesPerChunk; attempt++) {
      last = await this.source.patiently(async () => {
        try {
          for await (const frame of this.source.fetch([ref.name], ref.length)) {
            for (const [id, fetched] of await this.#unpack(type, frame)) if (id === wanted) return fetched;
          }
          return damaged('the gateway did not send it');
        } catch (error) {
          if (isRetryable(error) || isFinal(error)) throw error;
          return error as CrossvaultError;
        }
      });
      if (last instanceof Uint8Array) return last;
    }
    return last!;
  }

  /** The frame's chunks by hex name; one that is not what its name says is told apart from the others. */
  async #unpack(
    type: ChunkType,
    { codec, plainLength, chunks, body }: CarriedFrame,
    lease?: Lease,
  ): Promise<[string, Fetched][]> {
    const ids = namesOf(chunks.names);
    const { lengths } = chunks;
    const into = codec === codecs.stored ? undefined : lease?.allocate(plainLength);
    const { namingKey } = this;
    const job = { op: 'unpack', type, codec, plainLength, chunks, body, namingKey, into } as const;
    const pool = plainLength <= inlineBytes ? inlinePool : this.pool;
    try {
      const { plain, wrong } = await pool.run(job);
      let at = 0;
      const all = ids.map((id, i): [string, Fetched] => {
        const bytes = plain.subarray(at, at + lengths[i]!);
        at += lengths[i]!;
        return [id, bytes];
      });
      for (const i of wrong) all[i]![1] = damaged('its bytes do not match their name');
      return all;
    } catch (error) {
      if (!(error instanceof CrossvaultError && error.code === 'corrupt_data')) throw error;
      return ids.map((id) => [id, damaged('it cannot be unpacked')]);
    }
  }
}

function namesOf(names: Uint8Array): string[] {
  const hex = Buffer.from(names.buffer, names.byteOffset, names.length).toString('hex');
  return Array.from({ length: names.length / nameBytes }, (_, i) =>
    hex.slice(i * 2 * nameBytes, (i + 1) * 2 * nameBytes),
  );
}

function isFinal(error: unknown): boolean {
  if (!(error instanceof CrossvaultError)) return true;
  return !error.retryable && !chunkErrors.has(error.code);
}

function damaged(why: string): CrossvaultError {
  return new CrossvaultError('corrupt_data', `A part of the backup is damaged: ${why}.`);
}
