import { eq } from 'drizzle-orm';
import { signInThrottles, users } from '@/db/schema';
import { hashPassword } from '@/lib/accounts';
import { CrossvaultError, invariant } from '@/lib/errors';
import { notify } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { writeVerb } from '@/lib/verb';
import { lockUser, newOneTimePassword, nextSessionVersion, requirePerson, toUser } from './internal';
import { oneTimePasswordHours } from './rules';
import { UserId, type UserWithPassword } from './schemas';

/** Replaces a user's password by a one-time password, ends their sessions and forgets their failed sign-ins. */
export const resetPassword = writeVerb({
  action: 'users.reset_password',
  permission: 'users.manage',
  activity: 'own',
  input: UserId,
  isAnswerSecret: true,
  async run({ ctx, tx, input, now, audit }): Promise<UserWithPassword> {
    requirePerson(ctx);
    const user = await lockUser(tx, ctx.accountId, input.id);
    if (user.id === ctx.actor.userId)
      throw new CrossvaultError('not_eligible', 'Change your own password under My profile.', {
        reason: 'own_user',
      });
    const password = newOneTimePassword();
    const [row] = await tx
      .update(users)
      .set({
        passwordHash: await hashPassword(password),
        passwordExpiresAt: new Date(now.getTime() + oneTimePasswordHours * 3_600_000),
        sessionVersion: nextSessionVersion,
      })
      .where(eq(users.id, user.id))
      .returning();
    invariant(row, 'a locked user is there');
    await tx.delete(signInThrottles).where(eq(signInThrottles.subject, `email:${user.email}`));
    await notify(tx, ctx.accountId, {
      kind: 'users.password_reset',
      severity: 'warning',
      title: `${ctx.actor.name} reset the password of ${user.name}`,
      body: 'Their sessions have ended.',
      href: `/${defaultRegionId()}/users`,
    });
    await audit({ resourceKind: 'user', resourceId: user.id, resourceName: user.email });
    return { user: await toUser(tx, ctx, row, now), password };
  },
});
