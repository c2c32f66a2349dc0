import { and, desc, eq, type SQL } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { accessKeys, users } from '@/db/schema';
import type { Context } from '@/lib/context';
import type { AccessKey } from './schemas';

/** Access keys that the actor may see, newest first: an administrator all of the account's, others their own. */
export function selectAccessKeys(ctx: Context, tx: Tx, condition?: SQL) {
  const own = ctx.actor.role === 'administrator' ? undefined : eq(accessKeys.userId, ctx.actor.userId);
  return tx
    .select({ key: accessKeys, userName: users.name })
    .from(accessKeys)
    .innerJoin(users, and(eq(users.accountId, accessKeys.accountId), eq(users.id, accessKeys.userId)))
    .where(and(own, condition))
    .orderBy(desc(accessKeys.createdAt), desc(accessKeys.id));
}

export function toAccessKey({
  key,
  userName,
}: {
  key: typeof accessKeys.$inferSelect;
  userName: string;
}): AccessKey {
  return {
    id: key.id,
    name: key.name,
    userName,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
  };
}
