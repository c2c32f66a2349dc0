import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { invitations, resourceShares } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { wakeTickerOf } from '@/lib/ticker';
import { writeVerb } from '@/lib/verb';
import { expireInvitations, lockShare, type ShareRow, toResourceShare } from './internal';
import { DeleteResourceShare } from './schemas';

/**
 * Ends a share at once: nobody sees its vaults through it any more, open invitations are cancelled, and replications
 * that rest on it stand still. Vaults and copies stay.
 */
export const deleteResourceShare = writeVerb({
  action: 'resource_shares.delete',
  permission: 'shares.manage',
  activity: 'stop',
  input: DeleteResourceShare,
  async run({ ctx, tx, input, now, audit }) {
    const share = await lockShare(tx, ctx.accountId, input.id);
    if (input.confirm !== share.name) {
      throw new CrossvaultError('invalid_input', 'The typed name is not the name of this resource share.', {
        fields: { confirm: 'Type the name of the resource share.' },
      });
    }
    const before = await toResourceShare(tx, share, now);
    await expireInvitations(tx, ctx.accountId, share.id, now);
    const ended = await cancelInvitations(tx, share, now);
    await tx
      .update(resourceShares)
      .set({ status: 'deleted', deletedAt: now })
      .where(and(eq(resourceShares.id, share.id), eq(resourceShares.status, 'active')));
    for (const invitation of ended) {
      await notifyAccount(tx, {
        accountId: invitation.recipientAccountId,
        linkId: invitation.id,
        kind: 'share.deleted',
        severity: 'warning',
        title: `${invitation.ownerName} has deleted the resource share ${share.name}`,
        body: 'Its vaults can no longer be chosen. Replications into them stand still; copies stay with their owner.',
        href: `/${before.vaults[0]?.region ?? defaultRegionId()}/shared-with-me`,
      });
    }
    await wakeTickerOf(tx, ctx.accountId);
    await audit({
      resourceKind: 'resource_share',
      resourceId: share.id,
      resourceName: share.name,
      before: {
        vaults: before.vaults.map((vault) => vault.id),
        principals: before.principals.map((principal) => principal.id),
        activeReplications: before.activeReplications.map((replication) => replication.id),
      },
    });
    return { ...before, status: 'deleted' as const };
  },
});

/** The accepted ones too: what their accounts see then says that the access has ended. */
async function cancelInvitations(tx: Tx, share: ShareRow, now: Date) {
  return tx
    .update(invitations)
    .set({ status: 'cancelled', respondedAt: now })
    .where(
      and(
        eq(invitations.accountId, share.accountId),
        eq(invitations.shareId, share.id),
        inArray(invitations.status, ['pending', 'accepted']),
      ),
    )
    .returning();
}
