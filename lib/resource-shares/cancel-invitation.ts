import { and, eq, gt } from 'drizzle-orm';
import { invitations } from '@/db/schema';
import { invariant, notFound } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { writeVerb } from '@/lib/verb';
import { endPrincipal } from './disassociate';
import { lockShare } from './internal';
import { toInvitations } from './list-invitations';
import { answeredAlready, effectiveStatus } from './rules';
import { AnswerInvitation } from './schemas';

/** The owner withdraws an invitation that nobody has answered. Access that was accepted ends with the share. */
export const cancelInvitation = writeVerb({
  action: 'invitations.cancel',
  permission: 'shares.manage',
  activity: 'stop',
  input: AnswerInvitation,
  async run({ ctx, tx, input, now, audit }) {
    const mine = and(eq(invitations.id, input.id), eq(invitations.accountId, ctx.accountId));
    const [found] = await tx.select().from(invitations).where(mine);
    if (!found) throw notFound('invitation');
    if (found.status !== 'pending') throw answeredAlready(found.status);
    const share = await lockShare(tx, ctx.accountId, found.shareId);
    const [cancelled] = await tx
      .update(invitations)
      .set({ status: 'cancelled', respondedAt: now, respondedBy: ctx.actor.id })
      .where(and(mine, eq(invitations.status, 'pending'), gt(invitations.expiresAt, now)))
      .returning();
    if (!cancelled) {
      const [row] = await tx.select().from(invitations).where(mine);
      const status = effectiveStatus(row ?? found, now);
      invariant(status !== 'pending', 'an open invitation can be cancelled');
      throw answeredAlready(status);
    }
    await endPrincipal(tx, share, { type: 'account', id: cancelled.recipientAccountId }, now);
    await notifyAccount(tx, {
      accountId: cancelled.recipientAccountId,
      linkId: cancelled.id,
      kind: 'share.cancelled',
      severity: 'info',
      title: `${cancelled.ownerName} has withdrawn the invitation to ${cancelled.shareName}`,
      body: '',
      href: `/${defaultRegionId()}/shared-with-me`,
    });
    await audit({
      resourceKind: 'invitation',
      resourceId: cancelled.id,
      resourceName: cancelled.shareName,
      before: { status: 'pending' },
      after: { status: 'cancelled', recipientAccountId: cancelled.recipientAccountId },
    });
    const [invitation] = await toInvitations(tx, ctx.accountId, [cancelled], now);
    invariant(invitation, 'one row becomes one invitation');
    return invitation;
  },
});
