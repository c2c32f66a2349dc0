import type { Chunk, ChunkName } from '../chunk';

/** Takes finished tree pages, in order children before parents. Its promise is the builder's back-pressure. */
export type EmitPage = (chunk: Chunk) => Promise<void> | void;

/** Finds a chunk's plaintext by name and checks it, or throws `not_found` / `corrupt_data`. */
export type LoadChunk = (name: ChunkName) => Promise<Uint8Array>;
