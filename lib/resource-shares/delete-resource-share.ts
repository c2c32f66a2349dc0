import { CrossvaultError } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { writeVerb } from '@/lib/verb';
import { endShare } from './disassociate';
import { endAccess } from './end-access';
import { expireInvitations, type InvitationRow, lockShare } from './internal';
import { DeleteResourceShare } from './schemas';
import { toResourceShare } from './to-resource-share';

/**
 * Ends a share at once: nobody sees or uses what it holds through it any more, open invitations are cancelled, and
 * replications and shared backups that rest on it stand still. Vaults, keys and copies stay.
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
    let ended: InvitationRow[] = [];
    const paused = await endAccess(
      tx,
      async (at) => {
        ended = await endShare(at, share, now);
      },
      { accountId: ctx.accountId, why: `The resource share ${share.name} was deleted.` },
    );
    for (const invitation of ended) {
      await notifyAccount(tx, {
        accountId: invitation.recipientAccountId,
        linkId: invitation.id,
        kind: 'share.deleted',
        severity: 'warning',
        title: `${invitation.ownerName} has deleted the resource share ${share.name}`,
        body: 'What it held can no longer be used: its vaults as replication targets, its keys for shared backups. Copies stay.',
        href: `/${before.vaults[0]?.region ?? defaultRegionId()}/shared-with-me`,
      });
    }
    await audit({
      resourceKind: 'resource_share',
      resourceId: share.id,
      resourceName: share.name,
      before: {
        vaults: before.vaults.map((vault) => vault.id),
        keys: before.keys.map((key) => key.id),
        principals: before.principals.map((principal) => principal.id),
      },
      after: { pausedReplications: paused.map(({ id }) => id) },
    });
    return toResourceShare(tx, { ...share, status: 'deleted', deletedAt: now }, now);
  },
});
