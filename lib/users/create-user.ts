import { users } from '@/db/schema';
import { hashPassword } from '@/lib/accounts';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { notify } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { writeVerb } from '@/lib/verb';
import { newOneTimePassword, requirePerson, toUser } from './internal';
import { oneTimePasswordHours } from './rules';
import { CreateUser, type UserWithPassword } from './schemas';

/** Adds a user with a one-time password, which is in the answer and nowhere else. */
export const createUser = writeVerb({
  action: 'users.create',
  permission: 'users.manage',
  input: CreateUser,
  isAnswerSecret: true,
  async run({ ctx, tx, input, now, audit }): Promise<UserWithPassword> {
    requirePerson(ctx);
    const password = newOneTimePassword();
    const passwordExpiresAt = new Date(now.getTime() + oneTimePasswordHours * 3_600_000);
    const [row] = await tx
      .insert(users)
      .values({
        ...input,
        accountId: ctx.accountId,
        id: newId('u'),
        passwordHash: await hashPassword(password),
        passwordExpiresAt,
        createdAt: now,
      })
      .onConflictDoNothing({ target: users.email })
      .returning();
    if (!row) {
      const why = 'A user with this e-mail exists already, here or in another account. Use another address.';
      throw new CrossvaultError('already_exists', why, { fields: { email: why } });
    }
    await notify(tx, ctx.accountId, {
      kind: 'users.created',
      severity: 'info',
      title: `${ctx.actor.name} added ${row.name} as ${row.role}`,
      href: `/${defaultRegionId()}/users`,
    });
    await audit({
      resourceKind: 'user',
      resourceId: row.id,
      resourceName: row.email,
      after: { name: row.name, email: row.email, role: row.role },
    });
    return { user: await toUser(tx, ctx, row, now), password };
  },
});
