import { eq } from 'drizzle-orm';
import { users } from '@/db/schema';
import { CrossvaultError, invariant } from '@/lib/errors';
import { notify } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { writeVerb } from '@/lib/verb';
import { lockUser, requireDemotable, requirePerson, toUser } from './internal';
import { SetUserRole } from './schemas';

/** Gives a user another role; their sessions and access keys have it from their next request on. */
export const setUserRole = writeVerb({
  action: 'users.set_role',
  permission: 'users.manage',
  input: SetUserRole,
  async run({ ctx, tx, input, now, audit }) {
    requirePerson(ctx);
    const user = await lockUser(tx, ctx.accountId, input.id);
    if (user.role === input.role)
      throw new CrossvaultError('state_conflict', `${user.name} is ${input.role} already.`, {
        reason: 'same_role',
      });
    await requireDemotable(tx, ctx, user);
    const [row] = await tx.update(users).set({ role: input.role }).where(eq(users.id, user.id)).returning();
    invariant(row, 'a locked user is there');
    await notify(tx, ctx.accountId, {
      kind: 'users.role_changed',
      severity: input.role === 'administrator' ? 'warning' : 'info',
      title: `${ctx.actor.name} made ${user.name} ${input.role}`,
      body: `Before, the role was ${user.role}.`,
      href: `/${defaultRegionId()}/users`,
    });
    await audit({
      resourceKind: 'user',
      resourceId: user.id,
      resourceName: user.email,
      before: { role: user.role },
      after: { role: input.role },
    });
    return toUser(tx, ctx, row, now);
  },
});
