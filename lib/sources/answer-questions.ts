import { and, asc, eq, gt, isNull, lt, or } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { dataSources, sourceQuestions } from '@/db/schema';
import type { ClientIdentity, EngineDoor } from '@/lib/clients';
import type { AnswerRequest, SourceQuestion } from '@/lib/engine/wire';
import { notFound } from '@/lib/errors';
import { AskedAbout } from './schemas';

/** A question that was sent and not answered is sent again after this long: its client may have ended. */
const resendSeconds = 15;

export interface TakenQuestion extends SourceQuestion {
  /** Of a source that is being registered; opened for the mover alone. */
  sealed: Buffer | null;
}

/** The questions that a client shall answer now. */
export function takeQuestions(door: EngineDoor, identity: ClientIdentity): Promise<TakenQuestion[]> {
  const now = door.clock.now();
  const resend = new Date(now.getTime() - resendSeconds * 1000);
  return inAccount(door.db, identity.accountId, async (tx) => {
    const rows = await tx
      .select()
      .from(sourceQuestions)
      .where(
        and(
          isOf(identity),
          isNull(sourceQuestions.answeredAt),
          gt(sourceQuestions.expiresAt, now),
          or(isNull(sourceQuestions.deliveredAt), lt(sourceQuestions.deliveredAt, resend)),
        ),
      )
      .orderBy(asc(sourceQuestions.askedAt))
      .limit(20)
      .for('update', { skipLocked: true });
    for (const { id } of rows) {
      await tx.update(sourceQuestions).set({ deliveredAt: now }).where(eq(sourceQuestions.id, id));
    }
    return rows.map(({ id, ask, body, sealed }) => {
      const { source, ...about } = AskedAbout.parse(body);
      return { id, ask, source: source && { ...source, secret: null, place: null }, body: about, sealed };
    });
  });
}

/**
 * Keeps an answer. What a check of a registered source found stays with the source. An answer that came too late, or a
 * second one, changes nothing.
 */
export function answerQuestion(
  door: EngineDoor,
  identity: ClientIdentity,
  id: string,
  given: AnswerRequest,
): Promise<void> {
  const now = door.clock.now();
  return inAccount(door.db, identity.accountId, async (tx) => {
    const mine = and(isOf(identity), eq(sourceQuestions.id, id));
    const [question] = await tx.select().from(sourceQuestions).where(mine).for('update');
    if (!question) throw notFound('question');
    if (question.answeredAt || question.expiresAt <= now) return;
    const isError = 'error' in given;
    await tx
      .update(sourceQuestions)
      .set({ answeredAt: now, answer: isError ? null : given, error: isError ? given.error : null })
      .where(mine);
    if (question.ask !== 'check' || !question.sourceId) return;
    await tx
      .update(dataSources)
      .set({
        checkedAt: now,
        checkState: 'check' in given && given.check.isUsable ? 'ok' : 'failed',
        checkMessage: isError ? given.error.message : 'check' in given ? given.check.message : null,
        checkFacts: 'check' in given ? given.check.facts : [],
      })
      .where(and(eq(dataSources.accountId, identity.accountId), eq(dataSources.id, question.sourceId)));
  });
}

function isOf({ accountId, clientId }: ClientIdentity) {
  return and(eq(sourceQuestions.accountId, accountId), eq(sourceQuestions.clientId, clientId));
}
