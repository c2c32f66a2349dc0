import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeReplication, makeVault } from '@/db/factories';
import { grants, invitations, notifications, resourceSharePrincipals } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { enableDirectorySharing, moveMember, previewMemberChange, removeMember } from '@/lib/directory';
import { makeTarget, testDirectory } from '@/lib/testing/directory';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import {
  acceptInvitation,
  addPrincipal,
  addShareVaults,
  listReceivedShares,
  previewShareChange,
  removePrincipal,
  shareVault,
} from '.';
import type { Principal } from './schemas';

const database = await testDatabase();
const { owner, app } = database;

const granteesOf = async (vaultId: string) =>
  (await owner.select().from(grants).where(eq(grants.vaultId, vaultId)))
    .map((row) => row.granteeAccountId)
    .sort();
const kindsOf = async (accountId: string) =>
  (await owner.select().from(notifications).where(eq(notifications.accountId, accountId))).map(
    ({ kind }) => kind,
  );

async function share(
  sharer: TestAccount,
  principals: Principal[],
  principalScope: 'any_account' | 'directory_only' = 'directory_only',
) {
  const vault = await makeTarget(database, sharer);
  const name = `share-${vault.id.slice(-8)}`;
  const made = await shareVault(sharer.as('administrator'), {
    mode: 'new',
    vaultId: vault.id,
    name,
    principalScope,
    principals,
  });
  return { vault, share: made };
}

async function replicate(from: TestAccount, target: Awaited<ReturnType<typeof makeTarget>>) {
  const source = await makeVault(owner, { accountId: from.id, resourceGroupId: from.groupId });
  return makeReplication(owner, { source, target });
}

describe('a share with a folder', () => {
  test('reaches its members at once, those in nested folders and those who come later; not the others', async () => {
    const { management, folder, join, ctx, directory } = await testDirectory(database);
    const outer = await folder('outer');
    const inner = await folder('inner', outer);
    const [first, nested, beside] = [await join(outer), await join(inner), await join()];
    const { vault, share: made } = await share(management, [{ type: 'folder', id: outer }]);
    expect(await granteesOf(vault.id)).toEqual([first.id, nested.id].sort());
    expect(made.principals).toMatchObject([
      {
        type: 'folder',
        id: outer,
        name: 'outer',
        isExternal: false,
        status: 'associated',
        invitationStatus: null,
      },
    ]);
    expect(await owner.select().from(invitations).where(eq(invitations.shareId, made.id))).toEqual([]);
    expect(await kindsOf(first.id)).toContain('share.granted');

    const later = await join(inner);
    expect(await granteesOf(vault.id)).toContain(later.id);
    await moveMember(ctx, { accountId: beside.id, folderId: inner });
    expect(await granteesOf(vault.id)).toContain(beside.id);
    await moveMember(ctx, { accountId: first.id, folderId: directory.rootFolderId });
    await removeMember(ctx, { accountId: nested.id, confirm: nested.name });
    expect(await granteesOf(vault.id)).toEqual([later.id, beside.id].sort());
    const { items } = await listReceivedShares(later.as('auditor'), {});
    expect(items).toMatchObject([
      { id: made.id, isExternal: false, through: { type: 'folder', id: outer }, vaults: [{ id: vault.id }] },
    ]);
    expect((await listReceivedShares(first.as('auditor'), {})).items).toEqual([]);
  });
});

describe('a share with the whole directory', () => {
  test('reaches every member wherever it is, not its owner and not the management account', async () => {
    const { management, folder, join, directory } = await testDirectory(database);
    const [sharer, other, deep] = [await join(), await join(), await join(await folder('deep'))];
    const { vault } = await share(sharer, [{ type: 'directory', id: directory.id }]);
    expect(await granteesOf(vault.id)).toEqual([other.id, deep.id].sort());
    const named = await share(sharer, [{ type: 'account', id: management.id }]);
    expect(await granteesOf(named.vault.id)).toEqual([management.id]);
  });

  test('reaches who joins while it is being made', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { management, join, directory } = await testDirectory(database);
      const [made, member] = await Promise.all([
        share(management, [{ type: 'directory', id: directory.id }]),
        join(),
      ]);
      expect(await granteesOf(made.vault.id)).toEqual([member.id]);
    }
  });
});

