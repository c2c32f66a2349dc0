import { createHash } from 'node:crypto';
import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { accessKeys, accounts, userSessions, users } from '@/db/schema';
import type { Actor } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';

export interface Authenticated {
  accountId: string;
  actor: Actor;
}

/** The user behind a session, as the database knows them now: role, account and whether the session still holds. */
export async function authenticateSession(
  db: Database,
  session: { accountId: string; sessionId: string },
  now: Date,
): Promise<Authenticated> {
  const user = await inAccount(db, session.accountId, async (tx) => {
    const [row] = await tx
      .select({ id: users.id, name: users.name, role: users.role })
      .from(userSessions)
      .innerJoin(users, and(eq(users.accountId, userSessions.accountId), eq(users.id, userSessions.userId)))
      .innerJoin(accounts, eq(accounts.accountId, users.accountId))
      .where(
        and(
          eq(userSessions.accountId, session.accountId),
          eq(userSessions.id, session.sessionId),
          isNull(userSessions.endedAt),
          gt(userSessions.expiresAt, now),
          eq(userSessions.version, users.sessionVersion),
          isNull(users.disabledAt),
          sql`${accounts.state} <> 'closed'`,
        ),
      );
    return row;
  });
  if (!user) throw signInFirst();
  return { accountId: session.accountId, actor: { kind: 'user', ...user, userId: user.id } };
}

export const accessKeyPrefix = 'cvk_';

export function hashAccessKeySecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** The user on whose behalf an access key acts, with the role they have now. */
export async function authenticateAccessKey(db: Database, secret: string, now: Date): Promise<Authenticated> {
  const [found] = await db.execute<{ account_id: string; access_key_id: string; user_id: string }>(
    sql`select account_id, access_key_id, user_id from door_access_key(${hashAccessKeySecret(secret)})`,
  );
  if (!found) throw badAccessKey();
  const key = await inAccount(db, found.account_id, (tx) => useAccessKey(tx, found.access_key_id, now));
  if (!key) throw badAccessKey();
  const { role, userId, id, name } = key;
  return { accountId: found.account_id, actor: { kind: 'access_key', id, name, userId, role } };
}

async function useAccessKey(tx: Tx, id: string, now: Date) {
  const [key] = await tx
    .select({ id: accessKeys.id, name: accessKeys.name, userId: users.id, role: users.role })
    .from(accessKeys)
    .innerJoin(users, and(eq(users.accountId, accessKeys.accountId), eq(users.id, accessKeys.userId)))
    .innerJoin(accounts, eq(accounts.accountId, users.accountId))
    .where(and(eq(accessKeys.id, id), isNull(users.disabledAt), sql`${accounts.state} <> 'closed'`));
  if (!key) return null;
  // At most one write a minute, however busy the key is.
  const aMinuteAgo = new Date(now.getTime() - 60_000);
  await tx
    .update(accessKeys)
    .set({ lastUsedAt: now })
    .where(
      and(eq(accessKeys.id, id), or(isNull(accessKeys.lastUsedAt), lt(accessKeys.lastUsedAt, aMinuteAgo))),
    );
  return key;
}

export function signInFirst(): CrossvaultError {
  return new CrossvaultError('unauthenticated', 'Sign in first.');
}

function badAccessKey(): CrossvaultError {
  return new CrossvaultError('unauthenticated', 'This access key is unknown, expired or revoked.');
}
