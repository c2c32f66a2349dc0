import { and, eq, sql } from 'drizzle-orm';
import { invitations } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { writeVerb } from '@/lib/verb';
import { endAccess } from './end-access';
import { getAccountName } from './internal';
import { readReceivedShares } from './received-shares';
import { LeaveShare, type ReceivedShare } from './schemas';

/**
 * Gives back a share that this account accepted from outside the directory. Inside the directory, access belongs to the
 * membership and is not this account's to give back.
 */
export const leaveShare = writeVerb({
  action: 'resource_shares.leave',
  permission: 'shares.manage',
  activity: 'stop',
  input: LeaveShare,
  async run({ ctx, tx, input, now, audit }): Promise<ReceivedShare> {
    const share = (await readReceivedShares(tx, ctx.accountId)).find(({ id }) => id === input.id);
    if (!share) throw notFound('resource share');
    requireLeavable(share, input.confirm);
    const [invitation] = await tx
      .select()
      .from(invitations)
      .where(
        and(
          eq(invitations.shareId, share.id),
          eq(invitations.recipientAccountId, ctx.accountId),
          eq(invitations.status, 'accepted'),
        ),
      );
    if (!invitation) throw notFound('resource share');
    const name = await getAccountName(tx, ctx.accountId);
    await tx.execute(sql`select lock_invited_share(${invitation.id})`);
    const paused = await endAccess(tx, (at) => at.execute(sql`select leave_share(${share.id})`), {
      accountId: ctx.accountId,
      why: `${name} has left the resource share ${share.name}.`,
    });
    await notifyAccount(tx, {
      accountId: share.owner.accountId,
      linkId: invitation.id,
      kind: 'share.left',
      severity: 'warning',
      title: `${name} has left the resource share ${share.name}`,
      body: '',
      href: `/${defaultRegionId()}/shared-by-me/${share.id}`,
    });
    await audit({
      resourceKind: 'resource_share',
      resourceId: share.id,
      resourceName: share.name,
      before: { ownerAccountId: share.owner.accountId, since: share.since },
      after: { leftAt: now, pausedReplications: paused.map(({ id }) => id) },
    });
    return share;
  },
});

function requireLeavable(share: ReceivedShare, confirm: string): void {
  if (confirm !== share.name) {
    throw new CrossvaultError('invalid_input', 'The typed name is not the name of this resource share.', {
      fields: { confirm: 'Type the name of the resource share.' },
    });
  }
  if (share.isExternal) return;
  throw new CrossvaultError('not_eligible', leaveRefusal, { reason: 'inside_the_directory' });
}

export const leaveRefusal =
  'It reaches this account inside the resource directory. Its owner ends it, or the management account.';
