import { eq } from 'drizzle-orm';
import { users } from '@/db/schema';
import { CrossvaultError, invariant } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { lockUser, nextSessionVersion, requireDemotable, requirePerson, toUser } from './internal';
import { SetUserEnabled } from './schemas';

/** A disabled user's sessions end and their access keys are refused. Enabled again, they sign in as before. */
export const setUserEnabled = writeVerb({
  action: 'users.set_enabled',
  permission: 'users.manage',
  // Taking an access away is never too late.
  activity: 'own',
  input: SetUserEnabled,
  async run({ ctx, tx, input, now, audit }) {
    requirePerson(ctx);
    const user = await lockUser(tx, ctx.accountId, input.id);
    if ((user.disabledAt === null) === input.isEnabled)
      throw new CrossvaultError(
        'state_conflict',
        `${user.name} is ${input.isEnabled ? 'enabled' : 'disabled'} already.`,
        { reason: 'same_state' },
      );
    if (!input.isEnabled) await requireDemotable(tx, ctx, user);
    const change = input.isEnabled
      ? { disabledAt: null }
      : { disabledAt: now, sessionVersion: nextSessionVersion };
    const [row] = await tx.update(users).set(change).where(eq(users.id, user.id)).returning();
    invariant(row, 'a locked user is there');
    await audit({
      resourceKind: 'user',
      resourceId: user.id,
      resourceName: user.email,
      before: { isEnabled: !input.isEnabled },
      after: { isEnabled: input.isEnabled },
    });
    return toUser(tx, ctx, row, now);
  },
});
