import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { kmsKeys } from '@/db/schema';
import { openObject, sealObject } from '@/lib/engine/core/sealed-object';
import type { WrappingKey } from '@/lib/engine/core/service-key';
import { openKeyMaterial } from '@/lib/engine/vaults/wrapping-key';
import { CrossvaultError } from '@/lib/errors';

const context = (accountId: string) =>
  ({ kind: 'vaultKey', vaultId: accountId, objectName: 'disks/secret' }) as const;

/** What opens an encrypted disk, sealed under a key of its account; it opens in that account only. */
export function sealDiskSecret(key: WrappingKey, accountId: string, secret: Uint8Array): Buffer {
  return sealObject(context(accountId), key.key, 0, key.label, secret);
}

/** @throws `key_unavailable` under another key, `corrupt_data` in another account. */
export function openDiskSecret(key: WrappingKey, accountId: string, sealed: Uint8Array): Buffer {
  return openObject(context(accountId), key.key, sealed);
}

/** The secret of a shared backup's disk, sealed for the account that takes it, under a key of its own. */
export function resealDiskSecret(
  from: { key: WrappingKey; accountId: string },
  to: { key: WrappingKey; accountId: string },
  sealed: Uint8Array,
): Buffer {
  return sealDiskSecret(to.key, to.accountId, openDiskSecret(from.key, from.accountId, sealed));
}

/** The account's own key, for the time of one piece of work. @throws `key_unavailable` unless it is enabled. */
export async function openDiskKey(
  tx: Tx,
  serviceKey: WrappingKey,
  accountId: string,
  keyId: string,
): Promise<WrappingKey> {
  const [key] = await tx
    .select()
    .from(kmsKeys)
    .where(and(eq(kmsKeys.accountId, accountId), eq(kmsKeys.id, keyId)));
  if (key?.state === 'enabled' && key.wrappedMaterial)
    return openKeyMaterial(serviceKey, { accountId, id: keyId, wrappedMaterial: key.wrappedMaterial });
  throw new CrossvaultError(
    'key_unavailable',
    `The key ${key?.alias ?? keyId} of this encrypted disk cannot be used. Enable it under Keys.`,
    { reason: `key_${key?.state ?? 'missing'}` },
  );
}
