import { CrossvaultError } from '@/lib/errors';
import { describeSealedObject, type ObjectKind, openObject, sealObject } from './sealed-object';
import type { ObjectStore } from './store/object-store';
import { opens, readMended } from './store/read-mended';
import type { VaultKeys } from './vault-keys';

/** Seals under the newest key version and stores. */
export async function putSealed(
  store: ObjectStore,
  keys: VaultKeys,
  kind: Exclude<ObjectKind, 'vaultKey'>,
  objectName: string,
  plain: Uint8Array,
): Promise<'created' | 'exists'> {
  const { version, key } = keys.current;
  const context = { kind, vaultId: keys.vaultId, objectName };
  return store.putIfAbsent(objectName, sealObject(context, key, version, '', plain));
}

/** @throws `not_found`, `key_unavailable`, `corrupt_data`. */
export async function getSealed(
  store: ObjectStore,
  keys: VaultKeys,
  kind: Exclude<ObjectKind, 'vaultKey'>,
  objectName: string,
): Promise<Buffer> {
  const open = (bytes: Uint8Array) => {
    const { keyVersion } = describeSealedObject(kind, objectName, bytes);
    return openObject({ kind, vaultId: keys.vaultId, objectName }, keys.get(keyVersion), bytes);
  };
  return readMended(store, objectName, async () => open(await store.get(objectName)), opens(open));
}

/** Ids become parts of object names. */
export function requireObjectId(id: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(id)) {
    throw new CrossvaultError('invalid_input', 'An id has up to 128 letters, digits, dots and dashes.');
  }
  return id;
}
