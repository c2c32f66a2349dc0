import { eq } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import { kmsKeys } from '@/db/schema';
import { operatorContext } from '@/lib/accounts';
import type { WrappingKey } from '@/lib/engine/core/service-key';
import { CrossvaultError } from '@/lib/errors';
import { writeAudit } from '@/lib/verb';
import { openKeyMaterial } from './wrapping-key';

/**
 * The material of an account's KMS key, with the label that the vaults under it carry. When it returns, the audit of the
 * key's account says `keys.exported`.
 *
 * @param owner a connection that row-level security does not bind: the operator names a key, not an account.
 * @throws `not_found` for an unknown key, `state_conflict` for one that is destroyed or still being created,
 * `key_unavailable` when the material does not open under this service key.
 */
export async function exportKeyMaterial(
  owner: Database,
  serviceKey: WrappingKey,
  keyId: string,
): Promise<WrappingKey> {
  const [found] = await owner
    .select({ accountId: kmsKeys.accountId })
    .from(kmsKeys)
    .where(eq(kmsKeys.id, keyId));
  if (!found) throw new CrossvaultError('not_found', `No account has a key ${keyId}.`);
  const ctx = operatorContext(owner, found.accountId);
  return inAccount(owner, found.accountId, async (tx) => {
    // Until the audit row is written, nobody destroys the key
    const [row] = await tx.select().from(kmsKeys).where(eq(kmsKeys.id, keyId)).for('update');
    const material = openExportable(row, serviceKey, keyId);
    await writeAudit(ctx, tx, 'keys.exported', {
      resourceKind: 'key',
      resourceId: keyId,
      resourceName: row?.alias ?? undefined,
      after: { label: material.label },
    });
    return material;
  });
}

function openExportable(
  row: typeof kmsKeys.$inferSelect | undefined,
  serviceKey: WrappingKey,
  keyId: string,
): WrappingKey {
  if (row?.state === 'creating') {
    throw new CrossvaultError(
      'state_conflict',
      `The key ${keyId} is still being created. Try again in a moment.`,
      {
        reason: 'key_creating',
      },
    );
  }
  if (!row?.wrappedMaterial) {
    throw new CrossvaultError(
      'state_conflict',
      `The key ${keyId} is destroyed: there is nothing left to export. Only a copy that was exported before still opens its vaults.`,
      { reason: 'key_destroyed' },
    );
  }
  try {
    const { accountId, id, wrappedMaterial } = row;
    return openKeyMaterial(serviceKey, { accountId, id, wrappedMaterial });
  } catch (cause) {
    throw new CrossvaultError(
      'key_unavailable',
      `The key ${keyId} does not open under the service key of this installation (${serviceKey.label}).`,
      { reason: 'service_key_differs', cause },
    );
  }
}
