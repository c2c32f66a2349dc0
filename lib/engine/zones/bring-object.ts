import { packSha256Of } from '@/lib/engine/core/store/object-names';
import { isGoodPack, replaceCopy } from '@/lib/engine/core/store/zone-copies';
import { CrossvaultError } from '@/lib/errors';
import type { ZoneWork } from './heal-zones';

/**
 * Brings one object from a sibling to the zone; of a pack only bytes that its name stands for.
 * @param isReplaced the zone's own copy is known to be bad.
 * @returns the bytes brought, or null when no sibling has a good copy.
 * @throws `storage_unavailable` when the zone, or a sibling that may have the object, does not answer.
 */
export async function bringObject(work: ZoneWork, name: string, isReplaced: boolean): Promise<number | null> {
  let silent: CrossvaultError | null = null;
  for (const { store } of work.siblings) {
    let bytes: Uint8Array;
    try {
      bytes = await store.get(name);
    } catch (error) {
      if (!(error instanceof CrossvaultError)) throw error;
      if (error.code !== 'not_found') silent = error;
      continue;
    }
    if (packSha256Of(name) && !isGoodPack(name, bytes)) continue;
    await replaceCopy(work.own, name, bytes, isReplaced);
    return bytes.length;
  }
  if (silent) throw silent;
  return null;
}
