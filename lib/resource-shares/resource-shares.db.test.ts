import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeVault } from '@/db/factories';
import { grants, invitations, notifications, quotaCounters, tickers } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { ManualClock } from '@/lib/clock';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { clearAudit, type TestAccount, testAccount } from '@/lib/testing/world';
import {
  acceptInvitation,
  addPrincipal,
  cancelInvitation,
  checkPrincipal,
  deleteResourceShare,
  getResourceShare,
  listInvitations,
  listResourceShares,
  rejectInvitation,
  shareVault,
} from '.';

const database = await testDatabase();
const { owner } = database;

async function makeTarget(account: TestAccount) {
  const quota = {
    accountId: account.id,
    name: 'replication_targets' as const,
    region: 'cn-hangzhou',
    maximum: 1000,
  };
  await owner.insert(quotaCounters).values(quota).onConflictDoNothing();
  return makeVault(owner, {
    accountId: account.id,
    kind: 'replication_target',
    resourceGroupId: account.groupId,
  });
}

/** A share of one target vault, with one invitation to `recipient`. */
async function invite(sharer: TestAccount, recipient: TestAccount, clock?: ManualClock) {
  const vault = await makeTarget(sharer);
  const ctx = sharer.as('administrator', clock && { clock });
  const share = await shareVault(ctx, {
    mode: 'new',
    vaultId: vault.id,
    name: `share-${vault.id.slice(-8)}`,
    principals: [{ type: 'account', id: recipient.id }],
  });
  const [invitation] = await owner.select().from(invitations).where(eq(invitations.shareId, share.id));
  return { vault, share, invitationId: invitation!.id };
}

const grantsOf = (vaultId: string) => owner.select().from(grants).where(eq(grants.vaultId, vaultId));
const statusOf = async (id: string) =>
  (await owner.select().from(invitations).where(eq(invitations.id, id)))[0]?.status;
const noticesOf = (accountId: string) =>
  owner.select().from(notifications).where(eq(notifications.accountId, accountId));

