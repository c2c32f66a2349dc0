import { createHash } from 'node:crypto';
import type { PackRef } from '@/lib/engine/core';
import { openPackKey, packHeaderBytes } from '@/lib/engine/core/pack/pack-format';
import { frameSeal, openPack, readPackRows, readSealedFrame } from '@/lib/engine/core/pack/pack-reader';
import { rangeOutside } from '@/lib/engine/core/store/object-names';
import type { ByteRange, ObjectStore } from '@/lib/engine/core/store/object-store';
import { isGoodPack } from '@/lib/engine/core/store/zone-copies';
import type { VaultKeys } from '@/lib/engine/core/vault-keys';
import type { WorkPool } from '@/lib/engine/core/work/pool';
import { CrossvaultError } from '@/lib/errors';

/** What is wrong with the bytes that a store gives for a pack. */
export type PackDamage = 'corrupt' | 'truncated' | 'missing' | 'swapped' | 'foreign';

export interface JudgeContext {
  keys: VaultKeys;
  namingKey: Uint8Array;
  work: WorkPool;
  /** Whether a hash is that of another pack of this vault. */
  isOtherPack(sha256: string): Promise<boolean>;
}

/**
 * Reads the whole of a pack: its bytes against its name, every frame opened, every chunk's plaintext against the name it
 * goes by. @returns null when all is well.
 */
export async function judgePack(
  pack: PackRef,
  bytes: Uint8Array,
  context: JudgeContext,
): Promise<PackDamage | null> {
  if (!isGoodPack(pack.objectName, bytes)) return judgeWrongBytes(pack, bytes, context);
  try {
    await openEverything(pack, bytes, context);
    return null;
  } catch (error) {
    if (!(error instanceof CrossvaultError)) throw error;
    // The bytes are those that were stored, and yet this vault cannot open them.
    if (error.code === 'key_unavailable') return 'foreign';
    if (error.code === 'corrupt_data') return 'corrupt';
    throw error;
  }
}

async function judgeWrongBytes(pack: PackRef, bytes: Uint8Array, context: JudgeContext): Promise<PackDamage> {
  if (await context.isOtherPack(createHash('sha256').update(bytes).digest('hex'))) return 'swapped';
  if (isForeign(bytes, context.keys)) return 'foreign';
  return bytes.length < pack.sizeBytes ? 'truncated' : 'corrupt';
}

/** A pack from beginning to end, whose key is none of this vault's. */
function isForeign(bytes: Uint8Array, keys: VaultKeys): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.subarray(-4).toString() !== 'CVPE' || bytes.length < packHeaderBytes) return false;
  try {
    openPackKey(keys, buffer.subarray(0, packHeaderBytes), 'a pack');
    return false;
  } catch (error) {
    return error instanceof CrossvaultError && error.code === 'key_unavailable';
  }
}

async function openEverything(pack: PackRef, bytes: Uint8Array, { keys, namingKey, work }: JudgeContext) {
  const store = storeOf(bytes);
  const opened = await openPack(store, keys, pack);
  const rows = await readPackRows(store, opened);
  for (const [number, { codec, plainLength }] of opened.frames.entries()) {
    const parts = rows
      .filter((row) => row.frame === number)
      .map(({ name, offset, length }) => ({ name, offset, length }));
    await work.run({
      op: 'open',
      sealed: await readSealedFrame(store, opened, number),
      codec,
      plainLength,
      from: frameSeal(opened, number),
      check: { type: opened.ref.type, namingKey, parts },
    });
  }
}

/** The bytes in hand, read as a store. */
function storeOf(bytes: Uint8Array): ObjectStore {
  const refuse = () => Promise.reject(new Error('Invariant broken: only reads here'));
  return {
    get: async (name: string, range: ByteRange = { offset: 0, length: bytes.length }) => {
      if (range.offset + range.length > bytes.length) throw rangeOutside(name, range, bytes.length);
      return Uint8Array.from(bytes.subarray(range.offset, range.offset + range.length));
    },
    putIfAbsent: refuse,
    list: refuse,
    delete: refuse,
    stat: refuse,
  };
}
