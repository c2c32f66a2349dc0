import { createHash } from 'node:crypto';
import { CrossvaultError } from '@/lib/errors';
import { packSha256Of } from './object-names';
import type { ObjectStore } from './object-store';
import type { Zone } from './zone-store';

/** One zone's copy of an object. `unknown`: it is there, and nobody can tell without a key whether it is good. */
export interface Copy {
  zone: Zone;
  state: 'good' | 'bad' | 'missing' | 'unavailable' | 'unknown';
  bytes: Uint8Array | null;
  error: Error | null;
}

/** A pack is good when its bytes have the hash that it is named by: no key is needed. */
export function isGoodPack(name: string, bytes: Uint8Array): boolean {
  return createHash('sha256').update(bytes).digest('hex') === packSha256Of(name);
}

/** Looks at the copies one after the other: of the good ones, only the first one's bytes are kept. */
export async function inspectCopies(
  zones: readonly Zone[],
  name: string,
  isGood?: (bytes: Uint8Array) => boolean,
): Promise<Copy[]> {
  const judge = packSha256Of(name) ? (bytes: Uint8Array) => isGoodPack(name, bytes) : isGood;
  const copies: Copy[] = [];
  for (const zone of zones) {
    const copy = await inspectCopy(zone, name, judge);
    const isFirstGood = copy.state === 'good' && !copies.some(({ state }) => state === 'good');
    copies.push(isFirstGood ? copy : { ...copy, bytes: null });
  }
  return copies;
}

async function inspectCopy(zone: Zone, name: string, judge?: (bytes: Uint8Array) => boolean): Promise<Copy> {
  try {
    const bytes = await zone.store.get(name);
    const state = judge ? (judge(bytes) ? 'good' : 'bad') : 'unknown';
    return { zone, state, bytes, error: null };
  } catch (error) {
    if (!(error instanceof CrossvaultError)) throw error;
    const state = error.code === 'not_found' ? 'missing' : 'unavailable';
    return { zone, state, bytes: null, error: state === 'missing' ? null : error };
  }
}

/** Between the two steps the zone has no copy, which readers fall over; the debt is written down before. */
export async function replaceCopy(
  store: ObjectStore,
  name: string,
  bytes: Uint8Array,
  isThere: boolean,
): Promise<void> {
  if (isThere) await store.delete(name);
  await store.putIfAbsent(name, bytes);
}
