import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeKmsKey } from '@/db/factories';
import { invitations, keyAccesses, kmsKeys, notifications, resourceShareKeys, sharedKeys } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { destroyKey } from '@/lib/testing/destroy-key';
import { makeTarget, testDirectory } from '@/lib/testing/directory';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { clearAudit, type TestAccount, testAccount } from '@/lib/testing/world';
import {
  acceptInvitation,
  addShareKeys,
  deleteResourceShare,
  getResourceShare,
  leaveShare,
  listInvitations,
  listReceivedShares,
  listResourceShares,
  removePrincipal,
  removeShareKey,
  shareKey,
  shareVault,
} from '.';

const database = await testDatabase();
const { owner, app } = database;
const nowhere = 'key-00000000000000000000';
let made = 0;
const shareName = () => `keys-${++made}`;

const newKey = (account: TestAccount) =>
  makeKmsKey(owner, { accountId: account.id, alias: `alias/k-${++made}-${account.id}` });
const rowsOf = (keyId: string) =>
  owner.select().from(resourceShareKeys).where(eq(resourceShareKeys.keyId, keyId));
const reachedBy = async (keyId: string) =>
  (await owner.select().from(keyAccesses).where(eq(keyAccesses.keyId, keyId)))
    .map(({ granteeAccountId }) => granteeAccountId)
    .sort();
const kindsTold = async (account: TestAccount) =>
  (await owner.select().from(notifications).where(eq(notifications.accountId, account.id))).map(
    ({ kind }) => kind,
  );

/** A share of one key, with an invitation to an account outside the directory. */
async function arrange(account: TestAccount, { isAccepted = true } = {}) {
  const recipient = await testAccount(database);
  const key = await newKey(account);
  const share = await shareKey(account.as('administrator'), {
    mode: 'new',
    keyId: key.id,
    name: shareName(),
    principals: [{ type: 'account', id: recipient.id }],
  });
  const [invitation] = await owner.select().from(invitations).where(eq(invitations.shareId, share.id));
  if (isAccepted) await acceptInvitation(recipient.as('administrator'), { id: invitation!.id });
  return { recipient, key, share, invitationId: invitation!.id };
}

