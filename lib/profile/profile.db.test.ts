import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { userSessions, users } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { authenticateSession, createAccount, createUser, signIn } from '@/lib/accounts';
import { ManualClock } from '@/lib/clock';
import { createContext } from '@/lib/context';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { auditOf } from '@/lib/testing/world';
import { changePassword, endOtherSessions, endSession, listSessions, updateProfile } from '.';

const database = await testDatabase();
const { owner, app } = database;
const password = 'correct horse battery staple';

describeWriteVerb(database, {
  verb: updateProfile,
  arrange: async () => ({ name: 'New name' }),
  check: async ({ out }) => {
    const [row] = await owner.select().from(users).where(eq(users.id, out.id));
    expect(row?.name).toBe('New name');
  },
  missing: null,
  other: () => ({ name: 'Another' }),
  audit: { resourceKind: 'user' },
});

describeWriteVerb(database, {
  verb: endOtherSessions,
  arrange: async () => ({}),
  check: ({ out }) => expect(out).toEqual({ endedCount: 0 }),
  missing: null,
  audit: { resourceKind: 'user' },
});

async function arrange() {
  const clock = new ManualClock(new Date());
  const { accountId } = await createAccount(owner, { name: 'North' });
  const email = `${accountId}@example.test`;
  await createUser(owner, { accountId, email, name: 'Ada', role: 'auditor', password });
  const enter = (pass = password, userAgent = 'Browser') =>
    signIn({ db: app, clock, ip: '192.0.2.9', userAgent }, { email, password: pass });
  const contextOf = async (session: { accountId: string; sessionId: string }) =>
    createContext({ ...(await authenticateSession(app, session, clock.now())), db: app, clock });
  return { accountId, clock, email, enter, contextOf };
}

describe('sessions', () => {
  test('are listed with where from, since when and last seen, the own one first', async () => {
    const { enter, contextOf, clock } = await arrange();
    const first = await enter();
    clock.advance(60_000);
    await enter(password, 'Another browser');
    const { items } = await listSessions(await contextOf(first), {});
    expect(items).toMatchObject([
      {
        id: first.sessionId,
        isCurrent: true,
        ip: '192.0.2.9',
        userAgent: 'Browser',
        lastSeenAt: clock.now().toISOString(),
      },
      { isCurrent: false, userAgent: 'Another browser', lastSeenAt: null },
    ]);
  });

  test('end one by one, and their next request is refused', async () => {
    const { enter, contextOf, clock, accountId } = await arrange();
    const [here, there] = [await enter(), await enter()];
    await endSession(await contextOf(here), { id: there.sessionId });
    await expect(authenticateSession(app, there, clock.now())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(authenticateSession(app, here, clock.now())).resolves.toBeDefined();
    expect((await auditOf(owner, accountId)).map(({ action }) => action)).toContain('sessions.end');
    await expect(endSession(await contextOf(here), { id: there.sessionId })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('of another user cannot be ended, and are answered as if they were not there', async () => {
    const [mine, theirs] = [await arrange(), await arrange()];
    const session = await theirs.enter();
    const ctx = await mine.contextOf(await mine.enter());
    await expect(endSession(ctx, { id: session.sessionId })).rejects.toMatchObject({ code: 'not_found' });
    await expect(authenticateSession(app, session, theirs.clock.now())).resolves.toBeDefined();
  });

  test('all end but the one that asks', async () => {
    const { enter, contextOf, clock } = await arrange();
    const [here, ...others] = [await enter(), await enter(), await enter()];
    expect(await endOtherSessions(await contextOf(here), {})).toEqual({ endedCount: 2 });
    for (const other of others)
      await expect(authenticateSession(app, other, clock.now())).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    await expect(authenticateSession(app, here, clock.now())).resolves.toBeDefined();
  });

  test('note when they were seen at most once a minute', async () => {
    const { enter, contextOf, clock } = await arrange();
    const session = await enter();
    const seen = async () => {
      await contextOf(session);
      const [row] = await owner.select().from(userSessions).where(eq(userSessions.id, session.sessionId));
      return row?.lastSeenAt?.getTime();
    };
    const start = clock.now().getTime();
    expect(await seen()).toBe(start);
    clock.advance(59_000);
    expect(await seen()).toBe(start);
    clock.advance(2_000);
    expect(await seen()).toBe(start + 61_000);
  });
});

describe('changePassword', () => {
  const next = 'a wholly other phrase';

  test('needs the old one, replaces it, and ends the other sessions', async () => {
    const { enter, contextOf, clock } = await arrange();
    const [here, there] = [await enter(), await enter()];
    const ctx = await contextOf(here);
    await expect(changePassword(ctx, { currentPassword: 'wrong', newPassword: next })).rejects.toMatchObject({
      fields: { currentPassword: expect.any(String) },
    });
    expect(await changePassword(ctx, { currentPassword: password, newPassword: next })).toEqual({
      endedCount: 1,
    });
    await expect(authenticateSession(app, there, clock.now())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(authenticateSession(app, here, clock.now())).resolves.toBeDefined();
    await expect(enter()).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(enter(next)).resolves.toBeDefined();
  });

  test.each([['short'], [password]])('refuses %j as the new one', async (newPassword) => {
    const { enter, contextOf } = await arrange();
    const ctx = await contextOf(await enter());
    await expect(changePassword(ctx, { currentPassword: password, newPassword })).rejects.toMatchObject({
      fields: { newPassword: expect.any(String) },
    });
  });

  test('lets nobody at an open session guess for long', async () => {
    const { enter, contextOf } = await arrange();
    const ctx = await contextOf(await enter());
    const guess = () => changePassword(ctx, { currentPassword: 'a guess', newPassword: next });
    for (let i = 0; i < 5; i++) await expect(guess()).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(guess()).rejects.toMatchObject({ code: 'rate_limited' });
  });

  test('leaves no password and no hash of one in the audit', async () => {
    const { enter, contextOf, accountId } = await arrange();
    const ctx = { ...(await contextOf(await enter())), idempotencyKey: 'once' };
    await changePassword(ctx, { currentPassword: password, newPassword: next });
    expect(JSON.stringify(await auditOf(owner, accountId))).not.toContain(next);
    const kept = await owner.query.idempotencyKeys.findMany();
    expect(kept.filter((key) => key.accountId === accountId)).toEqual([]);
  });
});
