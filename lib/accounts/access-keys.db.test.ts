import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { accessKeys, idempotencyKeys, users } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { clearAudit, testAccount } from '@/lib/testing/world';
import { authenticateAccessKey } from './authenticate';
import { createAccessKey } from './create-access-key';
import { listAccessKeys } from './list-access-keys';
import { revokeAccessKey } from './revoke-access-key';

const database = await testDatabase();
const { owner, app } = database;

describeWriteVerb(database, {
  verb: createAccessKey,
  arrange: async () => ({ name: 'backup script', expiresInDays: 30 }),
  check: async ({ out, account }) => {
    expect(await authenticateAccessKey(app, out.secret, new Date())).toMatchObject({
      accountId: account.id,
      actor: { kind: 'access_key', id: out.accessKey.id, name: 'backup script' },
    });
  },
  missing: null,
  other: (input) => ({ ...input, name: 'another' }),
  audit: { resourceKind: 'access_key', resourceId: (out) => out.accessKey.id },
  isAnswerSecret: true,
});

describeWriteVerb(database, {
  verb: revokeAccessKey,
  // Made with the operator's hand, whose key both roles that may revoke can see.
  arrange: async (account) => {
    const { accessKey } = await createAccessKey(account.as('operator'), { name: 'to be revoked' });
    await clearAudit(owner, account.id);
    return { id: accessKey.id };
  },
  check: async ({ input }) => {
    const [row] = await owner.select().from(accessKeys).where(eq(accessKeys.id, input.id));
    expect(row?.revokedAt).toBeInstanceOf(Date);
  },
  missing: () => ({ id: 'ak-00000000000000000000' }),
  audit: { resourceKind: 'access_key', resourceId: (_out, input) => input.id },
});

describe('an access key', () => {
  test('is refused after its revocation, after its expiry and once its user is disabled', async () => {
    const account = await testAccount(database);
    const ctx = account.as('operator');
    const revoked = await createAccessKey(ctx, { name: 'revoked' });
    await revokeAccessKey(ctx, { id: revoked.accessKey.id });
    const expired = await createAccessKey(ctx, { name: 'expired', expiresInDays: 1 });
    await owner
      .update(accessKeys)
      .set({ expiresAt: new Date(0) })
      .where(eq(accessKeys.id, expired.accessKey.id));
    const live = await createAccessKey(ctx, { name: 'live' });
    for (const { secret } of [revoked, expired]) {
      await expect(authenticateAccessKey(app, secret, new Date())).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    }
    await authenticateAccessKey(app, live.secret, new Date());
    await owner.update(users).set({ disabledAt: new Date() }).where(eq(users.id, ctx.actor.userId));
    await expect(authenticateAccessKey(app, live.secret, new Date())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test('acts with the role its user has now, not the one at its making', async () => {
    const account = await testAccount(database);
    const ctx = account.as('operator');
    const { secret } = await createAccessKey(ctx, { name: 'key' });
    await owner.update(users).set({ role: 'auditor' }).where(eq(users.id, ctx.actor.userId));
    expect((await authenticateAccessKey(app, secret, new Date())).actor.role).toBe('auditor');
  });

  test('cannot make another key', async () => {
    const account = await testAccount(database);
    const { secret } = await createAccessKey(account.as('administrator'), { name: 'first' });
    const { actor } = await authenticateAccessKey(app, secret, new Date());
    const second = createAccessKey(account.as('administrator', { actor }), { name: 'second' });
    await expect(second).rejects.toMatchObject({ code: 'forbidden', reason: 'user_session_required' });
  });

  test('notes its use at most once a minute', async () => {
    const account = await testAccount(database);
    const { secret, accessKey } = await createAccessKey(account.as('operator'), { name: 'busy' });
    const start = Date.now();
    const lastUse = async (at: number) => {
      await authenticateAccessKey(app, secret, new Date(at));
      const [row] = await owner.select().from(accessKeys).where(eq(accessKeys.id, accessKey.id));
      return row?.lastUsedAt?.getTime();
    };
    expect(await lastUse(start)).toBe(start);
    expect(await lastUse(start + 59_000)).toBe(start);
    expect(await lastUse(start + 61_000)).toBe(start + 61_000);
  });

  test('is seen by its maker and by administrators, and its secret is stored nowhere', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator', { idempotencyKey: 'once' });
    const { secret, accessKey } = await createAccessKey(ctx, { name: 'mine' });
    expect((await listAccessKeys(account.as('administrator'), {})).items.map((key) => key.id)).toEqual([
      accessKey.id,
    ]);
    expect((await listAccessKeys(account.as('operator'), {})).items).toEqual([]);
    const kept = [await owner.select().from(accessKeys), await owner.select().from(idempotencyKeys)];
    expect(JSON.stringify(kept)).not.toContain(secret.slice(4));
  });
});