describeWriteVerb(database, {
  verb: shareKey,
  arrange: async (account) => ({
    mode: 'new' as const,
    keyId: (await newKey(account)).id,
    name: shareName(),
    principals: [{ type: 'account' as const, id: (await testAccount(database)).id }],
  }),
  check: async ({ out, account, input }) => {
    expect(await rowsOf(input.keyId)).toMatchObject([
      { accountId: account.id, shareId: out.id, disassociatedAt: null },
    ]);
    expect(await reachedBy(input.keyId)).toEqual([]);
    expect(out.principals).toMatchObject([{ status: 'associating', invitationStatus: 'pending' }]);
  },
  missing: (input) => ({ ...input, keyId: nowhere }),
  audit: { resourceKind: 'resource_share', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: addShareKeys,
  arrange: async (account) => {
    const { share } = await arrange(account);
    await clearAudit(owner, account.id);
    return { shareId: share.id, keyIds: [(await newKey(account)).id, (await newKey(account)).id] };
  },
  check: async ({ out, input }) => {
    expect(out.keys.map(({ id }) => id)).toEqual(expect.arrayContaining(input.keyIds));
    for (const keyId of input.keyIds) expect(await reachedBy(keyId)).toHaveLength(1);
  },
  missing: (input) => ({ ...input, shareId: 'rs-00000000000000000000', keyIds: [nowhere] }),
  audit: { resourceKind: 'resource_share', resourceId: (_, input) => input.shareId },
});

describeWriteVerb(database, {
  verb: removeShareKey,
  arrange: async (account) => {
    const { share, key } = await arrange(account);
    await clearAudit(owner, account.id);
    return { shareId: share.id, keyId: key.id };
  },
  check: async ({ out, input }) => {
    expect(out).toMatchObject({ keys: [], endedKeys: [{ id: input.keyId }] });
    expect(await reachedBy(input.keyId)).toEqual([]);
  },
  missing: () => ({ shareId: 'rs-00000000000000000000', keyId: nowhere }),
  audit: { resourceKind: 'resource_share', resourceId: (_, input) => input.shareId },
});

describe('a key in a resource share', () => {
  test('is a number until the invitation is accepted, then an alias and a state, and never its material', async () => {
    const account = await testAccount(database);
    const { recipient, key, share, invitationId } = await arrange(account, { isAccepted: false });
    const ctx = recipient.as('administrator');
    expect((await listInvitations(ctx, {})).items).toMatchObject([
      { keyCount: 1, keys: [], vaultCount: 0, status: 'pending' },
    ]);
    expect((await listReceivedShares(ctx, {})).items).toEqual([]);
    const accepted = await acceptInvitation(ctx, { id: invitationId });
    expect(accepted).toMatchObject({ status: 'accepted', keys: [{ id: key.id, alias: key.alias }] });
    expect((await listReceivedShares(ctx, {})).items).toMatchObject([
      { id: share.id, vaults: [], keys: [{ id: key.id, alias: key.alias, state: 'enabled' }] },
    ]);
    const seen = await inAccount(app, recipient.id, async (tx) => ({
      keys: await tx.select({ id: kmsKeys.id }).from(kmsKeys),
      shared: await tx.select().from(sharedKeys),
    }));
    expect(seen.keys).toEqual([]);
    expect(seen.shared).toEqual([
      { id: key.id, ownerAccountId: account.id, ownerName: account.name, alias: key.alias, state: 'enabled' },
    ]);
    const stranger = await testAccount(database);
    expect(await inAccount(app, stranger.id, (tx) => tx.select().from(sharedKeys))).toEqual([]);
  });

  test('stands beside vaults, and is found by the shares that hold it', async () => {
    const account = await testAccount(database);
    const { share, key, recipient } = await arrange(account);
    const vault = await makeTarget(database, account);
    const ctx = account.as('administrator');
    await shareVault(ctx, { mode: 'existing', shareId: share.id, vaultId: vault.id });
    expect((await listReceivedShares(recipient.as('auditor'), {})).items).toMatchObject([
      { vaults: [{ id: vault.id }], keys: [{ id: key.id }] },
    ]);
    expect((await listResourceShares(ctx, { keyId: key.id })).items.map(({ id }) => id)).toEqual([share.id]);
    expect((await listResourceShares(ctx, { keyId: nowhere })).items).toEqual([]);
  });

  test('reaches a folder of the directory at once, its later members too, and leaves with the membership', async () => {
    const { management, ctx, folder, join } = await testDirectory(database);
    const folderId = await folder('Subsidiaries');
    const [inside, outside] = [await join(folderId), await join()];
    const key = await newKey(management);
    await shareKey(ctx, {
      mode: 'new',
      keyId: key.id,
      name: shareName(),
      principalScope: 'directory_only',
      principals: [{ type: 'folder', id: folderId }],
    });
    expect(await reachedBy(key.id)).toEqual([inside.id]);
    expect(await kindsTold(inside)).toContain('share.granted');
    expect(await kindsTold(outside)).not.toContain('share.granted');
    const later = await join(folderId);
    expect(await reachedBy(key.id)).toEqual([inside.id, later.id].sort());
    await owner.execute(sql`delete from directory_members where member_account_id = ${inside.id}`);
    expect(await reachedBy(key.id)).toEqual([later.id]);
  });

  test('is gone for its principals when it is taken out, they are removed or leave, or the share is deleted', async () => {
    const account = await testAccount(database);
    const ctx = account.as('administrator');
    const ways: ((made: Awaited<ReturnType<typeof arrange>>) => Promise<unknown>)[] = [
      ({ share, key }) => removeShareKey(ctx, { shareId: share.id, keyId: key.id }),
      ({ share, recipient }) =>
        removePrincipal(ctx, { shareId: share.id, type: 'account', id: recipient.id }),
      ({ share, recipient }) =>
        leaveShare(recipient.as('administrator'), { id: share.id, confirm: share.name }),
      ({ share }) => deleteResourceShare(ctx, { id: share.id, confirm: share.name }),
    ];
    for (const end of ways) {
      const made = await arrange(account);
      expect(await reachedBy(made.key.id)).toEqual([made.recipient.id]);
      await end(made);
      expect(await reachedBy(made.key.id)).toEqual([]);
    }
  });

  test('can be put in again, and not twice', async () => {
    const account = await testAccount(database);
    const { share, key, recipient } = await arrange(account);
    const ctx = account.as('administrator');
    await expect(addShareKeys(ctx, { shareId: share.id, keyIds: [key.id] })).rejects.toMatchObject({
      code: 'already_exists',
      reason: 'key_shared_already',
    });
    await removeShareKey(ctx, { shareId: share.id, keyId: key.id });
    await addShareKeys(ctx, { shareId: share.id, keyIds: [key.id] });
    expect(await reachedBy(key.id)).toEqual([recipient.id]);
    const six = await Promise.all(Array.from({ length: 6 }, () => newKey(account)));
    await expect(
      addShareKeys(ctx, { shareId: share.id, keyIds: six.map(({ id }) => id) }),
    ).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('is enabled when it is put in, also past the verb', async () => {
    const account = await testAccount(database);
    const { share } = await arrange(account);
    const key = await newKey(account);
    await owner.update(kmsKeys).set({ state: 'disabled' }).where(eq(kmsKeys.id, key.id));
    await expect(
      addShareKeys(account.as('administrator'), { shareId: share.id, keyIds: [key.id] }),
    ).rejects.toMatchObject({ code: 'key_unavailable', reason: 'key_disabled' });
    const values = { accountId: account.id, shareId: share.id, keyId: key.id };
    await expect(
      inAccount(app, account.id, (tx) => tx.insert(resourceShareKeys).values(values)),
    ).rejects.toMatchObject({ cause: { code: 'CV040' } });
  });

  test('leaves its shares when it is destroyed', async () => {
    const account = await testAccount(database);
    const { share, key } = await arrange(account);
    await destroyKey(owner, key.id);
    expect(await reachedBy(key.id)).toEqual([]);
    expect((await getResourceShare(account.as('auditor'), { id: share.id })).endedKeys).toMatchObject([
      { id: key.id, state: 'destroyed' },
    ]);
  });

  test('makes an invitation to a share without vaults worth accepting, and none once it is taken out', async () => {
    const account = await testAccount(database);
    const { share, key, recipient, invitationId } = await arrange(account, { isAccepted: false });
    await removeShareKey(account.as('administrator'), { shareId: share.id, keyId: key.id });
    const failed = await acceptInvitation(recipient.as('administrator'), { id: invitationId });
    expect(failed).toMatchObject({ status: 'failed', keyCount: 0 });
  });
});