describe('an account as principal', () => {
  test('inside the directory needs no invitation, outside it does', async () => {
    const { management, join } = await testDirectory(database);
    const [member, stranger] = [await join(), await testAccount(database)];
    const principals = [member, stranger].map(({ id }) => ({ type: 'account' as const, id }));
    const { vault, share: made } = await share(management, principals, 'any_account');
    expect(await granteesOf(vault.id)).toEqual([member.id]);
    expect(made.principals).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: member.id, isExternal: false, status: 'associated' }),
        expect.objectContaining({ id: stranger.id, isExternal: true, status: 'associating' }),
      ]),
    );
    const [invitation] = await owner.select().from(invitations).where(eq(invitations.shareId, made.id));
    await acceptInvitation(stranger.as('administrator'), { id: invitation!.id });
    expect(await granteesOf(vault.id)).toEqual([member.id, stranger.id].sort());
  });

  test('is invited like any other while sharing inside the directory is not enabled', async () => {
    const { management, join, ctx } = await testDirectory(database, { isSharingEnabled: false });
    const member = await join();
    const { vault, share: made } = await share(
      management,
      [{ type: 'account', id: member.id }],
      'any_account',
    );
    expect(made.principals).toMatchObject([{ isExternal: true, status: 'associating' }]);
    await enableDirectorySharing(ctx, {});
    expect(await granteesOf(vault.id)).toEqual([]);
  });

  test('that leaves the directory loses what rested on it for good, and keeps what it accepted from outside', async () => {
    const { management, join, ctx } = await testDirectory(database);
    const [member, outsider] = [await join(), await testAccount(database)];
    const inside = await share(management, [{ type: 'account', id: member.id }]);
    const outside = await share(outsider, [{ type: 'account', id: member.id }], 'any_account');
    const [invitation] = await owner
      .select()
      .from(invitations)
      .where(eq(invitations.shareId, outside.share.id));
    await acceptInvitation(member.as('administrator'), { id: invitation!.id });
    await removeMember(ctx, { accountId: member.id, confirm: member.name });
    expect(await granteesOf(inside.vault.id)).toEqual([]);
    expect(await granteesOf(outside.vault.id)).toEqual([member.id]);
    await join(undefined, member);
    expect(await granteesOf(inside.vault.id)).toEqual([]);
    const again = await addPrincipal(ctx, { shareId: inside.share.id, id: member.id });
    expect(again.principals).toMatchObject([{ id: member.id, status: 'associated' }]);
    expect(await granteesOf(inside.vault.id)).toEqual([member.id]);
  });

  test('that owned shares inside the directory takes them along when it leaves', async () => {
    const { join, ctx, directory } = await testDirectory(database);
    const [sharer, other] = [await join(), await join()];
    const { vault, share: made } = await share(sharer, [{ type: 'directory', id: directory.id }]);
    expect(await granteesOf(vault.id)).toEqual([other.id]);
    await removeMember(ctx, { accountId: sharer.id, confirm: sharer.name });
    expect(await granteesOf(vault.id)).toEqual([]);
    const [row] = await owner
      .select()
      .from(resourceSharePrincipals)
      .where(eq(resourceSharePrincipals.shareId, made.id));
    expect(row).toMatchObject({ endedReason: 'left_directory' });
  });
});