describeWriteVerb(database, {
  verb: shareVault,
  async arrange(account) {
    const [vault, recipient] = [await makeTarget(account), await testAccount(database)];
    return {
      mode: 'new' as const,
      vaultId: vault.id,
      name: 'disaster.recovery_1',
      principals: [{ type: 'account' as const, id: recipient.id }],
    };
  },
  async check({ out, account, input }) {
    if (input.mode !== 'new') throw new Error('arranged with a new share');
    const recipientId = input.principals[0]!.id;
    expect(out).toMatchObject({
      vaults: [{ id: input.vaultId }],
      principals: [{ id: recipientId, invitationStatus: 'pending' }],
    });
    const [invitation] = await owner.select().from(invitations).where(eq(invitations.shareId, out.id));
    expect(invitation).toMatchObject({
      accountId: account.id,
      recipientAccountId: recipientId,
      status: 'pending',
    });
    expect(invitation!.expiresAt.getTime() - invitation!.createdAt.getTime()).toBe(7 * 86_400_000);
    expect(await grantsOf(input.vaultId)).toEqual([]);
    expect(await noticesOf(recipientId)).toMatchObject([{ kind: 'share.invited' }]);
  },
  missing: (input) => ({ ...input, vaultId: 'r-00000000000000000000' }),
  audit: { resourceKind: 'resource_share', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: addPrincipal,
  async arrange(account) {
    const { share } = await invite(account, await testAccount(database));
    await clearAudit(owner);
    return { shareId: share.id, id: (await testAccount(database)).id };
  },
  check({ out, input }) {
    expect(out.principals).toHaveLength(2);
    expect(out.principals).toContainEqual(
      expect.objectContaining({ id: input.id, invitationStatus: 'pending' }),
    );
  },
  missing: (input) => ({ ...input, shareId: 'rs-nowhere' }),
  audit: { resourceKind: 'resource_share', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: deleteResourceShare,
  async arrange(account) {
    const recipient = await testAccount(database);
    const { share, invitationId } = await invite(account, recipient);
    await acceptInvitation(recipient.as('administrator'), { id: invitationId });
    await clearAudit(owner);
    return { id: share.id, confirm: share.name };
  },
  async check({ out, account }) {
    expect(out.status).toBe('deleted');
    expect(await grantsOf(out.vaults[0]!.id)).toEqual([]);
    const rows = await owner.select().from(invitations).where(eq(invitations.shareId, out.id));
    expect(rows.map((row) => row.status)).toEqual(['cancelled']);
    const [ticker] = await owner.select().from(tickers).where(eq(tickers.accountId, account.id));
    expect(ticker?.dueAt).not.toBeNull();
  },
  missing: (input) => ({ ...input, id: 'rs-nowhere' }),
  audit: { resourceKind: 'resource_share', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: acceptInvitation,
  async arrange(account) {
    const { invitationId } = await invite(await testAccount(database), account);
    return { id: invitationId };
  },
  async check({ out, account }) {
    expect(out).toMatchObject({ status: 'accepted', vaultCount: 1, vaults: [{ region: 'cn-hangzhou' }] });
    expect(await grantsOf(out.vaults[0]!.id)).toMatchObject([{ granteeAccountId: account.id }]);
    expect((await noticesOf(out.owner.accountId)).map((notice) => notice.kind)).toContain('share.accepted');
  },
  missing: () => ({ id: 'i-nowhere' }),
  audit: { resourceKind: 'invitation', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: rejectInvitation,
  async arrange(account) {
    const { invitationId } = await invite(await testAccount(database), account);
    return { id: invitationId };
  },
  async check({ out, input }) {
    expect(out).toMatchObject({ status: 'rejected', vaultCount: 1, vaults: [] });
    expect(await statusOf(input.id)).toBe('rejected');
  },
  missing: () => ({ id: 'i-nowhere' }),
  audit: { resourceKind: 'invitation', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: cancelInvitation,
  async arrange(account) {
    const { invitationId } = await invite(account, await testAccount(database));
    await clearAudit(owner);
    return { id: invitationId };
  },
  async check({ out, input }) {
    expect(out.status).toBe('cancelled');
    expect(await statusOf(input.id)).toBe('cancelled');
    const kinds = (await noticesOf(out.recipient.accountId)).map((notice) => notice.kind);
    expect(kinds).toContain('share.cancelled');
  },
  missing: () => ({ id: 'i-nowhere' }),
  audit: { resourceKind: 'invitation', resourceId: (out) => out.id },
});

describe('sharing a vault', () => {
  test('names every account that cannot be invited by its own field', async () => {
    const [account, other] = [await testAccount(database), await testAccount(database)];
    const vault = await makeTarget(account);
    const ids = ['1000000000000000', account.id, other.id, other.id];
    const attempt = shareVault(account.as('administrator'), {
      mode: 'new',
      vaultId: vault.id,
      name: 'a',
      principals: ids.map((id) => ({ type: 'account', id })),
    });
    const error = (await attempt.catch((reason) => reason)) as {
      code: string;
      fields: Record<string, string>;
    };
    expect(error.code).toBe('invalid_input');
    expect(Object.keys(error.fields)).toEqual(['principals.0.id', 'principals.1.id', 'principals.3.id']);
  });

  test('refuses a standard vault, a taken name and the scope of a directory that does not exist', async () => {
    const [account, other] = [await testAccount(database), await testAccount(database)];
    const ctx = account.as('administrator');
    const [target, second] = [await makeTarget(account), await makeTarget(account)];
    const standard = await makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId });
    const share = {
      mode: 'new' as const,
      name: 'one',
      principals: [{ type: 'account' as const, id: other.id }],
    };
    await expect(shareVault(ctx, { ...share, vaultId: standard.id })).rejects.toMatchObject({
      code: 'not_eligible',
      reason: 'not_a_replication_target',
    });
    await expect(
      shareVault(ctx, { ...share, vaultId: target.id, principalScope: 'directory_only' }),
    ).rejects.toMatchObject({
      code: 'not_eligible',
      reason: 'no_directory',
      fields: { principalScope: expect.any(String) },
    });
    await shareVault(ctx, { ...share, vaultId: target.id });
    await expect(shareVault(ctx, { ...share, vaultId: second.id })).rejects.toMatchObject({
      code: 'already_exists',
      fields: { name: expect.any(String) },
    });
  });

  test('gives an accepted account a vault that is added later, and adds none twice', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    const { share, invitationId } = await invite(sharer, recipient);
    await acceptInvitation(recipient.as('administrator'), { id: invitationId });
    const later = await makeTarget(sharer);
    const input = { mode: 'existing' as const, vaultId: later.id, shareId: share.id };
    await shareVault(sharer.as('administrator'), input);
    expect(await grantsOf(later.id)).toMatchObject([{ granteeAccountId: recipient.id }]);
    await expect(shareVault(sharer.as('administrator'), input)).rejects.toMatchObject({
      reason: 'vault_shared_already',
    });
  });

  test('makes every grant when a vault is added while the invitation is being accepted', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    for (let round = 0; round < 15; round++) {
      const { share, vault, invitationId } = await invite(sharer, recipient);
      const later = await makeTarget(sharer);
      await Promise.all([
        shareVault(sharer.as('administrator'), { mode: 'existing', vaultId: later.id, shareId: share.id }),
        acceptInvitation(recipient.as('administrator'), { id: invitationId }),
      ]);
      expect([await grantsOf(vault.id), await grantsOf(later.id)].map((rows) => rows.length)).toEqual([1, 1]);
    }
  });

  test('tells the name behind a UID before it is invited, and refuses one that names nobody', async () => {
    const [account, other] = [await testAccount(database), await testAccount(database)];
    const ctx = account.as('administrator');
    expect(await checkPrincipal(ctx, { accountId: other.id })).toEqual({
      accountId: other.id,
      isInside: false,
      name: other.name,
    });
    for (const accountId of ['1000000000000000', account.id]) {
      await expect(checkPrincipal(ctx, { accountId })).rejects.toMatchObject({
        code: 'invalid_input',
        fields: { accountId: expect.any(String) },
      });
    }
  });
});

describe('an invitation', () => {
  test('shows as expired to both sides once its week is over, and can be sent again', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    const clock = new ManualClock(new Date());
    const { share, invitationId } = await invite(sharer, recipient, clock);
    clock.advance(7 * 86_400_000);
    const received = await listInvitations(recipient.as('auditor', { clock }), {});
    const sent = await listInvitations(sharer.as('auditor', { clock }), { direction: 'sent' });
    expect([...received.items, ...sent.items].map((item) => item.status)).toEqual(['expired', 'expired']);
    await expect(
      acceptInvitation(recipient.as('administrator', { clock }), { id: invitationId }),
    ).rejects.toMatchObject({ code: 'expired' });
    await expect(
      cancelInvitation(sharer.as('administrator', { clock }), { id: invitationId }),
    ).rejects.toMatchObject({
      code: 'expired',
    });
    const ctx = sharer.as('administrator', { clock });
    const again = await addPrincipal(ctx, { shareId: share.id, id: recipient.id });
    expect(again.principals).toMatchObject([{ invitationStatus: 'pending' }]);
    expect(await statusOf(invitationId)).toBe('expired');
  });

  test('hides the vaults until it is accepted, and tells how many they are', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    const { vault, invitationId } = await invite(sharer, recipient);
    const list = () => listInvitations(recipient.as('auditor'), {});
    expect((await list()).items).toMatchObject([{ vaultCount: 1, vaults: [] }]);
    await acceptInvitation(recipient.as('administrator'), { id: invitationId });
    expect((await list()).items).toMatchObject([{ vaultCount: 1, vaults: [{ id: vault.id }] }]);
    expect((await listInvitations(sharer.as('auditor'), {})).items).toEqual([]);
  });

  const answers = { accept: acceptInvitation, reject: rejectInvitation, cancel: cancelInvitation };
  test.each([
    ['accept', 'accept'],
    ['accept', 'reject'],
    ['accept', 'cancel'],
    ['reject', 'cancel'],
  ] as const)('takes one answer when %s meets %s, and tells the other what happened', async (one, two) => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    for (let round = 0; round < 4; round++) {
      const { vault, invitationId } = await invite(sharer, recipient);
      const by = (verb: keyof typeof answers) => (verb === 'cancel' ? sharer : recipient).as('administrator');
      const results = await Promise.allSettled([
        answers[one](by(one), { id: invitationId }),
        answers[two](by(two), { id: invitationId }),
      ]);
      const lost = results.filter((result) => result.status === 'rejected');
      expect(lost).toHaveLength(1);
      const status = await statusOf(invitationId);
      expect(lost[0]!.reason).toMatchObject({ code: 'state_conflict', reason: `already_${status}` });
      expect(await grantsOf(vault.id)).toHaveLength(status === 'accepted' ? 1 : 0);
    }
  });

  test('leaves no grant when its share is deleted while it is being accepted', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    for (let round = 0; round < 8; round++) {
      const { share, vault, invitationId } = await invite(sharer, recipient);
      const [deleted] = await Promise.allSettled([
        deleteResourceShare(sharer.as('administrator'), { id: share.id, confirm: share.name }),
        acceptInvitation(recipient.as('administrator'), { id: invitationId }),
      ]);
      expect(deleted.status).toBe('fulfilled');
      expect(await grantsOf(vault.id)).toEqual([]);
      expect(await statusOf(invitationId)).toBe('cancelled');
    }
  });
});

