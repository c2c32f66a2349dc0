import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { kmsKeys, resourceShareKeys } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import { checkGrantable } from '@/lib/key-grants';
import type { ShareRow } from './internal';

/** A key of the account, held in its state until the transaction ends. */
export async function lockSharedKey(tx: Tx, accountId: string, id: string) {
  const [key] = await tx
    .select()
    .from(kmsKeys)
    .where(and(eq(kmsKeys.accountId, accountId), eq(kmsKeys.id, id)))
    .for('share');
  if (!key) throw notFound('key');
  return key;
}

/** Puts a key into a share, again after it was taken out. Both are locked by the caller. */
export async function associateKey(
  tx: Tx,
  share: ShareRow,
  key: typeof kmsKeys.$inferSelect,
  now: Date,
): Promise<void> {
  checkGrantable(key);
  const { shareId, keyId, disassociatedAt } = resourceShareKeys;
  const added = await tx
    .insert(resourceShareKeys)
    .values({ accountId: share.accountId, shareId: share.id, keyId: key.id, createdAt: now })
    .onConflictDoUpdate({
      target: [shareId, keyId],
      set: { disassociatedAt: null, createdAt: now },
      setWhere: sql`${disassociatedAt} is not null`,
    })
    .returning({ keyId });
  if (added.length > 0) return;
  const name = key.alias ?? key.id;
  throw new CrossvaultError('already_exists', `${name} is in the resource share ${share.name} already.`, {
    fields: { shareId: 'The key is in this resource share already.' },
    reason: 'key_shared_already',
  });
}
