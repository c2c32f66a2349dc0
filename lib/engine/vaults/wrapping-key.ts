import { randomBytes } from 'node:crypto';
import { openObject, sealObject } from '@/lib/engine/core/sealed-object';
import { type WrappingKey, wrappingKeyFrom } from '@/lib/engine/core/service-key';
import { CrossvaultError } from '@/lib/errors';
import { vaultTrouble } from '@/lib/keys/schemas';
import type { VaultRow } from './vault-row';

const materialBytes = 32;

/** Where a KMS key's material is bound to: it does not open under another key's id or account. */
function context(accountId: string, keyId: string) {
  return { kind: 'vaultKey', vaultId: accountId, objectName: `kms/${keyId}` } as const;
}

/** Fresh material of a KMS key, sealed under the service key: the `kms_keys.wrapped_material` column. */
export function sealKeyMaterial(serviceKey: WrappingKey, accountId: string, keyId: string): Buffer {
  return sealObject(
    context(accountId, keyId),
    serviceKey.key,
    0,
    serviceKey.label,
    randomBytes(materialBytes),
  );
}

/**
 * A KMS key's material as a wrapping key.
 * @throws `key_unavailable` under another service key, `corrupt_data` when it belongs to another key or account.
 */
export function openKeyMaterial(
  serviceKey: WrappingKey,
  { accountId, id, wrappedMaterial }: { accountId: string; id: string; wrappedMaterial: Uint8Array },
): WrappingKey {
  return wrappingKeyFrom(openMaterial(serviceKey, accountId, id, wrappedMaterial), 'kms');
}

function openMaterial(serviceKey: WrappingKey, accountId: string, id: string, wrapped: Uint8Array): Buffer {
  try {
    return openObject(context(accountId, id), serviceKey.key, wrapped);
  } catch (error) {
    const isOther = error instanceof CrossvaultError && error.code === 'key_unavailable';
    for (const { key } of (isOther && serviceKey.earlier) || []) {
      try {
        return openObject(context(accountId, id), key, wrapped);
      } catch {
        // The first key's error says what is asked for.
      }
    }
    throw error;
  }
}

/** A KMS key's material under the newest service key instead of an earlier one. */
export function resealKeyMaterial(
  serviceKey: WrappingKey,
  { accountId, id, wrappedMaterial }: { accountId: string; id: string; wrappedMaterial: Uint8Array },
): Buffer {
  const material = openMaterial(serviceKey, accountId, id, wrappedMaterial);
  return sealObject(context(accountId, id), serviceKey.key, 0, serviceKey.label, material);
}

/**
 * The key that wraps the vault's keys: the service key, or the account's KMS key.
 * @throws `key_unavailable`, naming vault and key, unless the key is enabled.
 */
export function wrappingKeyOf(vault: VaultRow, serviceKey: WrappingKey): WrappingKey {
  if (vault.encryption === 'service') return serviceKey;
  const { key } = vault;
  if (!key) throw keyUnavailable(vault, 'is not there any more.', 'key_missing');
  requireEnabled(vault);
  if (!key.wrappedMaterial) throw keyUnavailable(vault, 'has lost its material.', 'key_missing');
  try {
    return openKeyMaterial(serviceKey, { ...key, wrappedMaterial: key.wrappedMaterial });
  } catch (cause) {
    throw keyUnavailable(
      vault,
      'does not open under this service key. Its data is unharmed: start Crossvault with the service key it was made under.',
      'service_key_differs',
      cause,
    );
  }
}

/** @throws `key_unavailable` with the way out, while the vault's key may not be used. */
export function requireEnabled({ name, key }: Pick<VaultRow, 'name' | 'key'>): void {
  if (!key) return;
  const trouble = vaultTrouble(name, key.alias ?? key.id, key);
  if (trouble) throw new CrossvaultError('key_unavailable', trouble, { reason: `key_${key.state}` });
}

function keyUnavailable(vault: VaultRow, what: string, reason: string, cause?: unknown): CrossvaultError {
  const name = vault.key?.alias ?? vault.kmsKeyId;
  return new CrossvaultError(
    'key_unavailable',
    `The vault ${vault.name} cannot be opened: its key ${name} ${what}`,
    { reason, cause },
  );
}