describe('refused', () => {
  test('directories, folders and the inside-only scope without a directory, with the way out', async () => {
    const account = await testAccount(database);
    const directory = share(account, [{ type: 'directory', id: 'rd-00000000000000000000' }], 'any_account');
    await expect(directory).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { 'principals.0.id': expect.stringContaining('no resource directory') },
    });
    const inside = share(account, [{ type: 'account', id: (await testAccount(database)).id }]);
    await expect(inside).rejects.toMatchObject({ code: 'not_eligible', reason: 'no_directory' });
    const { management } = await testDirectory(database, { isSharingEnabled: false });
    const early = share(management, [{ type: 'account', id: account.id }]);
    await expect(early).rejects.toMatchObject({ reason: 'sharing_not_enabled' });
  });

  test("another directory's ids and the root, also past the verbs", async () => {
    const [{ management, directory }, other] = [await testDirectory(database), await testDirectory(database)];
    const theirs = await other.folder('theirs');
    const wanted = [
      { type: 'directory', id: other.directory.id },
      { type: 'folder', id: theirs },
    ] as const;
    for (const principal of wanted) {
      await expect(share(management, [principal])).rejects.toMatchObject({ code: 'invalid_input' });
    }
    const { share: made } = await share(management, [{ type: 'directory', id: directory.id }]);
    const attempts: [string, string, boolean][] = [
      ['directory', other.directory.id, false],
      ['folder', theirs, false],
      ['folder', directory.rootFolderId, false],
      ['account', other.management.id, false],
      ['account', other.management.id, true],
      ['account', management.id, false],
    ];
    for (const [type, id, external] of attempts) {
      const forced = sql`insert into resource_share_principals (account_id, share_id, principal_type, principal_id, external)
        values (${management.id}, ${made.id}, ${type}, ${id}, ${external})`;
      await expect(inAccount(app, management.id, (tx) => tx.execute(forced))).rejects.toMatchObject({
        cause: { code: 'CV005' },
      });
    }
    const invited = sql`insert into invitations (account_id, id, share_id, share_name, recipient_account_id, owner_name,
        permission, expires_at)
      values (${management.id}, ${`i-${made.id}`}, ${made.id}, 's', ${other.management.id}, 'o', 'p', now() + interval '7 days')`;
    await expect(inAccount(app, management.id, (tx) => tx.execute(invited))).rejects.toMatchObject({
      cause: { code: 'CV005' },
    });
  });
});

describe('what pauses is told beforehand and afterwards', () => {
  test('for a member that is moved or removed, to the management account by names', async () => {
    const { management, ctx, folder, join, directory } = await testDirectory(database);
    const units = await folder('units');
    const [member, sharer] = [await join(units), await join()];
    const { vault } = await share(sharer, [{ type: 'folder', id: units }]);
    const { replication } = await replicate(member, vault);
    const change = { accountId: member.id, folderId: directory.rootFolderId };
    const expected = [
      {
        id: replication.id,
        source: { accountId: member.id, vaultName: replication.sourceVaultName },
        target: { accountId: sharer.id, vaultName: vault.name },
      },
    ];
    expect((await previewMemberChange(ctx, change)).pausing).toMatchObject(expected);
    expect((await previewMemberChange(ctx, { accountId: member.id })).pausing).toMatchObject(expected);
    expect((await previewMemberChange(ctx, { accountId: member.id, folderId: units })).pausing).toEqual([]);
    expect(await granteesOf(vault.id)).toEqual([member.id]);
    await moveMember(ctx, change);
    for (const side of [member, sharer]) expect(await kindsOf(side.id)).toContain('replication.access_lost');
    expect(await kindsOf(management.id)).not.toContain('replication.access_lost');
    expect((await previewMemberChange(ctx, { accountId: member.id })).pausing).toEqual([]);
  });

  test('not for a replication that another share still carries', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    const ctx = sharer.as('administrator');
    const one = await share(sharer, [{ type: 'account', id: recipient.id }], 'any_account');
    const two = await share(sharer, [{ type: 'account', id: recipient.id }], 'any_account');
    for (const row of await owner.select().from(invitations).where(eq(invitations.accountId, sharer.id))) {
      await acceptInvitation(recipient.as('administrator'), { id: row.id });
    }
    const { replication } = await replicate(recipient, one.vault);
    const preview = async () =>
      (await previewShareChange(ctx, { id: one.share.id })).pausing.map(({ id }) => id);
    expect(await preview()).toEqual([replication.id]);
    await addShareVaults(ctx, { shareId: two.share.id, vaultIds: [one.vault.id] });
    expect(await preview()).toEqual([]);
    const principal = { principalType: 'account' as const, principalId: recipient.id };
    expect((await previewShareChange(ctx, { id: one.share.id, ...principal })).pausing).toEqual([]);
    await removePrincipal(ctx, { shareId: two.share.id, type: 'account', id: recipient.id });
    expect((await previewShareChange(ctx, { id: one.share.id, vaultId: one.vault.id })).pausing).toHaveLength(
      1,
    );
    await removePrincipal(ctx, { shareId: one.share.id, type: 'account', id: recipient.id });
    expect(await kindsOf(recipient.id)).toContain('replication.access_lost');
  });
});
