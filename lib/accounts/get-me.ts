import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { accounts, users } from '@/db/schema';
import { invariant } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import type { Me } from './schemas';

/** Who is signed in: the user (for an access key, the one it acts for) and the account. */
export const getMe = readVerb({
  action: 'accounts.me',
  permission: 'account.read',
  input: z.object({}),
  async run({ ctx, tx }): Promise<Me> {
    const [row] = await tx
      .select({ account: accounts, user: users })
      .from(users)
      .innerJoin(accounts, eq(accounts.accountId, users.accountId))
      .where(eq(users.id, ctx.actor.userId));
    invariant(row, 'an authenticated user exists');
    const { account, user } = row;
    return {
      account: { id: account.accountId, name: account.name, state: account.state },
      user: {
        id: user.id,
        email: user.email,
        name: user.name,
        role: user.role,
        isPasswordTemporary: user.passwordExpiresAt !== null,
      },
    };
  },
});
