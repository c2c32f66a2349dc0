import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { accounts, userSessions, users } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { ManualClock } from '@/lib/clock';
import { auditOf } from '@/lib/testing/world';
import { authenticateSession } from './authenticate';
import { createAccount, createUser } from './create-account';
import { sessionHours, signIn, signOut } from './sign-in';

const { owner, app } = await testDatabase();
const password = 'correct horse battery staple';

async function arrange() {
  const clock = new ManualClock(new Date());
  const { accountId } = await createAccount(owner, { name: 'North' });
  const email = `${accountId}@example.test`;
  const user = await createUser(owner, { accountId, email, name: 'Ada', role: 'operator', password });
  const door = { db: app, clock, ip: `192.0.2.${accountId.slice(-2)}`, userAgent: 'test' };
  return {
    accountId,
    email,
    user,
    door,
    clock,
    enter: (pass = password, as = email) => signIn(door, { email: as, password: pass }),
  };
}

describe('signIn', () => {
  test('opens a session that names the user, whatever the case of the e-mail, and audits it', async () => {
    const { accountId, email, user, enter, clock } = await arrange();
    const session = await enter(password, email.toUpperCase());
    expect(session).toMatchObject({ accountId, userId: user.id });
    expect(session.expiresAt.getTime() - clock.now().getTime()).toBe(sessionHours * 3_600_000);
    expect(await authenticateSession(app, session, clock.now())).toEqual({
      accountId,
      sessionId: session.sessionId,
      actor: { kind: 'user', id: user.id, userId: user.id, name: 'Ada', role: 'operator' },
    });
    expect(await auditOf(owner, accountId)).toMatchObject([{ action: 'sessions.open', actorId: user.id }]);
  });

  test('says the same for a wrong password, an unknown e-mail, a disabled user and a closed account', async () => {
    const [wrong, disabled, closed] = [await arrange(), await arrange(), await arrange()];
    await owner.update(users).set({ disabledAt: new Date() }).where(eq(users.id, disabled.user.id));
    await owner.update(accounts).set({ state: 'closed' }).where(eq(accounts.accountId, closed.accountId));
    const refusals = await Promise.all(
      [
        wrong.enter('wrong'),
        wrong.enter(password, 'nobody@example.test'),
        disabled.enter(),
        closed.enter(),
      ].map((attempt) =>
        attempt.then(
          () => 'let in',
          (error) => ({ code: error.code, message: error.message }),
        ),
      ),
    );
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
    expect(refusals[0]).toMatchObject({ code: 'unauthenticated' });
  });

  test('stores an Argon2id hash and never the password', async () => {
    const { user } = await arrange();
    const [row] = await owner.select().from(users).where(eq(users.id, user.id));
    expect(row?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  });
});

describe('too many failures', () => {
  test('block the e-mail, even with the right password, until the time is over', async () => {
    const { enter, clock } = await arrange();
    for (let failure = 0; failure < 6; failure += 1) {
      await expect(enter('wrong')).rejects.toMatchObject({ code: 'unauthenticated' });
      if (failure === 4) clock.advance(1_000);
    }
    await expect(enter()).rejects.toMatchObject({ code: 'rate_limited' });
    clock.advance(2_000);
    await expect(enter()).resolves.toMatchObject({ sessionId: expect.stringMatching(/^us-/) });
  });

  test('cannot be outrun by sending them all at once', async () => {
    const { enter } = await arrange();
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => enter('wrong')));
    const codes = tries.map((result) => (result as PromiseRejectedResult).reason.code);
    expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(5);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(15);
  });

  test('from one address against many e-mails block the address', async () => {
    const { door } = await arrange();
    const spray = (count: number) =>
      signIn(door, { email: `victim-${count}-${door.ip}@example.test`, password: 'Winter2026' });
    for (let count = 0; count < 20; count += 1)
      await expect(spray(count)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(spray(99)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  test('are forgotten with a success', async () => {
    const { enter } = await arrange();
    for (let round = 0; round < 3; round += 1) {
      for (let failure = 0; failure < 3; failure += 1) await expect(enter('wrong')).rejects.toThrow();
      await enter();
    }
  });
});

describe('a session', () => {
  const refused = { code: 'unauthenticated' };

  test('ends for good when its user signs out, and other sessions of the user go on', async () => {
    const { enter, clock } = await arrange();
    const [first, second] = [await enter(), await enter()];
    await signOut(app, clock, first);
    await expect(authenticateSession(app, first, clock.now())).rejects.toMatchObject(refused);
    await expect(authenticateSession(app, second, clock.now())).resolves.toBeDefined();
  });

  test('ends by its age, by a raised session version, by disabling the user and by closing the account', async () => {
    const ends = [
      async ({ clock }: Awaited<ReturnType<typeof arrange>>) => clock.advance(sessionHours * 3_600_000),
      ({ user }: Awaited<ReturnType<typeof arrange>>) =>
        owner.update(users).set({ sessionVersion: 2 }).where(eq(users.id, user.id)),
      ({ user }: Awaited<ReturnType<typeof arrange>>) =>
        owner.update(users).set({ disabledAt: new Date() }).where(eq(users.id, user.id)),
      ({ accountId }: Awaited<ReturnType<typeof arrange>>) =>
        owner.update(accounts).set({ state: 'closed' }).where(eq(accounts.accountId, accountId)),
    ];
    for (const end of ends) {
      const world = await arrange();
      const session = await world.enter();
      await end(world);
      await expect(authenticateSession(app, session, world.clock.now())).rejects.toMatchObject(refused);
    }
  });

  test('leaves no row behind once it has expired and its user signs in again', async () => {
    const { enter, clock, accountId } = await arrange();
    await enter();
    clock.advance(sessionHours * 3_600_000 + 1);
    const { sessionId } = await enter();
    const rows = await owner.select().from(userSessions).where(eq(userSessions.accountId, accountId));
    expect(rows.map((row) => row.id)).toEqual([sessionId]);
  });

  test('of one account is nothing in another', async () => {
    const [mine, theirs] = [await arrange(), await arrange()];
    const { sessionId } = await theirs.enter();
    const forged = { accountId: mine.accountId, sessionId };
    await expect(authenticateSession(app, forged, mine.clock.now())).rejects.toMatchObject(refused);
  });

  test('carries the role of now', async () => {
    const { enter, user, clock } = await arrange();
    const session = await enter();
    await owner.update(users).set({ role: 'auditor' }).where(eq(users.id, user.id));
    expect((await authenticateSession(app, session, clock.now())).actor.role).toBe('auditor');
  });
});
