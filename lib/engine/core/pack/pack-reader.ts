import { asBuffer, corrupt } from '../bytes';
import type { PackRef, PackRow } from '../chunk';
import { decompress } from '../codec';
import { unseal } from '../seal';
import type { ObjectStore } from '../store/object-store';
import { readMended } from '../store/read-mended';
import type { VaultKeys } from '../vault-keys';
import type { FrameSeal } from '../work/jobs';
import { decodeFrameTable, decodeRows, type FrameInfo } from './frame-table';
import { PackContents } from './pack-contents';
import {
  decodeTrailer,
  frameAad,
  openPackKey,
  type PackKey,
  packHeaderBytes,
  packTrailerBytes,
} from './pack-format';

/** A pack whose end was read and checked: enough to read any of its frames by range. */
export interface OpenPack {
  ref: PackRef;
  key: PackKey;
  /** The frames of chunks, by number. */
  frames: readonly FrameInfo[];
  /** The frame after them, which holds the rows. */
  rowsFrame: FrameInfo;
}

/** Holds the frame table of most packs; the others take a second read. */
const firstReadBytes = 16 * 1024;

/** @throws `not_found`, `corrupt_data`, `key_unavailable`, `storage_unavailable`. */
export function openPack(
  store: ObjectStore,
  keys: VaultKeys,
  pack: Pick<PackRef, 'objectName' | 'sizeBytes'>,
): Promise<OpenPack> {
  return readMended(store, pack.objectName, () => openPackOnce(store, keys, pack));
}

async function openPackOnce(
  store: ObjectStore,
  keys: VaultKeys,
  pack: Pick<PackRef, 'objectName' | 'sizeBytes'>,
): Promise<OpenPack> {
  const { objectName, sizeBytes } = pack;
  if (sizeBytes < packHeaderBytes + packTrailerBytes) throw corrupt(`${objectName} is too short`);
  const readTail = async (length: number) =>
    asBuffer(await store.get(objectName, { offset: sizeBytes - length, length }));

  let tail = await readTail(Math.min(firstReadBytes, sizeBytes));
  const trailer = decodeTrailer(tail.subarray(tail.length - packTrailerBytes), objectName);
  const key = openPackKey(keys, trailer.header, objectName);
  const tableOffset = sizeBytes - packTrailerBytes - trailer.tableLength;
  if (tableOffset < packHeaderBytes) throw corrupt(`${objectName}, its frame table is too long`);
  if (trailer.tableLength + packTrailerBytes > tail.length) {
    tail = await readTail(trailer.tableLength + packTrailerBytes);
  }
  const sealed = tail.subarray(
    tail.length - packTrailerBytes - trailer.tableLength,
    tail.length - packTrailerBytes,
  );
  const number = trailer.frameCount + 1;
  const table = unseal(
    key.key,
    number,
    frameAad(key, number, 'frames'),
    sealed,
    `${objectName}, its frame table`,
  );
  const frames = decodeFrameTable(table, tableOffset, objectName);
  const rowsFrame = frames.pop();
  if (!rowsFrame || frames.length !== trailer.frameCount) throw corrupt(`${objectName}, frames are missing`);
  return { ref: { objectName, sizeBytes, type: key.type }, key, frames, rowsFrame };
}

/** How a frame of chunks is opened. */
export function frameSeal({ key }: OpenPack, number: number): FrameSeal {
  return { key: key.key, number, aad: frameAad(key, number, key.type) };
}

/** @throws `corrupt_data` for a frame the pack does not have. */
export function requireFrame(pack: OpenPack, number: number): FrameInfo {
  const frame = pack.frames[number];
  if (!frame) throw corrupt(`${pack.ref.objectName} has no frame ${number}`);
  return frame;
}

/** The pack's table of contents, in the order of frames and of chunks in them. */
export function readPackRows(store: ObjectStore, pack: OpenPack): Promise<PackRow[]> {
  return readTable(store, pack, (bytes, what) => decodeRows(bytes, pack.frames, what));
}

/** The same without an object a chunk. */
export function readPackContents(store: ObjectStore, pack: OpenPack): Promise<PackContents> {
  return readTable(store, pack, (bytes, what) => new PackContents(bytes, pack.frames, what));
}

async function readTable<T>(
  store: ObjectStore,
  pack: OpenPack,
  decode: (bytes: Uint8Array, what: string) => T,
): Promise<T> {
  const { rowsFrame, key } = pack;
  const { objectName } = pack.ref;
  const what = `${objectName}, its table of contents`;
  return readMended(store, objectName, async () => {
    const sealed = await store.get(objectName, { offset: rowsFrame.offset, length: rowsFrame.sealedLength });
    const number = pack.frames.length;
    const body = unseal(key.key, number, frameAad(key, number, 'rows'), sealed, what);
    return decode(decompress(rowsFrame.codec, body, rowsFrame.plainLength), what);
  });
}

export async function readSealedFrame(
  store: ObjectStore,
  pack: OpenPack,
  number: number,
): Promise<Uint8Array> {
  const { offset, sealedLength } = requireFrame(pack, number);
  return store.get(pack.ref.objectName, { offset, length: sealedLength });
}
