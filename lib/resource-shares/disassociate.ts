import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  invitations,
  resourceShareKeys,
  resourceSharePrincipals,
  resourceShares,
  resourceShareVaults,
} from '@/db/schema';
import type { ShareRow } from './internal';
import type { Principal } from './schemas';

// What ends access, written down and nothing else: verbs and previews make the same change.

/** @returns whether it was part of the share. */
export async function endPrincipal(
  tx: Tx,
  share: ShareRow,
  { type, id }: Principal,
  now: Date,
): Promise<boolean> {
  const cancelled =
    type === 'account'
      ? await endInvitations(tx, share, { recipientId: id, endedReason: 'removed' }, now)
      : [];
  const ended = await tx
    .update(resourceSharePrincipals)
    .set({ disassociatedAt: now, endedReason: 'removed' })
    .where(
      and(
        eq(resourceSharePrincipals.shareId, share.id),
        eq(resourceSharePrincipals.principalType, type),
        eq(resourceSharePrincipals.principalId, id),
        isNull(resourceSharePrincipals.disassociatedAt),
      ),
    )
    .returning();
  return ended.length + cancelled.length > 0;
}

/** @returns whether it was in the share. */
export async function endVault(tx: Tx, share: ShareRow, vaultId: string, now: Date): Promise<boolean> {
  const ended = await tx
    .update(resourceShareVaults)
    .set({ disassociatedAt: now })
    .where(
      and(
        eq(resourceShareVaults.shareId, share.id),
        eq(resourceShareVaults.vaultId, vaultId),
        isNull(resourceShareVaults.disassociatedAt),
      ),
    )
    .returning();
  return ended.length > 0;
}

/** @returns whether it was in the share. */
export async function endKey(tx: Tx, share: ShareRow, wanted: string, now: Date): Promise<boolean> {
  const { shareId, keyId, disassociatedAt } = resourceShareKeys;
  const ended = await tx
    .update(resourceShareKeys)
    .set({ disassociatedAt: now })
    .where(and(eq(shareId, share.id), eq(keyId, wanted), isNull(disassociatedAt)))
    .returning();
  return ended.length > 0;
}

/** Open and accepted invitations end with the share: what their accounts see then says so. */
export async function endShare(tx: Tx, share: ShareRow, now: Date) {
  const cancelled = await endInvitations(tx, share, { endedReason: 'share_deleted' }, now);
  await tx
    .update(resourceShares)
    .set({ status: 'deleted', deletedAt: now })
    .where(and(eq(resourceShares.id, share.id), eq(resourceShares.status, 'active')));
  return cancelled;
}

function endInvitations(
  tx: Tx,
  share: ShareRow,
  { recipientId, endedReason }: { recipientId?: string; endedReason: 'removed' | 'share_deleted' },
  now: Date,
) {
  return tx
    .update(invitations)
    .set({ status: 'cancelled', respondedAt: now, endedReason })
    .where(
      and(
        eq(invitations.accountId, share.accountId),
        eq(invitations.shareId, share.id),
        recipientId === undefined ? undefined : eq(invitations.recipientAccountId, recipientId),
        inArray(invitations.status, ['pending', 'accepted']),
      ),
    )
    .returning();
}
