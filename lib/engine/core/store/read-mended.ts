import { CrossvaultError } from '@/lib/errors';
import type { ObjectStore } from './object-store';

/** What bytes that were changed can be taken for: damage, or another key where they say which key opens them. */
const damage = new Set(['corrupt_data', 'key_unavailable']);

/**
 * Reads, and once more when what was read is damaged and the store has a better copy. The second answer stands.
 * @param isGood tells a good copy of an object whose name does not.
 */
export async function readMended<T>(
  store: ObjectStore,
  name: string,
  read: () => Promise<T>,
  isGood?: (bytes: Uint8Array) => boolean,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const isDamage = error instanceof CrossvaultError && damage.has(error.code);
    if (!isDamage || !store.mend || !(await store.mend(name, isGood))) throw error;
    return read();
  }
}

/** Whether reading bytes this way succeeds. */
export function opens(open: (bytes: Uint8Array) => unknown): (bytes: Uint8Array) => boolean {
  return (bytes) => {
    try {
      open(bytes);
      return true;
    } catch {
      return false;
    }
  };
}
