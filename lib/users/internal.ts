import { randomInt } from 'node:crypto';
import { and, count, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { signInThrottles, userSessions, users } from '@/db/schema';
import type { Context } from '@/lib/context';
import { CrossvaultError, notFound } from '@/lib/errors';
import { findDemotionRefusal } from './rules';
import type { User } from './schemas';

export type UserRow = typeof users.$inferSelect;

/** The user, held until the transaction ends. */
export async function lockUser(tx: Tx, accountId: string, id: string): Promise<UserRow> {
  const [row] = await tx
    .select()
    .from(users)
    .where(and(eq(users.accountId, accountId), eq(users.id, id)))
    .for('update');
  if (!row) throw notFound('user');
  return row;
}

/** A stolen key must not be able to make itself a user. */
export function requirePerson(ctx: Context): void {
  if (ctx.actor.kind === 'user') return;
  throw new CrossvaultError('forbidden', 'An access key cannot change users. Sign in to the console.', {
    reason: 'user_session_required',
  });
}

/** @throws `not_eligible` for the last administrator and for oneself. */
export async function requireDemotable(tx: Tx, ctx: Context, user: UserRow): Promise<void> {
  const [others] = await tx
    .select({ count: count() })
    .from(users)
    .where(
      and(
        eq(users.accountId, ctx.accountId),
        ne(users.id, user.id),
        eq(users.role, 'administrator'),
        isNull(users.disabledAt),
      ),
    );
  const facts = { id: user.id, role: user.role, isDisabled: user.disabledAt !== null };
  const refusal = findDemotionRefusal(facts, {
    myId: ctx.actor.userId,
    otherAdministrators: others?.count ?? 0,
  });
  if (refusal) throw new CrossvaultError('not_eligible', refusal.message, { reason: refusal.reason });
}

export async function toUsers(tx: Tx, ctx: Context, rows: UserRow[], now: Date): Promise<User[]> {
  if (rows.length === 0) return [];
  const sessions = await tx
    .select({ userId: userSessions.userId, count: count() })
    .from(userSessions)
    .innerJoin(users, and(eq(users.id, userSessions.userId), eq(users.sessionVersion, userSessions.version)))
    .where(
      and(
        eq(userSessions.accountId, ctx.accountId),
        isNull(userSessions.endedAt),
        gt(userSessions.expiresAt, now),
      ),
    )
    .groupBy(userSessions.userId);
  const throttles = await tx
    .select()
    .from(signInThrottles)
    .where(
      inArray(
        signInThrottles.subject,
        rows.map(({ email }) => `email:${email}`),
      ),
    );
  return rows.map((row) => {
    const blocked = throttles.find(({ subject }) => subject === `email:${row.email}`)?.blockedUntil;
    return {
      id: row.id,
      name: row.name,
      email: row.email,
      role: row.role,
      status: row.disabledAt ? 'disabled' : row.passwordExpiresAt ? 'invited' : 'active',
      passwordExpiresAt: row.passwordExpiresAt?.toISOString() ?? null,
      blockedUntil: blocked && blocked > now ? blocked.toISOString() : null,
      sessionCount: sessions.find(({ userId }) => userId === row.id)?.count ?? 0,
      lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
      createdAt: row.createdAt.toISOString(),
      isMe: row.id === ctx.actor.userId,
    };
  });
}

export async function toUser(tx: Tx, ctx: Context, row: UserRow, now: Date): Promise<User> {
  return (await toUsers(tx, ctx, [row], now))[0]!;
}

/** Raised, it ends every session of the user at once. */
export const nextSessionVersion = sql`${users.sessionVersion} + 1`;

const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Four groups of five letters that are told apart when read aloud: 99 bits. */
export function newOneTimePassword(): string {
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
