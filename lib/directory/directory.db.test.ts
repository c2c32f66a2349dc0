import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { accounts, directories, directoryFolders, directoryMembers, notifications, users } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { verifyPassword } from '@/lib/accounts';
import { ManualClock } from '@/lib/clock';
import { directoryInvitationOf, testDirectory } from '@/lib/testing/directory';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { clearAudit, type TestAccount, testAccount } from '@/lib/testing/world';
import {
  acceptDirectoryInvitation,
  cancelDirectoryInvitation,
  createFolder,
  createMember,
  declineDirectoryInvitation,
  deleteFolder,
  disableDirectory,
  enableDirectory,
  enableDirectorySharing,
  getDirectory,
  inviteMember,
  listDirectoryInvitations,
  moveMember,
  removeMember,
  renameFolder,
} from '.';

const database = await testDatabase();
const { owner, app } = database;

const forgetAudit = () => clearAudit(owner);
const memberRow = async (accountId: string) =>
  (await owner.select().from(directoryMembers).where(eq(directoryMembers.memberAccountId, accountId)))[0];
const kindsOf = async (accountId: string) =>
  (await owner.select().from(notifications).where(eq(notifications.accountId, accountId))).map(
    ({ kind }) => kind,
  );

describeWriteVerb(database, {
  verb: enableDirectory,
  arrange: async () => ({}),
  async check({ out, account }) {
    expect(out).toMatchObject({
      role: 'management',
      sharingEnabledAt: null,
      folders: [{ name: 'Root', depth: 0 }],
    });
    expect(await memberRow(account.id)).toMatchObject({ directoryId: out.id, joinedBy: 'management' });
  },
  missing: null,
  audit: { resourceKind: 'directory', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: enableDirectorySharing,
  async arrange(management) {
    await testDirectory(database, { management, isSharingEnabled: false });
    await forgetAudit();
    return {};
  },
  async check({ out }) {
    const [row] = await owner.select().from(directories).where(eq(directories.id, out.id));
    expect(row?.sharingEnabledAt).not.toBeNull();
  },
  missing: null,
  audit: { resourceKind: 'directory', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: disableDirectory,
  async arrange(management) {
    const { directory } = await testDirectory(database, { management });
    await forgetAudit();
    return { confirm: directory.id };
  },
  async check({ out, account }) {
    expect(await owner.select().from(directories).where(eq(directories.id, out.id))).toEqual([]);
    expect(await memberRow(account.id)).toBeUndefined();
  },
  missing: () => ({ confirm: 'rd-nowhere' }),
  audit: { resourceKind: 'directory', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: createFolder,
  async arrange(management) {
    const { directory } = await testDirectory(database, { management });
    await forgetAudit();
    return { parentId: directory.rootFolderId, name: 'Subsidiaries' };
  },
  async check({ out }) {
    const [row] = await owner.select().from(directoryFolders).where(eq(directoryFolders.id, out.id));
    expect(row).toMatchObject({ name: 'Subsidiaries', depth: 1 });
    expect(out.id).toMatch(/^fd-/);
  },
  missing: (input) => ({ ...input, parentId: 'fd-nowhere' }),
  audit: { resourceKind: 'directory_folder', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: renameFolder,
  async arrange(management) {
    const { folder } = await testDirectory(database, { management });
    const id = await folder('old');
    await forgetAudit();
    return { id, name: 'new' };
  },
  async check({ input }) {
    const [row] = await owner.select().from(directoryFolders).where(eq(directoryFolders.id, input.id));
    expect(row?.name).toBe('new');
  },
  missing: (input) => ({ ...input, id: 'fd-nowhere' }),
  audit: { resourceKind: 'directory_folder', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: deleteFolder,
  async arrange(management) {
    const { folder } = await testDirectory(database, { management });
    const id = await folder('empty');
    await forgetAudit();
    return { id };
  },
  async check({ input }) {
    expect(await owner.select().from(directoryFolders).where(eq(directoryFolders.id, input.id))).toEqual([]);
  },
  missing: () => ({ id: 'fd-nowhere' }),
  audit: { resourceKind: 'directory_folder', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: inviteMember,
  async arrange(management) {
    const { folder } = await testDirectory(database, { management });
    const folderId = await folder('units');
    await forgetAudit();
    return { accountId: (await testAccount(database)).id, folderId, note: 'from group IT' };
  },
  async check({ out, input }) {
    const row = (await directoryInvitationOf(database, out.id))!;
    expect(row).toMatchObject({
      recipientAccountId: input.accountId,
      status: 'pending',
      note: 'from group IT',
    });
    expect(row.expiresAt.getTime() - row.createdAt.getTime()).toBe(14 * 86_400_000);
    expect(await kindsOf(input.accountId)).toEqual(['directory.invited']);
    expect(await memberRow(input.accountId)).toBeUndefined();
  },
  missing: (input) => ({ ...input, folderId: 'fd-nowhere' }),
  audit: { resourceKind: 'directory_invitation', resourceId: (out) => out.id },
});

const invited = async (account: TestAccount) => {
  const { ctx } = await testDirectory(database);
  const { id } = await inviteMember(ctx, { accountId: account.id });
  return { id };
};

describeWriteVerb(database, {
  verb: acceptDirectoryInvitation,
  arrange: invited,
  async check({ out, account }) {
    expect(out.status).toBe('accepted');
    expect(await memberRow(account.id)).toMatchObject({ directoryId: out.directoryId, joinedBy: 'invited' });
    expect(await kindsOf(out.management.accountId)).toContain('directory.accepted');
  },
  missing: () => ({ id: 'h-nowhere' }),
  audit: { resourceKind: 'directory_invitation', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: declineDirectoryInvitation,
  arrange: invited,
  async check({ out, account }) {
    expect(out.status).toBe('declined');
    expect(await memberRow(account.id)).toBeUndefined();
    expect(await kindsOf(out.management.accountId)).toContain('directory.declined');
  },
  missing: () => ({ id: 'h-nowhere' }),
  audit: { resourceKind: 'directory_invitation', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: cancelDirectoryInvitation,
  async arrange(management) {
    const { ctx } = await testDirectory(database, { management });
    const { id } = await inviteMember(ctx, { accountId: (await testAccount(database)).id });
    await forgetAudit();
    return { id };
  },
  async check({ out, input }) {
    expect((await directoryInvitationOf(database, input.id))?.status).toBe('cancelled');
    expect(await kindsOf(out.recipient.accountId)).toContain('directory.cancelled');
  },
  missing: () => ({ id: 'h-nowhere' }),
  audit: { resourceKind: 'directory_invitation', resourceId: (out) => out.id },
});

let serial = 0;
const administrator = () => {
  serial += 1;
  return { name: 'First', email: `First.${serial}@Subsidiary.example` };
};

describeWriteVerb(database, {
  verb: createMember,
  async arrange(management) {
    const { folder } = await testDirectory(database, { management });
    const folderId = await folder('new ones');
    await forgetAudit();
    return { name: 'Subsidiary', folderId, administrator: administrator() };
  },
  async check({ out, input }) {
    const { member } = out;
    expect(await memberRow(member.accountId)).toMatchObject({
      joinedBy: 'created',
      folderId: input.folderId,
    });
    const [account] = await owner.select().from(accounts).where(eq(accounts.accountId, member.accountId));
    expect(account).toMatchObject({ name: 'Subsidiary', state: 'active' });
    const [user] = await owner.select().from(users).where(eq(users.accountId, member.accountId));
    expect(user).toMatchObject({ role: 'administrator', email: input.administrator.email.toLowerCase() });
    expect(await verifyPassword(user!.passwordHash, out.administrator.password)).toBe(true);
  },
  missing: (input) => ({ ...input, folderId: 'fd-nowhere' }),
  audit: { resourceKind: 'directory_member', resourceId: (out) => out.member.accountId },
  isAnswerSecret: true,
});

describeWriteVerb(database, {
  verb: moveMember,
  async arrange(management) {
    const { folder, join } = await testDirectory(database, { management });
    const [member, folderId] = [await join(), await folder('there')];
    await forgetAudit();
    return { accountId: member.id, folderId };
  },
  async check({ input }) {
    expect((await memberRow(input.accountId))?.folderId).toBe(input.folderId);
    expect(await kindsOf(input.accountId)).toContain('directory.moved');
  },
  missing: (input) => ({ ...input, folderId: 'fd-nowhere' }),
  audit: { resourceKind: 'directory_member', resourceId: (out) => out.accountId },
});

describeWriteVerb(database, {
  verb: removeMember,
  async arrange(management) {
    const { join } = await testDirectory(database, { management });
    const member = await join();
    await forgetAudit();
    return { accountId: member.id, confirm: member.name };
  },
  async check({ input }) {
    expect(await memberRow(input.accountId)).toBeUndefined();
    expect(await kindsOf(input.accountId)).toContain('directory.removed');
  },
  missing: (input) => ({ ...input, accountId: '1000000000000000' }),
  audit: { resourceKind: 'directory_member', resourceId: (out) => out.accountId },
});

describe('who sees a directory', () => {
  test('members see the tree and its accounts, strangers and the invited see nothing', async () => {
    const { directory, folder, join, ctx } = await testDirectory(database);
    const units = await folder('units');
    const member = await join(units);
    const [invitee, stranger] = [await testAccount(database), await testAccount(database)];
    await inviteMember(ctx, { accountId: invitee.id });
    const seen = (await getDirectory(member.as('auditor'), {})).directory!;
    expect(seen).toMatchObject({ id: directory.id, role: 'member', management: directory.management });
    expect(seen.folders.map(({ id }) => id)).toEqual([directory.rootFolderId, units]);
    expect(seen.members).toContainEqual(
      expect.objectContaining({ accountId: member.id, name: member.name, folderId: units }),
    );
    for (const blind of [invitee, stranger]) {
      expect(await getDirectory(blind.as('administrator'), {})).toEqual({ directory: null });
    }
    expect((await listDirectoryInvitations(invitee.as('auditor'), {})).items).toHaveLength(1);
    expect((await listDirectoryInvitations(ctx, { direction: 'sent' })).items).toHaveLength(2);
    expect((await listDirectoryInvitations(stranger.as('auditor'), {})).items).toEqual([]);
  });

  test('a member changes nothing of it, by verb or by its own statements', async () => {
    const { directory, folder, join } = await testDirectory(database);
    const units = await folder('units');
    const member = await join();
    const ctx = member.as('administrator');
    await expect(createFolder(ctx, { parentId: units, name: 'mine' })).rejects.toMatchObject({
      code: 'not_eligible',
      reason: 'no_managed_directory',
    });
    await expect(moveMember(ctx, { accountId: member.id, folderId: units })).rejects.toMatchObject({
      reason: 'no_managed_directory',
    });
    for (const statement of [
      sql`update directory_members set folder_id = ${units} where member_account_id = ${member.id} returning 1`,
      sql`delete from directory_members returning 1`,
      sql`update directory_folders set name = 'mine' returning 1`,
      sql`delete from directories returning 1`,
      sql`update directories set sharing_enabled_at = now() returning 1`,
    ]) {
      expect(await inAccount(app, member.id, (tx) => tx.execute(statement))).toHaveLength(0);
    }
    expect((await memberRow(member.id))?.folderId).toBe(directory.rootFolderId);
  });
});

describe('an account is in one directory only', () => {
  test('neither accepting another invitation nor enabling one of its own gets it into a second', async () => {
    const [first, second] = [await testDirectory(database), await testDirectory(database)];
    const member = await testAccount(database);
    const ctx = member.as('administrator');
    const { id } = await inviteMember(second.ctx, { accountId: member.id });
    await first.join(undefined, member);
    await expect(acceptDirectoryInvitation(ctx, { id })).rejects.toMatchObject({ reason: 'in_a_directory' });
    await expect(enableDirectory(ctx, {})).rejects.toMatchObject({ reason: 'in_a_directory' });
    await expect(enableDirectory(first.ctx, {})).rejects.toMatchObject({ reason: 'in_a_directory' });
    await expect(inviteMember(first.ctx, { accountId: second.management.id })).rejects.toMatchObject({
      code: 'not_eligible',
      fields: { accountId: expect.any(String) },
    });
    expect((await memberRow(member.id))?.directoryId).toBe(first.directory.id);
  });

  test('two acceptances at the same time make one membership', async () => {
    const member = await testAccount(database);
    const ids = await Promise.all([invited(member), invited(member)]);
    const answers = await Promise.allSettled(
      ids.map((id) => acceptDirectoryInvitation(member.as('administrator'), id)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('and nobody is put into one by a plain statement', async () => {
    const [{ directory, management }, stranger] = [
      await testDirectory(database),
      await testAccount(database),
    ];
    const force = sql`insert into directory_members (account_id, directory_id, member_account_id, folder_id, joined_by)
      values (${management.id}, ${directory.id}, ${stranger.id}, ${directory.rootFolderId}, 'invited')`;
    await expect(inAccount(app, management.id, (tx) => tx.execute(force))).rejects.toMatchObject({
      cause: { code: '42501' },
    });
    const { id } = await inviteMember(management.as('administrator'), { accountId: stranger.id });
    const accept = sql`update directory_invitations set status = 'accepted' where id = ${id}`;
    await expect(inAccount(app, management.id, (tx) => tx.execute(accept))).rejects.toMatchObject({
      cause: { code: 'CV004' },
    });
    expect(await memberRow(stranger.id)).toBeUndefined();
  });
});

describe('the tree', () => {
  test('nests five levels, has no two folders of one name side by side, and keeps its root', async () => {
    const { ctx, directory, folder } = await testDirectory(database);
    let parentId = directory.rootFolderId;
    for (const name of ['1', '2', '3', '4', '5']) parentId = await folder(name, parentId);
    await expect(createFolder(ctx, { parentId, name: '6' })).rejects.toMatchObject({ reason: 'too_deep' });
    await expect(folder('1')).rejects.toMatchObject({ code: 'already_exists' });
    const other = await folder('other');
    await expect(renameFolder(ctx, { id: other, name: '1' })).rejects.toMatchObject({
      code: 'already_exists',
      fields: { name: expect.any(String) },
    });
    await expect(renameFolder(ctx, { id: directory.rootFolderId, name: 'x' })).rejects.toMatchObject({
      reason: 'root_folder',
    });
    await expect(deleteFolder(ctx, { id: directory.rootFolderId })).rejects.toMatchObject({
      reason: 'folder_not_empty',
    });
    const deep = sql`insert into directory_folders (account_id, directory_id, id, parent_id, name)
      values (${directory.management.accountId}, ${directory.id}, 'fd-6', ${parentId}, '6')`;
    await expect(
      inAccount(app, directory.management.accountId, (tx) => tx.execute(deep)),
    ).rejects.toMatchObject({ cause: { code: '23514' } });
  });

  test('lets go of a folder only when it is empty, also past the verb', async () => {
    const { ctx, folder, join, management } = await testDirectory(database);
    const outer = await folder('outer');
    const inner = await folder('inner', outer);
    const member = await join(inner);
    for (const id of [outer, inner]) {
      await expect(deleteFolder(ctx, { id })).rejects.toMatchObject({ reason: 'folder_not_empty' });
      const attempt = inAccount(app, management.id, (tx) =>
        tx.execute(sql`delete from directory_folders where id = ${id}`),
      );
      await expect(attempt).rejects.toMatchObject({ cause: { code: '23503' } });
    }
    await removeMember(ctx, { accountId: member.id, confirm: member.name });
    await deleteFolder(ctx, { id: inner });
    await deleteFolder(ctx, { id: outer });
  });

  test('cannot be moved into a circle, because no folder is moved', async () => {
    const { folder, management } = await testDirectory(database);
    const outer = await folder('outer');
    const inner = await folder('inner', outer);
    const attempt = inAccount(app, management.id, (tx) =>
      tx.execute(sql`update directory_folders set parent_id = ${inner} where id = ${outer}`),
    );
    await expect(attempt).rejects.toMatchObject({ cause: { code: '42501' } });
  });

  test('keeps its management account beside it', async () => {
    const { ctx, directory, management } = await testDirectory(database);
    const input = { accountId: management.id, folderId: directory.rootFolderId };
    await expect(moveMember(ctx, input)).rejects.toMatchObject({ reason: 'management_account' });
    await expect(
      removeMember(ctx, { accountId: management.id, confirm: management.name }),
    ).rejects.toMatchObject({ reason: 'management_account' });
    const attempt = inAccount(app, management.id, (tx) =>
      tx.execute(sql`delete from directory_members where member_account_id = ${management.id}`),
    );
    await expect(attempt).rejects.toMatchObject({ cause: { code: 'CV005' } });
  });

  test('is disabled only when it is empty, also past the verb', async () => {
    const { ctx, directory, folder, management } = await testDirectory(database);
    const id = await folder('units');
    const attempt = () => disableDirectory(ctx, { confirm: directory.id });
    await expect(attempt()).rejects.toMatchObject({ reason: 'directory_not_empty' });
    await expect(
      inAccount(app, management.id, (tx) => tx.execute(sql`delete from directories`)),
    ).rejects.toMatchObject({ cause: { code: 'CV005' } });
    await deleteFolder(ctx, { id });
    const invitation = await inviteMember(ctx, { accountId: (await testAccount(database)).id });
    await expect(attempt()).rejects.toMatchObject({ reason: 'directory_not_empty' });
    await cancelDirectoryInvitation(ctx, { id: invitation.id });
    await attempt();
  });
});

describe('an invitation into a directory', () => {
  test('is open for fourteen days to the second, then a new one can be sent', async () => {
    const clock = new ManualClock(new Date());
    const { management } = await testDirectory(database);
    const ctx = management.as('administrator', { clock });
    const member = await testAccount(database);
    const { id } = await inviteMember(ctx, { accountId: member.id });
    await expect(inviteMember(ctx, { accountId: member.id })).rejects.toMatchObject({
      reason: 'invited_already',
    });
    clock.advance(14 * 86_400_000);
    await expect(
      acceptDirectoryInvitation(member.as('administrator', { clock }), { id }),
    ).rejects.toMatchObject({ code: 'expired' });
    const again = await inviteMember(ctx, { accountId: member.id });
    expect(again.status).toBe('pending');
    expect((await directoryInvitationOf(database, id))?.status).toBe('expired');
  });

  test('joins the root when its folder is gone by then', async () => {
    const { ctx, folder, directory } = await testDirectory(database);
    const [folderId, member] = [await folder('short-lived'), await testAccount(database)];
    const { id } = await inviteMember(ctx, { accountId: member.id, folderId });
    await deleteFolder(ctx, { id: folderId });
    await acceptDirectoryInvitation(member.as('administrator'), { id });
    expect((await memberRow(member.id))?.folderId).toBe(directory.rootFolderId);
  });

  test('names nobody that does not exist, and not oneself', async () => {
    const { ctx, management } = await testDirectory(database);
    for (const accountId of ['1000000000000000', management.id]) {
      await expect(inviteMember(ctx, { accountId })).rejects.toMatchObject({
        code: 'invalid_input',
        fields: { accountId: expect.any(String) },
      });
    }
  });
});

test('a created account needs an e-mail that nobody has', async () => {
  const { ctx } = await testDirectory(database);
  const first = administrator();
  await createMember(ctx, { name: 'One', administrator: first });
  await expect(createMember(ctx, { name: 'Two', administrator: first })).rejects.toMatchObject({
    code: 'already_exists',
    fields: { 'administrator.email': expect.any(String) },
  });
});
