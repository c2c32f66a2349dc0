import { CrossvaultError } from '@/lib/errors';
import { keyOfNames, maxKeyBytes } from '@/lib/sources/schemas';
import { printable } from '../../format';
import { shown } from '../../restore/shown';

/** Where an object of a point goes. @throws for a path that is no object's, and for a key that becomes too long. */
export function restoredKey(prefix: string, path: readonly Uint8Array[]): Buffer {
  const key = keyOfNames(path);
  if (!key) throw new CrossvaultError('not_eligible', 'it is not an object of a bucket');
  const whole = Buffer.concat([Buffer.from(prefix), key]);
  if (whole.length <= maxKeyBytes) return whole;
  throw new CrossvaultError(
    'not_eligible',
    `its key would have ${whole.length} bytes with the prefix; ${maxKeyBytes} is the most`,
  );
}

/** An object as a reader knows it: by its key, and not by its path in the tree. */
export function shownKey(path: readonly Uint8Array[]): string {
  const key = keyOfNames(path);
  return key ? printable(key) : shown(path);
}

/** A key beside one that is taken: `report (restored).pdf`, `report (restored 2).pdf`, … */
export function keyBeside(key: string, number: number): string {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const end = dot > 0 && name.length - dot <= 32 ? name.length - dot : 0;
  const mark = number === 1 ? ' (restored)' : ` (restored ${number})`;
  return key.slice(0, key.length - end) + mark + key.slice(key.length - end);
}
