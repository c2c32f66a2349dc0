import { and, eq } from 'drizzle-orm';
import { sourceQuestions } from '@/db/schema';
import { notFound } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { GetQuestion, type Question, SourceCheck, SourceListing } from './schemas';

interface QuestionRow {
  id: string;
  ask: Question['ask'];
  answer: unknown;
  error: { code: string; message: string } | null;
  answeredAt: Date | null;
  expiresAt: Date;
}

export function toQuestion(
  { id, ask, answer, error, answeredAt, expiresAt }: QuestionRow,
  now: Date,
): Question {
  const given = (answer ?? {}) as { check?: unknown; listing?: unknown };
  const isOver = expiresAt <= now;
  return {
    id,
    ask,
    state: error ? 'failed' : answeredAt ? 'answered' : isOver ? 'expired' : 'open',
    check: given.check === undefined ? null : SourceCheck.parse(given.check),
    listing: given.listing === undefined ? null : SourceListing.parse(given.listing),
    error,
    expiresAt: expiresAt.toISOString(),
  };
}

/** The answer to a question, once it is there. A question without one ends after a minute. */
export const getQuestion = readVerb({
  action: 'sources.get_question',
  permission: 'sources.read',
  input: GetQuestion,
  async run({ ctx, tx, input, now }) {
    const { id, ask, answer, error, answeredAt, expiresAt } = sourceQuestions;
    const [row] = await tx
      .select({ id, ask, answer, error, answeredAt, expiresAt })
      .from(sourceQuestions)
      .where(and(eq(sourceQuestions.accountId, ctx.accountId), eq(id, input.id)));
    if (!row) throw notFound('question');
    return toQuestion(row, now);
  },
});
