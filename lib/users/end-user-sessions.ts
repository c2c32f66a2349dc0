import { eq } from 'drizzle-orm';
import { users } from '@/db/schema';
import { invariant } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { lockUser, nextSessionVersion, requirePerson, toUser } from './internal';
import { UserId } from './schemas';

/** Signs a user out everywhere; their password and access keys stay. */
export const endUserSessions = writeVerb({
  action: 'users.end_sessions',
  permission: 'users.manage',
  activity: 'own',
  input: UserId,
  async run({ ctx, tx, input, now, audit }) {
    requirePerson(ctx);
    const user = await lockUser(tx, ctx.accountId, input.id);
    const before = await toUser(tx, ctx, user, now);
    const [row] = await tx
      .update(users)
      .set({ sessionVersion: nextSessionVersion })
      .where(eq(users.id, user.id))
      .returning();
    invariant(row, 'a locked user is there');
    await audit({
      resourceKind: 'user',
      resourceId: user.id,
      resourceName: user.email,
      before: { sessions: before.sessionCount },
      after: { sessions: 0 },
    });
    return toUser(tx, ctx, row, now);
  },
});
