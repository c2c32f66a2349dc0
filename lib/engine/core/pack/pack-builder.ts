import type { ChunkType, PackRow } from '../chunk';
import { compress } from '../codec';
import { nameBytes } from '../names';
import { seal, tagBytes } from '../seal';
import type { VaultKeys } from '../vault-keys';
import type { FrameSeal, SealedFrame } from '../work/jobs';
import { encodeFrameTable, encodeRows, type FrameInfo } from './frame-table';
import {
  createPackKey,
  encodeTrailer,
  frameAad,
  type PackKey,
  packHeaderBytes,
  packTrailerBytes,
  rowRecordBytes,
} from './pack-format';

/** Room for the frame table, one record of 17 bytes a frame. */
const tableRoomBytes = 64 * 1024;

/**
 * A pack that is being filled. Frame numbers are given out before the frames are sealed, and the frames join in the order
 * of their numbers, whichever is sealed first.
 */
export class PackBuilder {
  readonly #key: PackKey;
  readonly #frames: (SealedFrame | undefined)[] = [];
  #sealedBytes = packHeaderBytes + packTrailerBytes;
  #pendingBytes = 0;
  plainBytes = 0;

  constructor(
    keys: VaultKeys,
    readonly type: ChunkType,
  ) {
    this.#key = createPackKey(keys, type);
  }

  /** What the pack has come to, frames not yet sealed not counted. */
  get sealedBytes(): number {
    return this.#sealedBytes;
  }

  /** The most the pack can come to with what is on its way and another `plainLength` bytes in `chunkCount` chunks. */
  boundWith(plainLength: number, chunkCount: number): number {
    return this.#sealedBytes + this.#pendingBytes + frameBound(plainLength, chunkCount) + tableRoomBytes;
  }

  /** Gives the next frame its number. */
  reserve(plainLength: number, chunkCount: number): FrameSeal {
    const number = this.#frames.length;
    this.#frames.push(undefined);
    this.#pendingBytes += frameBound(plainLength, chunkCount);
    return { key: this.#key.key, number, aad: frameAad(this.#key, number, this.type) };
  }

  /** Puts a sealed frame at its number; the lengths are those it was reserved with. */
  place(number: number, frame: SealedFrame, plainLength: number, chunkCount: number): void {
    this.#frames[number] = frame;
    this.#pendingBytes -= frameBound(plainLength, chunkCount);
    this.#sealedBytes += frame.ciphertext.length + tagBytes + frame.chunks.lengths.length * rowRecordBytes;
    this.plainBytes += frame.plainLength;
  }

  /** The finished pack in parts. Every reserved frame has been placed. */
  finish(): { parts: Uint8Array[]; rows: PackRow[]; sizeBytes: number } {
    const parts: Uint8Array[] = [this.#key.header];
    const infos: FrameInfo[] = [];
    const rows: PackRow[] = [];
    let offset = packHeaderBytes;
    const append = (frame: SealedFrame, chunkCount: number) => {
      const sealedLength = frame.ciphertext.length + tagBytes;
      infos.push({ offset, sealedLength, plainLength: frame.plainLength, chunkCount, codec: frame.codec });
      parts.push(frame.ciphertext, frame.tag);
      offset += sealedLength;
    };
    this.#frames.forEach((frame, number) => {
      if (!frame) throw new Error(`Invariant broken: frame ${number} was never placed`);
      append(frame, frame.chunks.lengths.length);
      rows.push(...rowsOf(frame, number));
    });
    append(this.#sealInfo('rows', infos.length, encodeRows(rows)), 0);
    const number = infos.length;
    const table = seal(this.#key.key, number, frameAad(this.#key, number, 'frames'), encodeFrameTable(infos));
    const tableLength = table.ciphertext.length + tagBytes;
    parts.push(table.ciphertext, table.tag, encodeTrailer(this.#key, this.#frames.length, tableLength));
    return { parts, rows, sizeBytes: offset + tableLength + packTrailerBytes };
  }

  #sealInfo(tag: 'rows', number: number, plain: Buffer): SealedFrame {
    const { codec, body } = compress(plain);
    const sealed = seal(this.#key.key, number, frameAad(this.#key, number, tag), body);
    const chunks = { lengths: [], names: Buffer.alloc(0) };
    return { codec, plainLength: plain.length, chunks, ...sealed };
  }
}

/** Compression never makes a frame longer: what does not shrink is stored. */
function frameBound(plainLength: number, chunkCount: number): number {
  return plainLength + tagBytes + chunkCount * rowRecordBytes;
}

function* rowsOf(frame: SealedFrame, number: number): Generator<PackRow> {
  let offset = 0;
  for (const [i, length] of frame.chunks.lengths.entries()) {
    const name = Buffer.from(frame.chunks.names.subarray(i * nameBytes, (i + 1) * nameBytes));
    yield { name, frame: number, offset, length };
    offset += length;
  }
}
