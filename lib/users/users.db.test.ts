import { and, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeUser } from '@/db/factories';
import { signInThrottles, userSessions, users } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { authenticateAccessKey, authenticateSession, createAccessKey, signIn } from '@/lib/accounts';
import { ManualClock } from '@/lib/clock';
import { changePassword } from '@/lib/profile';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import {
  createUser,
  endUserSessions,
  listUsers,
  resetPassword,
  setUserEnabled,
  setUserRole,
  unlockSignIn,
} from '.';

const database = await testDatabase();
const { owner, app } = database;
const missing = { id: 'u-00000000000000000000' };

const colleague = async (account: TestAccount, role: 'administrator' | 'operator' = 'operator') =>
  makeUser(owner, { accountId: account.id, role });
const rowOf = async (id: string) => (await owner.select().from(users).where(eq(users.id, id)))[0]!;
const audit = { resourceKind: 'user', resourceId: (_out: unknown, input: { id: string }) => input.id };
const enter = (email: string, password: string, clock = new ManualClock(new Date())) =>
  signIn({ db: app, clock, ip: null, userAgent: 'test' }, { email, password });

describeWriteVerb(database, {
  verb: createUser,
  arrange: async (account) => ({
    name: 'Bo',
    email: `bo-${account.id}-${Date.now()}@example.test`,
    role: 'operator' as const,
  }),
  check: async ({ out }) => {
    const row = await rowOf(out.user.id);
    expect(row).toMatchObject({ role: 'operator', disabledAt: null });
    expect(row.passwordHash).toMatch(/^\$argon2id\$/);
    expect(out.user.status).toBe('invited');
  },
  missing: null,
  other: (input) => ({ ...input, name: 'Cy' }),
  audit: { resourceKind: 'user', resourceId: (out) => out.user.id },
  isAnswerSecret: true,
});

describeWriteVerb(database, {
  verb: setUserRole,
  arrange: async (account) => ({ id: (await colleague(account)).id, role: 'auditor' as const }),
  check: async ({ input }) => expect((await rowOf(input.id)).role).toBe('auditor'),
  missing: (input) => ({ ...input, ...missing }),
  audit,
});

describeWriteVerb(database, {
  verb: setUserEnabled,
  arrange: async (account) => ({ id: (await colleague(account)).id, isEnabled: false }),
  check: async ({ input }) => expect((await rowOf(input.id)).disabledAt).toBeInstanceOf(Date),
  missing: (input) => ({ ...input, ...missing }),
  audit,
});

describeWriteVerb(database, {
  verb: resetPassword,
  arrange: async (account) => ({ id: (await colleague(account)).id }),
  check: async ({ out, input }) => {
    const row = await rowOf(input.id);
    expect(row.passwordExpiresAt).toBeInstanceOf(Date);
    expect(await enter(row.email, out.password)).toMatchObject({ userId: input.id });
  },
  missing: () => missing,
  audit,
  isAnswerSecret: true,
});

describeWriteVerb(database, {
  verb: endUserSessions,
  arrange: async (account) => ({ id: (await colleague(account)).id }),
  check: async ({ input }) => expect((await rowOf(input.id)).sessionVersion).toBe(2),
  missing: () => missing,
  audit,
});

describeWriteVerb(database, {
  verb: unlockSignIn,
  arrange: async (account) => ({ id: (await colleague(account)).id }),
  check: ({ out }) => expect(out.blockedUntil).toBeNull(),
  missing: () => missing,
  audit,
});

