import { inArray, lt, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { signInThrottles } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';

const forgetAfterHours = 24;
const longestBlockSeconds = 15 * 60;

/** Failures that cost nothing, and what further ones cost: 1 s, 2 s, 4 s … up to 15 minutes. */
const freeFailures = { email: 4, ip: 19 };

export interface SignInAttempt {
  email: string;
  /** Null when the peer is unknown: then only the e-mail counts. */
  ip: string | null;
}

export function blockSeconds(kind: keyof typeof freeFailures, failures: number): number {
  const over = failures - freeFailures[kind];
  return over <= 0 ? 0 : Math.min(2 ** (over - 1), longestBlockSeconds);
}

/** Seconds until this attempt may be made; 0 when it may be made now. */
export async function secondsBlocked(db: Database, attempt: SignInAttempt, now: Date): Promise<number> {
  const rows = await db
    .select({ blockedUntil: signInThrottles.blockedUntil })
    .from(signInThrottles)
    .where(
      inArray(
        signInThrottles.subject,
        subjectsOf(attempt).map(({ subject }) => subject),
      ),
    );
  const until = Math.max(0, ...rows.map((row) => row.blockedUntil?.getTime() ?? 0));
  return Math.max(0, Math.ceil((until - now.getTime()) / 1000));
}

/**
 * Counts a try before its password is checked, so that many tries sent at once cannot all pass the check above.
 * Returns whether this try is still within what the counters allow.
 */
export async function countAttempt(db: Database, attempt: SignInAttempt, now: Date): Promise<boolean> {
  const counted = await db.transaction(async (tx) => {
    const allowed: boolean[] = [];
    for (const { subject, kind } of subjectsOf(attempt)) {
      const isStale = sql`${signInThrottles.updatedAt} < ${hoursBefore(now).toISOString()}::timestamptz`;
      const [row] = await tx
        .insert(signInThrottles)
        .values({ subject, failures: 1, updatedAt: now })
        .onConflictDoUpdate({
          target: signInThrottles.subject,
          set: {
            failures: sql`case when ${isStale} then 1 else ${signInThrottles.failures} + 1 end`,
            updatedAt: now,
          },
        })
        .returning();
      allowed.push(row!.blockedUntil === null || row!.blockedUntil <= now);
      const seconds = blockSeconds(kind, row!.failures);
      if (seconds === 0) continue;
      const blockedUntil = new Date(now.getTime() + seconds * 1000);
      await tx
        .update(signInThrottles)
        .set({ blockedUntil })
        .where(sql`${signInThrottles.subject} = ${subject}`);
    }
    return allowed.every(Boolean);
  });
  return counted;
}

/** A success clears the e-mail's count. The address keeps one try less: someone may be guessing beside it. */
export async function forgiveAttempt(db: Database, attempt: SignInAttempt, now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    for (const { subject, kind } of subjectsOf(attempt)) {
      const own = sql`${signInThrottles.subject} = ${subject}`;
      if (kind === 'email') await tx.delete(signInThrottles).where(own);
      else {
        const failures = sql`greatest(${signInThrottles.failures} - 1, 0)`;
        await tx.update(signInThrottles).set({ failures }).where(own);
      }
    }
    await tx.delete(signInThrottles).where(lt(signInThrottles.updatedAt, hoursBefore(now)));
  });
}

/** Does `work`, which fails when the password is wrong, as one counted attempt. @throws `rate_limited`, and what it throws. */
export async function guardAttempt<T>(
  db: Database,
  attempt: SignInAttempt,
  now: Date,
  work: () => Promise<T>,
): Promise<T> {
  const wait = await secondsBlocked(db, attempt, now);
  if (wait > 0) throw tooManyAttempts(wait);
  if (!(await countAttempt(db, attempt, now))) throw tooManyAttempts(1);
  const out = await work();
  await forgiveAttempt(db, attempt, now);
  return out;
}

function tooManyAttempts(seconds: number): CrossvaultError {
  const wait =
    seconds < 90
      ? `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`
      : `${Math.ceil(seconds / 60)} minutes`;
  return new CrossvaultError('rate_limited', `Too many attempts. Try again in ${wait}.`);
}

/** E-mails in a fixed order before addresses, so that two attempts never wait for each other in a circle. */
function subjectsOf({ email, ip }: SignInAttempt): { subject: string; kind: keyof typeof freeFailures }[] {
  const subjects: { subject: string; kind: keyof typeof freeFailures }[] = [
    { subject: `email:${email}`, kind: 'email' },
  ];
  if (ip) subjects.push({ subject: `ip:${ip}`, kind: 'ip' });
  return subjects;
}

const hoursBefore = (now: Date) => new Date(now.getTime() - forgetAfterHours * 3_600_000);
