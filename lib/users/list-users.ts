import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { toUsers } from './internal';

export const listUsers = readVerb({
  action: 'users.list',
  permission: 'users.read',
  input: z.object({}),
  async run({ ctx, tx, now }) {
    const rows = await tx
      .select()
      .from(users)
      .where(eq(users.accountId, ctx.accountId))
      .orderBy(asc(users.name), asc(users.id));
    return { items: await toUsers(tx, ctx, rows, now) };
  },
});
