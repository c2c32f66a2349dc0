import type { PackRef, PackRow } from '../chunk';

/** A frame's place in its pack. */
export interface FrameInfo {
  /** Byte offset of the sealed frame in the pack. */
  offset: number;
  sealedLength: number;
  plainLength: number;
  chunkCount: number;
}

/** A pack whose header was checked against a key: enough to read any frame by range. */
export interface OpenPack {
  ref: PackRef;
  header: Uint8Array;
  key: Uint8Array;
  frames: readonly FrameInfo[];
}

export type { PackRow };
