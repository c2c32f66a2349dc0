import type { ChunkName, ChunkType } from '@/lib/engine/core/chunk';
import { computeName, nameToHex } from '@/lib/engine/core/names';
import type { ChunkRef } from '@/lib/engine/core/tree/entry';
import { CrossvaultError } from '@/lib/errors';
import { isRetryable } from '../net/retry';

/** A chunk's bytes, or why it could not be had. */
export type Fetched = Uint8Array | CrossvaultError;

export interface FetchSource {
  /** Chunks in the order asked; may end early with an error. */
  fetch(
    names: readonly ChunkName[],
    totalBytes: number,
  ): AsyncIterable<{ name: Uint8Array; bytes: Uint8Array }>;
  /** Repeats a call while the gateway is away. */
  patiently<T>(call: () => Promise<T>): Promise<T>;
}

/** What is wrong with one chunk and not with the whole restore. */
const chunkErrors = new Set(['corrupt_data', 'not_found', 'internal']);
const triesPerChunk = 3;

/**
 * Gets chunks and checks each against its name. One that is damaged or missing does not keep the others away: what has
 * arrived is kept, and what stopped the answer is asked for by itself.
 */
export class ChunkFetcher {
  constructor(
    private readonly source: FetchSource,
    private readonly namingKey: Uint8Array,
  ) {}

  /** By hex name. @throws what ends the whole restore: cancelled, taken over, refused, or a gateway that stays away. */
  async fetch(type: ChunkType, refs: readonly ChunkRef[]): Promise<Map<string, Fetched>> {
    const got = new Map<string, Fetched>();
    const open = new Map(refs.map((ref) => [nameToHex(ref.name), ref]));
    while (open.size > 0) {
      const before = open.size;
      const failure = await this.#fetchSome(type, [...open.values()], open, got);
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
    refs: ChunkRef[],
    open: Map<string, ChunkRef>,
    got: Map<string, Fetched>,
  ): Promise<unknown> {
    const totalBytes = refs.reduce((sum, ref) => sum + ref.length, 0);
    try {
      for await (const { name, bytes } of this.source.fetch(
        refs.map((ref) => ref.name),
        totalBytes,
      )) {
        const id = nameToHex(name);
        if (!open.delete(id)) continue;
        got.set(id, this.#check(type, name, bytes));
      }
      return open.size > 0 ? new Error('the answer ended early') : null;
    } catch (error) {
      if (isFinal(error)) throw error;
      return error;
    }
  }

  async #fetchOne(type: ChunkType, ref: ChunkRef): Promise<Fetched> {
    let last: Fetched | null = null;
    for (let attempt = 0; attempt < triesPerChunk; attempt++) {
      last = await this.source.patiently(async () => {
        try {
          for await (const { name, bytes } of this.source.fetch([ref.name], ref.length)) {
            if (nameToHex(name) === nameToHex(ref.name)) return this.#check(type, name, bytes);
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

  #check(type: ChunkType, name: Uint8Array, bytes: Uint8Array): Fetched {
    return computeName(this.namingKey, type, bytes).equals(name)
      ? bytes
      : damaged('its bytes do not match their name');
  }
}

function isFinal(error: unknown): boolean {
  if (!(error instanceof CrossvaultError)) return true;
  return !error.retryable && !chunkErrors.has(error.code);
}

function damaged(why: string): CrossvaultError {
  return new CrossvaultError('corrupt_data', `A part of the backup is damaged: ${why}.`);
}
