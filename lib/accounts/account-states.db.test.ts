import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeShare, makeVault } from '@/db/factories';
import { accounts, notifications, userSessions, users } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { type AccountState, accountStates } from '@/lib/account-states';
import { systemClock } from '@/lib/clock';
import { cancelInvitation, deleteResourceShare, rejectInvitation, shareVault } from '@/lib/resource-shares';
import { auditOf, type TestAccount, testAccount } from '@/lib/testing/world';
import { createVault, deleteVault, getVault, updateVault } from '@/lib/vaults';
import { authenticateAccessKey, authenticateSession } from './authenticate';
import { createAccessKey } from './create-access-key';
import { createAccount, createUser } from './create-account';
import { revokeAccessKey } from './revoke-access-key';
import { setAccountState } from './set-account-state';
import { signIn } from './sign-in';

const database = await testDatabase();
const { owner, app } = database;
const password = 'correct horse battery staple';

const put = (accountId: string, state: AccountState) =>
  owner.update(accounts).set({ state }).where(eq(accounts.accountId, accountId));

describe('setAccountState', () => {
  test('changes the state, audits it as the operator and tells the account why', async () => {
    const account = await testAccount(database);
    const input = { accountId: account.id, state: 'overdue', reason: 'invoice 12 is open' } as const;
    expect(await setAccountState(owner, input)).toMatchObject({ before: 'active', after: 'overdue' });
    expect(await auditOf(owner, account.id)).toMatchObject([
      {
        action: 'accounts.set_state',
        actorName: 'operator',
        before: { state: 'active' },
        after: { state: 'overdue', reason: 'invoice 12 is open' },
      },
    ]);
    const [notice] = await owner.select().from(notifications).where(eq(notifications.accountId, account.id));
    expect(notice).toMatchObject({ kind: 'accounts.state_changed', severity: 'warning' });
    expect(notice?.body).toContain('invoice 12 is open');
  });

  test('refuses the state it is in, an account that is not there and an empty reason, without a trace', async () => {
    const account = await testAccount(database);
    const set = (accountId: string, state: AccountState, reason = 'a reason') =>
      setAccountState(owner, { accountId, state, reason });
    await expect(set(account.id, 'active')).rejects.toMatchObject({ code: 'state_conflict' });
    await expect(set('1000000000000000', 'closed')).rejects.toMatchObject({ code: 'not_found' });
    await expect(set(account.id, 'closed', ' ')).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await auditOf(owner, account.id)).toEqual([]);
  });

  test('is nothing that a process of the product could do: the database lets only the owner change it', async () => {
    const account = await testAccount(database);
    for (const db of [app, database.engine]) {
      const attempt = inAccount(db, account.id, (tx) =>
        tx.execute(sql`update accounts set state = 'active'`),
      );
      await expect(attempt).rejects.toMatchObject({ cause: { code: '42501' } });
    }
  });
});

describe('verbs', () => {
  const vaultInput = {
    kind: 'standard',
    name: 'ledger',
    region: 'cn-hangzhou',
    encryption: 'service',
  } as const;

  async function arrange() {
    const account = await testAccount(database);
    const place = { accountId: account.id, resourceGroupId: account.groupId };
    const vault = await makeVault(owner, place);
    const target = await makeVault(owner, { ...place, kind: 'replication_target' });
    const other = await testAccount(database);
    const shared = await makeShare(owner, {
      accountId: account.id,
      vaultId: target.id,
      recipientAccountId: other.id,
    });
    const theirs = await makeVault(owner, { accountId: other.id, kind: 'replication_target' });
    const invited = await makeShare(owner, {
      accountId: other.id,
      vaultId: theirs.id,
      recipientAccountId: account.id,
    });
    const { accessKey } = await createAccessKey(account.as('administrator'), { name: 'k' });
    return { account, vault, target, shared, invited, accessKey };
  }
  type Arranged = Awaited<ReturnType<typeof arrange>>;
  const ctx = ({ account }: { account: TestAccount }) => account.as('administrator');

  const cases: [string, 'overdue' | 'suspended', (world: Arranged) => Promise<unknown>, boolean][] = [
    ['reading a vault', 'overdue', (w) => getVault(ctx(w), { id: w.vault.id }), true],
    ['reading a vault', 'suspended', (w) => getVault(ctx(w), { id: w.vault.id }), true],
    ['revoking an access key', 'overdue', (w) => revokeAccessKey(ctx(w), { id: w.accessKey.id }), true],
    ['revoking an access key', 'suspended', (w) => revokeAccessKey(ctx(w), { id: w.accessKey.id }), true],
    ['changing a vault', 'overdue', (w) => updateVault(ctx(w), { id: w.vault.id, name: 'new' }), true],
    ['changing a vault', 'suspended', (w) => updateVault(ctx(w), { id: w.vault.id, name: 'new' }), false],
    [
      'deleting a vault',
      'overdue',
      (w) => deleteVault(ctx(w), { id: w.vault.id, confirm: w.vault.name }),
      true,
    ],
    [
      'deleting a vault',
      'suspended',
      (w) => deleteVault(ctx(w), { id: w.vault.id, confirm: w.vault.name }),
      false,
    ],
    [
      'rejecting an invitation',
      'overdue',
      (w) => rejectInvitation(ctx(w), { id: w.invited.invitation.id }),
      true,
    ],
    [
      'rejecting an invitation',
      'suspended',
      (w) => rejectInvitation(ctx(w), { id: w.invited.invitation.id }),
      false,
    ],
    [
      'cancelling an invitation',
      'overdue',
      (w) => cancelInvitation(ctx(w), { id: w.shared.invitation.id }),
      true,
    ],
    [
      'deleting a share',
      'suspended',
      (w) => deleteResourceShare(ctx(w), { id: w.shared.shareId, confirm: 'x' }),
      false,
    ],
    [
      'creating a vault',
      'overdue',
      (w) => createVault(ctx(w), { ...vaultInput, resourceGroupId: w.account.groupId }),
      false,
    ],
    [
      'creating a vault',
      'suspended',
      (w) => createVault(ctx(w), { ...vaultInput, resourceGroupId: w.account.groupId }),
      false,
    ],
    [
      'sharing a vault',
      'overdue',
      (w) => shareVault(ctx(w), { mode: 'existing', vaultId: w.target.id, shareId: w.shared.shareId }),
      false,
    ],
  ];

  test.each(cases)('%s while the account is %s', async (_, state, act, isAllowed) => {
    const world = await arrange();
    await put(world.account.id, state);
    const outcome = act(world).then(
      () => 'done',
      (error) => error.reason ?? error,
    );
    expect(await outcome).toBe(isAllowed ? 'done' : `account_${state}`);
  });
});

