import { createHash } from 'node:crypto';
import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { accessKeys, accounts, userSessions, users } from '@/db/schema';
import type { Actor } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';

export interface Authenticated {
  accountId: string;
  actor: Actor;
  /** Null for an access key. */
  sessionId: string | null;
}

/** The user behind a session, as the database knows them now: role, account and whether the session still holds. */
export async function authenticateSession(
  db: Database,
  session: { accountId: string; sessionId: string },
  now: Date,
): Promise<Authenticated> {
  const user = await inAccount(db, session.accountId, async (tx) => {
    const [row] = await tx
      .select({
        id: users.id,
        name: users.name,
        role: users.role,
        passwordExpiresAt: users.passwordExpiresAt,
        lastSeenAt: userSessions.lastSeenAt,
      })
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
    if (row) await noteSeen(tx, session.sessionId, row.lastSeenAt, now);
    return row;
  });
  if (!user) throw signInFirst();
  const { id, name, role, passwordExpiresAt } = user;
  const actor: Actor = { kind: 'user', id, userId: id, name, role };
  if (passwordExpiresAt) actor.isPasswordTemporary = true;
  return { accountId: session.accountId, sessionId: session.sessionId, actor };
}

/** At most one write a minute, however busy the session is. */
async function noteSeen(tx: Tx, sessionId: string, lastSeenAt: Date | null, now: Date): Promise<void> {
  if (lastSeenAt && now.getTime() - lastSeenAt.getTime() < 60_000) return;
  await tx.update(userSessions).set({ lastSeenAt: now }).where(eq(userSessions.id, sessionId));
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
  const actor: Actor = { kind: 'access_key', id, name, userId, role };
  return { accountId: found.account_id, sessionId: null, actor };
}

async function useAccessKey(tx: Tx, id: string, now: Date) {
  const [key] = await tx
    .select({
      id: accessKeys.id,
      name: accessKeys.name,
      userId: users.id,
      role: users.role,
    })
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
