import { and, eq, gt } from 'drizzle-orm';
import { directoryInvitations } from '@/db/schema';
import { violates } from '@/db/violations';
import { CrossvaultError, invariant, notFound } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { type WriteArgs, writeVerb } from '@/lib/verb';
import { toDirectoryInvitation } from './list-invitations';
import { answeredAlready, effectiveStatus } from './rules';
import { AnswerDirectoryInvitation } from './schemas';

type Answer = 'accepted' | 'declined' | 'cancelled';

/** The invited account joins the directory. */
export const acceptDirectoryInvitation = answerVerb('accepted', 'directory.accept_invitation');
export const declineDirectoryInvitation = answerVerb('declined', 'directory.decline_invitation');
/** The management account withdraws an invitation that nobody has answered. */
export const cancelDirectoryInvitation = answerVerb('cancelled', 'directory.cancel_invitation');

function answerVerb(answer: Answer, action: string) {
  return writeVerb({
    action,
    permission: 'directory.manage',
    activity: answer === 'accepted' ? 'manage' : 'stop',
    input: AnswerDirectoryInvitation,
    run: (args) => answerInvitation(answer, args),
  });
}

async function answerInvitation(answer: Answer, args: WriteArgs<{ id: string }>) {
  const { ctx, tx, now, audit } = args;
  const answered = await writeAnswer(answer, args);
  const invitation = await toDirectoryInvitation(tx, answered, now);
  const name = invitation.recipient.name ?? answered.recipientAccountId;
  const isByRecipient = answered.recipientAccountId === ctx.accountId;
  await notifyAccount(tx, {
    accountId: isByRecipient ? answered.accountId : answered.recipientAccountId,
    linkId: answered.id,
    kind: `directory.${answer}`,
    severity: answer === 'accepted' ? 'success' : answer === 'declined' ? 'warning' : 'info',
    title: {
      accepted: `${name} has joined the resource directory`,
      declined: `${name} has declined to join the resource directory`,
      cancelled: `${answered.managementName} has withdrawn the invitation to its resource directory`,
    }[answer],
    body: '',
    href: `/${defaultRegionId()}/resource-directory`,
  });
  await audit({
    resourceKind: 'directory_invitation',
    resourceId: answered.id,
    before: { status: 'pending' },
    after: { status: answer, directoryId: answered.directoryId, accountId: answered.recipientAccountId },
  });
  return invitation;
}

async function writeAnswer(answer: Answer, { ctx, tx, input, now }: WriteArgs<{ id: string }>) {
  const { id, accountId, recipientAccountId, status, expiresAt } = directoryInvitations;
  const mine = and(
    eq(id, input.id),
    eq(answer === 'cancelled' ? accountId : recipientAccountId, ctx.accountId),
  );
  try {
    const [answered] = await tx
      .update(directoryInvitations)
      .set({ status: answer, respondedAt: now, respondedBy: ctx.actor.id })
      .where(and(mine, eq(status, 'pending'), gt(expiresAt, now)))
      .returning();
    if (answered) return answered;
  } catch (error) {
    if (!violates(error, 'directory_members_pkey')) throw error;
    throw new CrossvaultError(
      'state_conflict',
      'This account is in a resource directory already, and it can be in one only.',
      { reason: 'in_a_directory' },
    );
  }
  const [row] = await tx.select().from(directoryInvitations).where(mine);
  if (!row) throw notFound('invitation');
  const found = effectiveStatus(row, now);
  invariant(found !== 'pending', 'an open invitation takes an answer');
  throw answeredAlready(found);
}