describe('a resource share', () => {
  test('is deleted only by its own name, and is listed no longer', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    const ctx = sharer.as('administrator');
    const { share, vault } = await invite(sharer, recipient);
    await expect(deleteResourceShare(ctx, { id: share.id, confirm: 'other' })).rejects.toMatchObject({
      fields: { confirm: expect.any(String) },
    });
    expect((await listResourceShares(ctx, { vaultId: vault.id })).items).toHaveLength(1);
    expect((await listResourceShares(ctx, { vaultId: 'r-other' })).items).toEqual([]);
    await deleteResourceShare(ctx, { id: share.id, confirm: share.name });
    expect((await listResourceShares(ctx, {})).items).toEqual([]);
    expect((await listResourceShares(ctx, { state: 'ended' })).items).toMatchObject([{ id: share.id }]);
    expect(await getResourceShare(ctx, { id: share.id })).toMatchObject({ status: 'deleted' });
    await expect(addPrincipal(ctx, { shareId: share.id, id: recipient.id })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('shows the name of an account and whether it accepted, to its owner alone', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    const { share, invitationId } = await invite(sharer, recipient);
    await acceptInvitation(recipient.as('administrator'), { id: invitationId });
    expect((await getResourceShare(sharer.as('auditor'), { id: share.id })).principals).toMatchObject([
      { id: recipient.id, name: recipient.name, invitationStatus: 'accepted' },
    ]);
    await expect(getResourceShare(recipient.as('auditor'), { id: share.id })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
