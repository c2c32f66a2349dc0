import { and, eq, lt, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { type Database, inAccount } from '@/db/client';
import { userSessions, users } from '@/db/schema';
import type { Clock } from '@/lib/clock';
import { createContext, newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { parseInput, writeAudit } from '@/lib/verb';
import { verifyPassword } from './password';
import { SignIn } from './schemas';
import { guardAttempt } from './sign-in-throttle';

export const sessionHours = 12;

export interface SignInDoor {
  db: Database;
  clock: Clock;
  ip: string | null;
  userAgent: string | null;
}

/** What the session's cookie names. Role and account are read again at each request, never from the cookie. */
export interface OpenedSession {
  sessionId: string;
  accountId: string;
  userId: string;
  expiresAt: Date;
}

/**
 * Checks e-mail and password and opens a session. Throws `unauthenticated` with one and the same message for a wrong
 * password, an unknown e-mail and a disabled user, and `rate_limited` after too many failures.
 */
export async function signIn(door: SignInDoor, raw: z.input<typeof SignIn>): Promise<OpenedSession> {
  const { email, password } = parseInput(SignIn, raw);
  const now = door.clock.now();
  return guardAttempt(door.db, { email, ip: door.ip }, now, () => enter(door, email, password, now));
}

async function enter(door: SignInDoor, email: string, password: string, now: Date): Promise<OpenedSession> {
  const [found] = await door.db.execute<{
    account_id: string;
    user_id: string;
    password_hash: string;
    disabled: boolean;
  }>(sql`select account_id, user_id, password_hash, disabled from door_user_by_email(${email})`);
  const matches = await verifyPassword(found?.password_hash ?? null, password);
  const session =
    found && matches && !found.disabled
      ? await openSession(door, found.account_id, found.user_id, now)
      : null;
  if (!session) throw new CrossvaultError('unauthenticated', 'The e-mail or the password is wrong.');
  return session;
}

async function openSession(
  { db, clock, ip, userAgent }: SignInDoor,
  accountId: string,
  userId: string,
  now: Date,
): Promise<OpenedSession | null> {
  return inAccount(db, accountId, async (tx) => {
    const [user] = await tx
      .update(users)
      .set({ lastSignInAt: now })
      .where(and(eq(users.accountId, accountId), eq(users.id, userId)))
      .returning();
    const account = await tx.query.accounts.findFirst();
    if (!user || user.disabledAt || !account || account.state === 'closed') return null;
    if (user.passwordExpiresAt && user.passwordExpiresAt <= now)
      throw new CrossvaultError(
        'unauthenticated',
        'This one-time password is over. Ask an administrator of your account for a new one.',
        { reason: 'password_expired' },
      );
    const expiresAt = new Date(now.getTime() + sessionHours * 3_600_000);
    const sessionId = newId('us');
    await tx
      .delete(userSessions)
      .where(and(eq(userSessions.userId, userId), lt(userSessions.expiresAt, now)));
    await tx.insert(userSessions).values({
      accountId,
      id: sessionId,
      userId,
      version: user.sessionVersion,
      ip,
      userAgent: userAgent?.slice(0, 255) ?? null,
      createdAt: now,
      expiresAt,
    });
    const actor = { kind: 'user' as const, id: user.id, name: user.name, userId: user.id, role: user.role };
    await writeAudit(createContext({ accountId, actor, db, clock, ip }), tx, 'sessions.open', {
      resourceKind: 'session',
      resourceId: sessionId,
      resourceName: user.email,
    });
    return { sessionId, accountId, userId, expiresAt };
  });
}

/** Ends a session everywhere; a copy of its cookie is worth nothing afterwards. Safe to repeat. */
export async function signOut(
  db: Database,
  clock: Clock,
  { accountId, sessionId }: { accountId: string; sessionId: string },
): Promise<void> {
  await inAccount(db, accountId, (tx) =>
    tx
      .update(userSessions)
      .set({ endedAt: clock.now() })
      .where(
        and(
          eq(userSessions.accountId, accountId),
          eq(userSessions.id, sessionId),
          sql`${userSessions.endedAt} is null`,
        ),
      ),
  );
}
