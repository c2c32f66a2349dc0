import { and, eq, gt, isNull } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { userSessions, users } from '@/db/schema';
import type { Context } from '@/lib/context';
import { CrossvaultError, invariant } from '@/lib/errors';

/** The profile of a person: an access key acts as its maker, but it is not them. */
export async function lockMyself(tx: Tx, ctx: Context) {
  if (ctx.actor.kind !== 'user') {
    throw new CrossvaultError('forbidden', 'An access key has no profile. Sign in to the console.', {
      reason: 'user_session_required',
    });
  }
  const [me] = await tx
    .select()
    .from(users)
    .where(and(eq(users.accountId, ctx.accountId), eq(users.id, ctx.actor.userId)))
    .for('update');
  invariant(me, 'an authenticated user exists');
  return me;
}

/** Sessions of the actor that still hold. */
export function myOpenSessions(ctx: Context, version: number, now: Date) {
  return and(
    eq(userSessions.accountId, ctx.accountId),
    eq(userSessions.userId, ctx.actor.userId),
    eq(userSessions.version, version),
    isNull(userSessions.endedAt),
    gt(userSessions.expiresAt, now),
  );
}
