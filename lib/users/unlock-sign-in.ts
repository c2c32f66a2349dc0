import { eq } from 'drizzle-orm';
import { signInThrottles } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { lockUser, requirePerson, toUser } from './internal';
import { UserId } from './schemas';

/** Forgets a user's failed sign-ins, so that they need not wait. An address that guesses stays blocked. */
export const unlockSignIn = writeVerb({
  action: 'users.unlock_sign_in',
  permission: 'users.manage',
  activity: 'own',
  input: UserId,
  async run({ ctx, tx, input, now, audit }) {
    requirePerson(ctx);
    const user = await lockUser(tx, ctx.accountId, input.id);
    const [cleared] = await tx
      .delete(signInThrottles)
      .where(eq(signInThrottles.subject, `email:${user.email}`))
      .returning();
    await audit({
      resourceKind: 'user',
      resourceId: user.id,
      resourceName: user.email,
      before: { failures: cleared?.failures ?? 0 },
      after: { failures: 0 },
    });
    return toUser(tx, ctx, user, now);
  },
});
