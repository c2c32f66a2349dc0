import type { FrameGroup, WantedChunk } from './carried-frames';
import type { Chunk, ChunkLocation, ChunkName, ChunkType, PackRef, PackRow } from './chunk';
import type { OpenPack } from './pack/pack-reader';
import type { ChunkRun } from './work/jobs';

/** A pack that is durable in the store and may now be indexed. */
export interface StoredPack {
  pack: PackRef;
  rows: PackRow[];
  /** Bytes of the chunks before compression. */
  plainBytes: number;
}

/** A frame as read from another vault's pack, with the right to open it. */
export interface ForeignFrame {
  /** Opened by the reader of the other vault; holds its pack key. */
  pack: OpenPack;
  frame: number;
  /** The sealed bytes of that frame, as stored. They belong to the writer from then on. */
  sealed: Uint8Array;
  /** Gets them once more, from a better copy, when these do not authenticate; null where there is none. */
  again?(): Promise<Uint8Array | null>;
  /** The rows of that frame in the pack's table of contents. */
  rows: readonly PackRow[];
  /** The chunks that may cross: reachable from the points being copied and missing at the target. */
  wanted: readonly ChunkName[];
}

/** Frames of another vault's pack that lie one after the other and cross whole. */
export interface ForeignRun {
  pack: OpenPack;
  frames: readonly { frame: number; rows: readonly PackRow[] }[];
  /** One of `copySlabs`, with the frames' sealed bytes as stored from its start on. It belongs to the writer from then on. */
  slab: Uint8Array;
  /** Gets one frame's bytes once more, from a better copy, when these do not authenticate; null where there is none. */
  again(frame: number): Promise<Uint8Array | null>;
}

/**
 * Writes chunks into a vault: frames them, compresses and seals them on worker threads, stores full packs and reports
 * each pack once it is durable. Bounded memory: `put` waits while too many packs are in flight.
 *
 * A pack that the store, or whoever is told of it, refuses is kept: the next call begins with trying it once more, and
 * while that fails rejects without taking anything, so that it may be repeated. Any other failure breaks the writer: every
 * call rejects with it and nothing more is reported. What was reported stays true.
 */
export interface VaultWriter {
  /** What was not reported is lost, and repeating a call does not help. */
  readonly isBroken: boolean;

  /**
   * Copies the bytes and resolves when there is room for more. A chunk that is already in this writer's hands is
   * taken once. Its name is recomputed on a worker; bytes that do not match reject the writer with `corrupt_data`.
   */
  put(chunk: Chunk): Promise<void>;

  /**
   * Re-seals a frame of another vault under this vault's key: without decompressing when every chunk of it is wanted,
   * else opened, filtered and written anew.
   */
  addFrame(frame: ForeignFrame): Promise<void>;

  /** Re-seals a run of frames where they lie. A frame with a chunk that the writer has already goes the way of `addFrame`. */
  addRun(run: ForeignRun): Promise<void>;

  /** Seals and stores whatever is open. When it resolves, everything put before is durable and was reported. */
  flush(): Promise<void>;

  /** Drops what is not durable yet. Never rejects. */
  abort(): Promise<void>;
}

/**
 * Chunks of one frame: authenticated, but still compressed, and their names not checked. Whoever unpacks them holds every
 * chunk against its name.
 */
export interface CarriedFrame {
  type: ChunkType;
  codec: number;
  plainLength: number;
  chunks: ChunkRun;
  body: Uint8Array;
}

/** Frames that were read together. */
export interface CarriedGroup {
  frames: CarriedFrame[];
  /** One of `copySlabs` that all bodies lie in, one after another, each behind the room that was asked for. */
  slab: Uint8Array | null;
  /** Once; nobody looks at the bodies any more. */
  release(): void;
}

/** Reads chunks by location. Bytes are authenticated, and their names checked where the naming key is known. */
export interface VaultReader {
  /** @throws `corrupt_data`, `not_found` (the pack is gone: look the chunk up once more), `storage_unavailable`. */
  read(name: ChunkName, location: ChunkLocation): Promise<Uint8Array>;

  /** Reads many, in the order given, some frames ahead. Stops reading ahead when the consumer stops. */
  readAll(
    chunks: Iterable<{ name: ChunkName; location: ChunkLocation }>,
  ): AsyncGenerator<{ name: ChunkName; bytes: Uint8Array }>;

  /** How chunks lie in frames. A frame of which every chunk is wanted is going to be read as a whole. */
  planFrames(chunks: Iterable<WantedChunk>): Promise<FrameGroup[]>;

  /**
   * Reads what was planned, some of it ahead, without unpacking what is wanted whole. Nothing leaves that was not asked for.
   * @param roomBefore bytes left free before the body of a whole frame of so many chunks
   */
  readFrames(
    groups: readonly FrameGroup[],
    roomBefore?: (chunkCount: number) => number,
  ): AsyncGenerator<CarriedGroup>;
}

/** Called for each durable pack, before `flush` resolves, and again if it rejects. */
export type OnStoredPack = (stored: StoredPack) => Promise<void> | void;

export interface WriterCounters {
  chunks: Record<ChunkType, number>;
  plainBytes: number;
  packs: number;
  storedBytes: number;
}
