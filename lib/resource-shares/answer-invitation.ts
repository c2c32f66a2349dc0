import { and, eq, gt, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { invitations } from '@/db/schema';
import { invariant, notFound } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { wakeTickerOf } from '@/lib/ticker';
import { type WriteArgs, writeVerb } from '@/lib/verb';
import { type FailureReason, reasonSentence } from './association';
import { getAccountName } from './internal';
import { toInvitations } from './list-invitations';
import { answeredAlready, effectiveStatus } from './rules';
import { AnswerInvitation } from './schemas';

/** Lets this account see and choose the share's vaults, those added later too. */
export const acceptInvitation = answerVerb('accepted', 'invitations.accept');

/** Declines; the owner may invite again. */
export const rejectInvitation = answerVerb('rejected', 'invitations.reject');

function answerVerb(answer: 'accepted' | 'rejected', action: string) {
  return writeVerb({
    action,
    permission: 'shares.manage',
    activity: answer === 'rejected' ? 'stop' : 'share',
    input: AnswerInvitation,
    run: (args) => answerInvitation(answer, args),
  });
}

async function answerInvitation(
  answer: 'accepted' | 'rejected',
  { ctx, tx, input, now, audit }: WriteArgs<{ id: string }>,
) {
  await tx.execute(sql`select lock_invited_share(${input.id})`);
  const failureReason = answer === 'accepted' ? await findFailure(tx, input.id) : null;
  const status = failureReason ? 'failed' : answer;
  const [answered] = await tx
    .update(invitations)
    .set({ status, failureReason, respondedAt: now, respondedBy: ctx.actor.id })
    .where(
      and(
        eq(invitations.id, input.id),
        eq(invitations.recipientAccountId, ctx.accountId),
        eq(invitations.status, 'pending'),
        gt(invitations.expiresAt, now),
      ),
    )
    .returning();
  if (!answered) throw await whyNotAnswered({ ctx, tx, input, now });
  const name = await getAccountName(tx, ctx.accountId);
  await notifyAccount(tx, {
    accountId: answered.accountId,
    linkId: answered.id,
    kind: `share.${status}`,
    severity: status === 'accepted' ? 'success' : 'warning',
    title: failureReason
      ? `${name} could not accept the resource share ${answered.shareName}`
      : `${name} has ${answer} the resource share ${answered.shareName}`,
    body: failureReason ? (reasonSentence(failureReason, null) ?? '') : answerBodies[answer],
    href: `/${defaultRegionId()}/shared-by-me/${answered.shareId}`,
  });
  // A replication that stood still because an earlier share was deleted moves again.
  if (status === 'accepted') await wakeTickerOf(tx, answered.accountId);
  await audit({
    resourceKind: 'invitation',
    resourceId: answered.id,
    resourceName: answered.shareName,
    before: { status: 'pending' },
    after: { status, failureReason, ownerAccountId: answered.accountId },
  });
  const [invitation] = await toInvitations(tx, ctx.accountId, [answered], now);
  invariant(invitation, 'one row becomes one invitation');
  return invitation;
}

const answerBodies = {
  accepted: 'It can now replicate into the vaults of this share, and accept backups under its keys.',
  rejected: '',
};

/** Accepting is then written down as failed, so that both sides see it and the owner can mend it and invite again. */
async function findFailure(tx: Tx, invitationId: string): Promise<FailureReason | null> {
  const [found] = await tx.execute<{ reason: FailureReason | null }>(
    sql`select acceptance_failure(${invitationId}) as reason`,
  );
  return found?.reason ?? null;
}

async function whyNotAnswered({
  ctx,
  tx,
  input,
  now,
}: Pick<WriteArgs<{ id: string }>, 'ctx' | 'tx' | 'input' | 'now'>) {
  const [row] = await tx
    .select()
    .from(invitations)
    .where(and(eq(invitations.id, input.id), eq(invitations.recipientAccountId, ctx.accountId)));
  if (!row) return notFound('invitation');
  const status = effectiveStatus(row, now);
  invariant(status !== 'pending', 'an open invitation takes an answer');
  return answeredAlready(status);
}
