import { ByteReader, ByteWriter } from '../bytes';
import type { PackRow } from '../chunk';
import { maxFramePlainBytes } from '../codec';
import { nameBytes } from '../names';
import { tagBytes } from '../seal';
import { frameRecordBytes, packHeaderBytes, rowRecordBytes } from './pack-format';

/** A frame's place in its pack. */
export interface FrameInfo {
  /** Byte offset of the sealed frame in the pack. */
  offset: number;
  /** Ciphertext and tag. */
  sealedLength: number;
  plainLength: number;
  chunkCount: number;
  codec: number;
}

export function encodeFrameTable(frames: readonly FrameInfo[]): Buffer {
  const writer = new ByteWriter(frames.length * frameRecordBytes);
  for (const frame of frames) {
    writer
      .u32(frame.offset)
      .u32(frame.sealedLength)
      .u32(frame.plainLength)
      .u32(frame.chunkCount)
      .u8(frame.codec);
  }
  return writer.finish();
}

/** @param tableOffset where the sealed frame table starts; the frames must fill the pack up to there, without gaps. */
export function decodeFrameTable(bytes: Uint8Array, tableOffset: number, what: string): FrameInfo[] {
  const reader = new ByteReader(bytes, what);
  const frames: FrameInfo[] = [];
  let expected = packHeaderBytes;
  while (reader.remaining > 0) {
    const frame: FrameInfo = {
      offset: reader.u32(),
      sealedLength: reader.u32(),
      plainLength: reader.u32(),
      chunkCount: reader.u32(),
      codec: reader.u8(),
    };
    if (frame.offset !== expected || frame.sealedLength < tagBytes) reader.fail('its frames do not join');
    if (frame.plainLength > maxFramePlainBytes) reader.fail('a frame is too long');
    expected += frame.sealedLength;
    frames.push(frame);
  }
  if (expected !== tableOffset) reader.fail('its frames do not join');
  return frames;
}

export function encodeRows(rows: readonly PackRow[]): Buffer {
  const writer = new ByteWriter(rows.length * rowRecordBytes);
  for (const row of rows) writer.raw(row.name).u32(row.length);
  return writer.finish();
}

/** Rows lie in the order of frames and, in a frame, of chunks, which fill its plaintext. */
export function decodeRows(bytes: Uint8Array, frames: readonly FrameInfo[], what: string): PackRow[] {
  const reader = new ByteReader(bytes, what);
  const rows: PackRow[] = [];
  frames.forEach((frame, number) => {
    let offset = 0;
    for (let i = 0; i < frame.chunkCount; i++) {
      const name = Buffer.from(reader.raw(nameBytes));
      const length = reader.u32();
      rows.push({ name, frame: number, offset, length });
      offset += length;
    }
    if (offset !== frame.plainLength) reader.fail('its chunks do not fill their frame');
  });
  reader.end();
  return rows;
}
