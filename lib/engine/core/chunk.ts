/**
 * What a chunk is. `data` chunks hold file or disk bytes, `tree` chunks hold pages of a backup point's tree.
 * The two never share a pack, so that browsing and collection read trees without touching data.
 */
export type ChunkType = 'data' | 'tree';

/** The type's byte in names, frames and tables of contents. Part of the vault format. */
export const chunkTypeTags = { data: 1, tree: 2 } as const satisfies Record<ChunkType, number>;

/** A chunk's name: 16 bytes. See `names.ts` for how it is made. */
export type ChunkName = Uint8Array;

export interface Chunk {
  name: ChunkName;
  type: ChunkType;
  bytes: Uint8Array;
}

/** A pack as the index refers to it. Packs hold one type of chunk only. */
export interface PackRef {
  /** The pack's object name in the store, `packs/<aa>/<64 hex digits>`. */
  objectName: string;
  sizeBytes: number;
  type: ChunkType;
}

/** One row of a pack's table of contents. */
export interface PackRow {
  name: ChunkName;
  /** The frame's number in its pack, from 0. */
  frame: number;
  /** Where the chunk starts in the frame's plaintext. */
  offset: number;
  length: number;
}

/** Where a chunk can be read. */
export interface ChunkLocation {
  pack: PackRef;
  frame: number;
  offset: number;
  length: number;
}
