import { and, eq, inArray } from 'drizzle-orm';
import { invitations, resourceShareVaults, vaults } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { defaultRegionId } from '@/lib/regions/schemas';
import { writeVerb } from '@/lib/verb';
import { expireInvitations, lockShare, toResourceShare } from './internal';
import { inviteAccounts, requirePrincipals } from './invite-accounts';
import { AddPrincipal } from './schemas';

/** Invites one more account to a share, or again after it rejected, was cancelled or let the invitation expire. */
export const addPrincipal = writeVerb({
  action: 'resource_shares.add_principal',
  permission: 'shares.manage',
  input: AddPrincipal,
  async run({ ctx, tx, input, now, audit }) {
    const share = await lockShare(tx, ctx.accountId, input.shareId);
    await requirePrincipals(tx, ctx.accountId, [input.accountId], () => 'accountId');
    await expireInvitations(tx, ctx.accountId, share.id, now);
    const [open] = await tx
      .select({ status: invitations.status })
      .from(invitations)
      .where(
        and(
          eq(invitations.shareId, share.id),
          eq(invitations.recipientAccountId, input.accountId),
          inArray(invitations.status, ['pending', 'accepted']),
        ),
      );
    if (open) {
      const why =
        open.status === 'accepted'
          ? 'This account has accepted the share already.'
          : 'This account has an open invitation already.';
      throw new CrossvaultError('already_exists', why, {
        fields: { accountId: why },
        reason: 'invited_already',
      });
    }
    const [vault] = await tx
      .select({ region: vaults.region })
      .from(resourceShareVaults)
      .innerJoin(vaults, eq(vaults.id, resourceShareVaults.vaultId))
      .where(eq(resourceShareVaults.shareId, share.id))
      .limit(1);
    await inviteAccounts(tx, share, [input.accountId], vault?.region ?? defaultRegionId(), now);
    await audit({
      resourceKind: 'resource_share',
      resourceId: share.id,
      resourceName: share.name,
      after: { invitedAccounts: [input.accountId] },
    });
    return toResourceShare(tx, share, now);
  },
});