describe('a new user', () => {
  async function invited() {
    const account = await testAccount(database);
    const clock = new ManualClock(new Date());
    const email = `new-${account.id}@example.test`;
    const made = await createUser(account.as('administrator', { clock }), {
      name: 'Bo',
      email,
      role: 'operator',
    });
    return { account, clock, email, ...made };
  }

  test('signs in with the one-time password, can only replace it, and then works', async () => {
    const { account, clock, email, password, user } = await invited();
    const session = await enter(email, password, clock);
    const { actor, sessionId } = await authenticateSession(app, session, clock.now());
    expect(actor.isPasswordTemporary).toBe(true);
    const ctx = account.as('operator', { actor, sessionId, clock });
    await expect(createAccessKey(ctx, { name: 'k' })).rejects.toMatchObject({
      reason: 'password_change_required',
    });
    await changePassword(ctx, { currentPassword: password, newPassword: 'a long enough secret' });
    const later = await authenticateSession(app, session, clock.now());
    expect(later.actor.isPasswordTemporary).toBeUndefined();
    expect((await rowOf(user.id)).passwordExpiresAt).toBeNull();
    await expect(enter(email, password, clock)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('is told when the one-time password is over', async () => {
    const { clock, email, password } = await invited();
    clock.advance(72 * 3_600_000);
    await expect(enter(email, password, clock)).rejects.toMatchObject({ reason: 'password_expired' });
  });

  test('cannot have the e-mail of another user, here or elsewhere', async () => {
    const { email } = await invited();
    const other = await testAccount(database);
    const again = createUser(other.as('administrator'), {
      name: 'Bo',
      email: email.toUpperCase(),
      role: 'auditor',
    });
    await expect(again).rejects.toMatchObject({
      code: 'already_exists',
      fields: { email: expect.any(String) },
    });
  });

  test('is not made with an access key', async () => {
    const account = await testAccount(database);
    const { secret } = await createAccessKey(account.as('administrator'), { name: 'k' });
    const { actor } = await authenticateAccessKey(app, secret, new Date());
    const made = createUser(account.as('administrator', { actor }), {
      name: 'B',
      email: 'b@x.test',
      role: 'auditor',
    });
    await expect(made).rejects.toMatchObject({ reason: 'user_session_required' });
  });
});

describe('the last administrator', () => {
  const administratorsOf = (accountId: string) =>
    owner
      .select()
      .from(users)
      .where(and(eq(users.accountId, accountId), eq(users.role, 'administrator')));

  test('keeps the role and the access, also when another one is disabled', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator');
    const other = await colleague(account, 'administrator');
    await setUserEnabled(ctx, { id: other.id, isEnabled: false });
    for (const attempt of [
      setUserRole(ctx, { id: ctx.actor.userId, role: 'auditor' }),
      setUserEnabled(ctx, { id: ctx.actor.userId, isEnabled: false }),
    ])
      await expect(attempt).rejects.toMatchObject({ reason: 'last_administrator' });
  });

  test('is also kept by the database, whoever asks', async () => {
    const account = await testAccount(database);
    const [last] = await administratorsOf(account.id);
    for (const change of [{ role: 'auditor' as const }, { disabledAt: new Date() }])
      await expect(owner.update(users).set(change).where(eq(users.id, last!.id))).rejects.toMatchObject({
        cause: { code: 'CV022' },
      });
    await expect(owner.delete(users).where(eq(users.id, last!.id))).rejects.toMatchObject({
      cause: { code: 'CV022' },
    });
  });

  test('is there however many demote each other at once', async () => {
    for (let round = 0; round < 5; round++) {
      const account = await testAccount(database);
      const others = await Promise.all([1, 2].map(() => colleague(account, 'administrator')));
      const admins = [account.as('administrator').actor.userId, ...others.map(({ id }) => id)];
      const as = (id: string) =>
        account.as('administrator', { actor: { ...account.as('administrator').actor, id, userId: id } });
      const results = await Promise.allSettled(
        admins.map((id, i) => setUserRole(as(id), { id: admins[(i + 1) % 3]!, role: 'operator' })),
      );
      expect((await administratorsOf(account.id)).length).toBeGreaterThanOrEqual(1);
      const refused = results.filter((result) => result.status === 'rejected');
      for (const { reason } of refused) expect(reason).toMatchObject({ reason: 'last_administrator' });
    }
  });

  test('does not demote or disable themselves even when there is another', async () => {
    const account = await testAccount(database);
    await colleague(account, 'administrator');
    const ctx = account.as('administrator');
    await expect(setUserRole(ctx, { id: ctx.actor.userId, role: 'auditor' })).rejects.toMatchObject({
      reason: 'own_user',
    });
  });
});

describe('a disabled user', () => {
  test('loses every session and key at once, and has them back as far as they still hold', async () => {
    const account = await testAccount(database);
    const ctx = account.as('operator');
    const { secret } = await createAccessKey(ctx, { name: 'k' });
    await owner.insert(userSessions).values({
      accountId: account.id,
      id: `us-${account.id}`,
      userId: ctx.actor.userId,
      version: 1,
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    const session = { accountId: account.id, sessionId: `us-${account.id}` };
    await expect(authenticateSession(app, session, new Date())).resolves.toBeDefined();
    const admin = account.as('administrator');
    await setUserEnabled(admin, { id: ctx.actor.userId, isEnabled: false });
    await expect(authenticateSession(app, session, new Date())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(authenticateAccessKey(app, secret, new Date())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await setUserEnabled(admin, { id: ctx.actor.userId, isEnabled: true });
    await expect(authenticateSession(app, session, new Date())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(authenticateAccessKey(app, secret, new Date())).resolves.toBeDefined();
  });
});

describe('listUsers', () => {
  test('shows state, open sessions and who is blocked, to administrators and auditors', async () => {
    const account = await testAccount(database);
    const blocked = await colleague(account);
    const until = new Date(Date.now() + 600_000);
    await owner
      .insert(signInThrottles)
      .values({ subject: `email:${blocked.email}`, failures: 9, blockedUntil: until });
    const { items } = await listUsers(account.as('auditor'), {});
    expect(items).toHaveLength(4);
    expect(items.find(({ id }) => id === blocked.id)).toMatchObject({
      status: 'active',
      sessionCount: 0,
      blockedUntil: until.toISOString(),
    });
    expect(items.filter(({ isMe }) => isMe)).toHaveLength(1);
    await unlockSignIn(account.as('administrator'), { id: blocked.id });
    const after = await listUsers(account.as('auditor'), {});
    expect(after.items.find(({ id }) => id === blocked.id)?.blockedUntil).toBeNull();
    await expect(listUsers(account.as('operator'), {})).rejects.toMatchObject({ code: 'forbidden' });
  });
});
