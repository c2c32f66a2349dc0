import { and, eq, ne } from 'drizzle-orm';
import type { z } from 'zod';
import { inAccount } from '@/db/client';
import { userSessions, users } from '@/db/schema';
import { guardAttempt, hashPassword, verifyPassword } from '@/lib/accounts';
import { findPasswordRefusal } from '@/lib/accounts/schemas';
import type { Context } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { type Verb, writeVerb } from '@/lib/verb';
import { lockMyself, myOpenSessions } from './internal';
import { ChangePassword } from './schemas';

const write = writeVerb({
  action: 'profile.change_password',
  permission: 'profile.manage',
  input: ChangePassword,
  async run({ ctx, tx, input, now, audit }): Promise<{ endedCount: number }> {
    const me = await lockMyself(tx, ctx);
    if (!(await verifyPassword(me.passwordHash, input.currentPassword)))
      throw refuse('currentPassword', 'This is not your current password.');
    if (input.newPassword === input.currentPassword)
      throw refuse('newPassword', 'Choose another password than the current one.');
    const refusal = findPasswordRefusal(input.newPassword, me);
    if (refusal) throw refuse('newPassword', refusal);
    const passwordHash = await hashPassword(input.newPassword);
    await tx.update(users).set({ passwordHash, passwordExpiresAt: null }).where(eq(users.id, me.id));
    const ended = await tx
      .update(userSessions)
      .set({ endedAt: now })
      .where(and(myOpenSessions(ctx, me.sessionVersion, now), ne(userSessions.id, ctx.sessionId ?? '')))
      .returning({ id: userSessions.id });
    await audit({
      resourceKind: 'user',
      resourceId: me.id,
      resourceName: me.email,
      after: { endedSessions: ended.length },
    });
    return { endedCount: ended.length };
  },
});

/**
 * Replaces the actor's password, which takes the old one, and ends their other sessions. Wrong guesses count like failed
 * sign-ins: whoever sits down at an open session does not get to try for long.
 */
export const changePassword: Verb<typeof ChangePassword, { endedCount: number }> = Object.assign(
  async (ctx: Context, raw: z.input<typeof ChangePassword>) => {
    const email = await inAccount(ctx.db, ctx.accountId, async (tx) => {
      const [me] = await tx.select({ email: users.email }).from(users).where(eq(users.id, ctx.actor.userId));
      return me?.email ?? '';
    });
    return guardAttempt(ctx.db, { email, ip: ctx.ip }, ctx.clock.now(), () =>
      // A key would keep a fast hash of both passwords.
      write({ ...ctx, idempotencyKey: null }, raw),
    );
  },
  {
    action: write.action,
    permission: write.permission,
    activity: write.activity,
    input: write.input,
    kind: write.kind,
  },
);

const refuse = (field: 'currentPassword' | 'newPassword', why: string) =>
  new CrossvaultError('invalid_input', `${why} The password was not changed.`, { fields: { [field]: why } });