describe('the database', () => {
  const rows: [string, (account: TestAccount, vaultId: string) => ReturnType<typeof sql>][] = [
    [
      'vaults',
      ({
        id,
        groupId,
      }) => sql`insert into vaults (account_id, id, kind, name, region, resource_group_id, encryption, redundancy)
        values (${id}, 'v-' || substr(md5(random()::text), 1, 20), 'standard', 'x', 'cn-hangzhou', ${groupId}, 'service', 'LRS')`,
    ],
    [
      'jobs',
      ({ id }, vaultId) => sql`insert into jobs (account_id, id, kind, client_id, vault_id, spec, created_by)
        values (${id}, 'job-x', 'backup', 'c-x', ${vaultId}, '{}', 'u')`,
    ],
    [
      'resource_shares',
      ({ id }) => sql`insert into resource_shares (account_id, id, name) values (${id}, 'rs-x', 'x')`,
    ],
    [
      'replications',
      (
        { id },
        vaultId,
      ) => sql`insert into replications (account_id, id, source_account_id, source_account_name,
        source_vault_id, source_vault_name, source_region, target_vault_id, target_vault_name, target_account_name,
        target_region, created_by) values (${id}, 'rep-x', ${id}, 'a', ${vaultId}, 'v', 'r', 'r-x', 't', 'a', 'r', 'u')`,
    ],
  ];
  const states = accountStates.filter((state) => state !== 'active');

  test.each(rows.flatMap(([table, row]) => states.map((state) => [table, state, row] as const)))(
    'makes no row of %s for an account that is %s, whoever asks',
    async (_, state, row) => {
      const account = await testAccount(database);
      const vault = await makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId });
      await put(account.id, state);
      await expect(owner.execute(row(account, vault.id))).rejects.toMatchObject({ cause: { code: 'CV020' } });
    },
  );
});

describe('a closed account', () => {
  async function arrange() {
    const { accountId } = await createAccount(owner, { name: 'Closing' });
    const email = `${accountId}@example.test`;
    const user = await createUser(owner, { accountId, email, name: 'Ada', role: 'administrator', password });
    const door = { db: app, clock: systemClock, ip: null, userAgent: null };
    return { accountId, email, user, enter: () => signIn(door, { email, password }) };
  }

  test('ends its sessions for good and lets nobody in, until it is active again', async () => {
    const { accountId, enter } = await arrange();
    const session = await enter();
    const set = (state: AccountState) =>
      setAccountState(owner, { accountId, state, reason: 'contract ended' });
    await set('closed');
    await expect(enter()).rejects.toMatchObject({ code: 'unauthenticated' });
    await set('active');
    await expect(authenticateSession(app, session, new Date())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    const [row] = await owner.select().from(userSessions).where(eq(userSessions.id, session.sessionId));
    expect(row?.endedAt).toBeInstanceOf(Date);
    await expect(enter()).resolves.toBeDefined();
  });

  test('refuses its access keys, and takes them again when it is active', async () => {
    const account = await testAccount(database);
    const { secret } = await createAccessKey(account.as('administrator'), { name: 'k' });
    await put(account.id, 'closed');
    await expect(authenticateAccessKey(app, secret, new Date())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await put(account.id, 'active');
    await expect(authenticateAccessKey(app, secret, new Date())).resolves.toMatchObject({
      accountId: account.id,
    });
  });

  test('makes no session, key or download, even past the doors', async () => {
    const account = await testAccount(database);
    const [user] = await owner
      .select()
      .from(users)
      .where(and(eq(users.accountId, account.id), eq(users.role, 'operator')));
    await put(account.id, 'closed');
    for (const row of [
      sql`insert into user_sessions (account_id, id, user_id, version, expires_at) values (${account.id}, 'us-x', ${user!.id}, 1, now())`,
      sql`insert into access_keys (account_id, id, user_id, name, secret_hash) values (${account.id}, 'ak-x', ${user!.id}, 'k', 'x')`,
      sql`insert into download_tickets (account_id, token_hash, user_id, point_id, path, expires_at) values (${account.id}, 'x', ${user!.id}, 's-x', '', now())`,
    ]) {
      await expect(owner.execute(row)).rejects.toMatchObject({ cause: { code: 'CV020' } });
    }
  });
});
