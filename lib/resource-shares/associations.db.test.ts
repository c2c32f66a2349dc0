import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeReplication, makeVault } from '@/db/factories';
import { accounts, grants, invitations, notifications, replications } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { inviteMember } from '@/lib/directory';
import { directoryDuty } from '@/lib/directory/directory-duty';
import { readDuties } from '@/lib/engine/ticker/duties';
import { directoryInvitationOf, makeTarget, testDirectory } from '@/lib/testing/directory';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { clearAudit, type TestAccount, testAccount } from '@/lib/testing/world';
import {
  acceptInvitation,
  addShareVaults,
  getResourceShare,
  leaveShare,
  listInvitations,
  listReceivedShares,
  previewLeave,
  removePrincipal,
  removeShareVault,
  renameResourceShare,
  shareVault,
} from '.';
import { shareDuty } from './share-duty';

const database = await testDatabase();
const { owner, engine } = database;

/** A share of one vault that `recipient` has accepted. */
async function accepted(sharer: TestAccount, recipient: TestAccount) {
  const vault = await makeTarget(database, sharer);
  const share = await shareVault(sharer.as('administrator'), {
    mode: 'new',
    vaultId: vault.id,
    name: `share-${vault.id.slice(-8)}`,
    principals: [{ type: 'account', id: recipient.id }],
  });
  const [invitation] = await owner.select().from(invitations).where(eq(invitations.shareId, share.id));
  await acceptInvitation(recipient.as('administrator'), { id: invitation!.id });
  return { vault, share, invitationId: invitation!.id };
}

const grantsOf = (vaultId: string) => owner.select().from(grants).where(eq(grants.vaultId, vaultId));
const forgetAudit = () => clearAudit(owner);
const kindsOf = async (accountId: string) =>
  (await owner.select().from(notifications).where(eq(notifications.accountId, accountId))).map(
    ({ kind }) => kind,
  );

describeWriteVerb(database, {
  verb: addShareVaults,
  async arrange(account) {
    const { share } = await accepted(account, await testAccount(database));
    const vaultIds = [(await makeTarget(database, account)).id, (await makeTarget(database, account)).id];
    await forgetAudit();
    return { shareId: share.id, vaultIds };
  },
  async check({ out, input }) {
    expect(out.vaults).toHaveLength(3);
    // Whoever accepted the share has accepted what is added to it.
    for (const id of input.vaultIds) expect(await grantsOf(id)).toHaveLength(1);
  },
  missing: (input) => ({ ...input, vaultIds: ['r-00000000000000000000'] }),
  audit: { resourceKind: 'resource_share', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: removeShareVault,
  async arrange(account) {
    const { share, vault } = await accepted(account, await testAccount(database));
    await forgetAudit();
    return { shareId: share.id, vaultId: vault.id };
  },
  async check({ out, input }) {
    expect(out.vaults).toEqual([]);
    expect(out.endedVaults).toMatchObject([{ id: input.vaultId, status: 'disassociated' }]);
    expect(await grantsOf(input.vaultId)).toEqual([]);
  },
  missing: (input) => ({ ...input, shareId: 'rs-nowhere' }),
  audit: { resourceKind: 'resource_share', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: removePrincipal,
  async arrange(account) {
    const recipient = await testAccount(database);
    const { share } = await accepted(account, recipient);
    await forgetAudit();
    return { shareId: share.id, type: 'account' as const, id: recipient.id };
  },
  async check({ out, input }) {
    expect(out.principals).toMatchObject([{ id: input.id, status: 'disassociated' }]);
    expect(await grantsOf(out.vaults[0]!.id)).toEqual([]);
    const [row] = await owner.select().from(invitations).where(eq(invitations.shareId, out.id));
    expect(row).toMatchObject({ status: 'cancelled', endedReason: 'removed' });
  },
  missing: (input) => ({ ...input, shareId: 'rs-nowhere' }),
  audit: { resourceKind: 'resource_share', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: renameResourceShare,
  async arrange(account) {
    const { share } = await accepted(account, await testAccount(database));
    await forgetAudit();
    return { id: share.id, name: 'another.name_2' };
  },
  async check({ out }) {
    expect(out.name).toBe('another.name_2');
    const rows = await owner.select().from(invitations).where(eq(invitations.shareId, out.id));
    expect(rows.map(({ shareName }) => shareName)).toEqual(['another.name_2']);
  },
  missing: (input) => ({ ...input, id: 'rs-nowhere' }),
  audit: { resourceKind: 'resource_share', resourceId: (out) => out.id },
});

describeWriteVerb(database, {
  verb: leaveShare,
  async arrange(account) {
    const { share } = await accepted(await testAccount(database), account);
    await forgetAudit();
    return { id: share.id, confirm: share.name };
  },
  async check({ out, account }) {
    expect(await grantsOf(out.vaults[0]!.id)).toEqual([]);
    expect((await listReceivedShares(account.as('auditor'), {})).items).toEqual([]);
    const history = (await listInvitations(account.as('auditor'), {})).items;
    expect(history).toMatchObject([{ status: 'cancelled', statusReason: expect.stringContaining('left') }]);
    expect(await kindsOf(out.owner.accountId)).toContain('share.left');
  },
  missing: (input) => ({ ...input, id: 'rs-nowhere' }),
  audit: { resourceKind: 'resource_share', resourceId: (out) => out.id },
});

describe('associations', () => {
  test('more than five vaults at once, a name twice and the wrong characters are refused', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    const [one, two] = [await accepted(sharer, recipient), await accepted(sharer, recipient)];
    const ctx = sharer.as('administrator');
    const six = ['1', '2', '3', '4', '5', '6'].map((n) => `r-0000000000000000000${n}`);
    await expect(addShareVaults(ctx, { shareId: one.share.id, vaultIds: six })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { vaultIds: expect.stringContaining('5 vaults') },
    });
    await expect(renameResourceShare(ctx, { id: one.share.id, name: two.share.name })).rejects.toMatchObject({
      code: 'already_exists',
    });
    for (const name of ['', 'with space', 'x'.repeat(51)]) {
      await expect(renameResourceShare(ctx, { id: one.share.id, name })).rejects.toMatchObject({
        code: 'invalid_input',
        fields: { name: expect.any(String) },
      });
    }
  });

  test('are disassociating until the engine has put down what it was copying', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    const { vault, share } = await accepted(sharer, recipient);
    const ctx = sharer.as('administrator');
    const source = await makeVault(owner, { accountId: recipient.id, resourceGroupId: recipient.groupId });
    const { replication } = await makeReplication(owner, { source, target: vault });
    expect((await previewLeave(recipient.as('administrator'), { id: share.id })).pausing).toMatchObject([
      { id: replication.id, source: { vaultName: source.name }, target: { vaultName: vault.name } },
    ]);
    const removed = await removePrincipal(ctx, { shareId: share.id, type: 'account', id: recipient.id });
    expect(removed.principals).toMatchObject([{ status: 'disassociating' }]);
    await owner
      .update(replications)
      .set({ waitingReason: 'access_revoked' })
      .where(eq(replications.id, replication.id));
    expect((await getResourceShare(ctx, { id: share.id })).principals).toMatchObject([
      { status: 'disassociated' },
    ]);
  });

  test('a principal that is not part of the share cannot be removed, one inside the directory cannot leave', async () => {
    const { management, ctx, join } = await testDirectory(database);
    const member = await join();
    const vault = await makeTarget(database, management);
    const share = await shareVault(ctx, {
      mode: 'new',
      vaultId: vault.id,
      name: 'inside',
      principalScope: 'directory_only',
      principals: [{ type: 'account', id: member.id }],
    });
    await expect(
      removePrincipal(ctx, { shareId: share.id, type: 'account', id: '1000000000000000' }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      leaveShare(member.as('administrator'), { id: share.id, confirm: share.name }),
    ).rejects.toMatchObject({ code: 'not_eligible', reason: 'inside_the_directory' });
  });

  test('an acceptance that cannot be completed is written down as failed, with the reason, for both', async () => {
    const cases = [
      [
        'owner_inactive',
        (sharer: TestAccount) =>
          owner.update(accounts).set({ state: 'suspended' }).where(eq(accounts.accountId, sharer.id)),
      ],
      [
        'nothing_shared',
        (sharer: TestAccount) =>
          owner.execute(
            sql`update resource_share_vaults set disassociated_at = now() where account_id = ${sharer.id}`,
          ),
      ],
    ] as const;
    for (const [reason, happen] of cases) {
      const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
      const vault = await makeTarget(database, sharer);
      const share = await shareVault(sharer.as('administrator'), {
        mode: 'new',
        vaultId: vault.id,
        name: 'fails',
        principals: [{ type: 'account', id: recipient.id }],
      });
      const [invitation] = await owner.select().from(invitations).where(eq(invitations.shareId, share.id));
      await happen(sharer);
      const answered = await acceptInvitation(recipient.as('administrator'), { id: invitation!.id });
      expect(answered).toMatchObject({ status: 'failed', statusReason: expect.any(String), vaults: [] });
      const [row] = await owner.select().from(invitations).where(eq(invitations.id, invitation!.id));
      expect(row).toMatchObject({ status: 'failed', failureReason: reason });
      expect(await grantsOf(vault.id)).toEqual([]);
      expect(await kindsOf(sharer.id)).toContain('share.failed');
      await expect(
        acceptInvitation(recipient.as('administrator'), { id: invitation!.id }),
      ).rejects.toMatchObject({ reason: 'acceptance_failed' });
    }
  });
});

/** Invitations cannot be moved in time by anyone; the passing of time is made by letting the triggers look away. */
const moveTime = (statement: ReturnType<typeof sql>) =>
  owner.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(statement);
  });
const dueOf = async (kind: string, accountId: string) => {
  const duties = await inAccount(engine, accountId, (tx) => readDuties(tx, accountId));
  return duties.find((duty) => duty.kind === kind)?.dueMs ?? null;
};
const environment = { db: engine } as Parameters<typeof shareDuty.run>[0];
const days = 86_400_000;

describe('time', () => {
  test('warns both sides a day before an invitation expires, tells them when it has, once each', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    const vault = await makeTarget(database, sharer);
    const share = await shareVault(sharer.as('administrator'), {
      mode: 'new',
      vaultId: vault.id,
      name: 'slow',
      principals: [{ type: 'account', id: recipient.id }],
    });
    const rowOf = async () =>
      (await owner.select().from(invitations).where(eq(invitations.shareId, share.id)))[0]!;
    expect(await dueOf('resource_shares', sharer.id)).toBeGreaterThan(5.9 * days);
    expect(await dueOf('resource_shares', sharer.id)).toBeLessThanOrEqual(6 * days);
    await shareDuty.run(environment, sharer.id);
    expect((await rowOf()).warnedAt).toBeNull();

    await moveTime(
      sql`update invitations set expires_at = now() + interval '23 hours' where share_id = ${share.id}`,
    );
    for (let turn = 0; turn < 2; turn += 1) await shareDuty.run(environment, sharer.id);
    for (const side of [sharer, recipient]) {
      expect((await kindsOf(side.id)).filter((kind) => kind === 'share.expiring')).toHaveLength(1);
    }
    expect(await dueOf('resource_shares', sharer.id)).toBeGreaterThan(0.9 * days);

    await moveTime(sql`update invitations set expires_at = now() where share_id = ${share.id}`);
    for (let turn = 0; turn < 2; turn += 1) await shareDuty.run(environment, sharer.id);
    expect((await rowOf()).status).toBe('expired');
    for (const side of [sharer, recipient]) {
      expect((await kindsOf(side.id)).filter((kind) => kind === 'share.expired')).toHaveLength(1);
    }
    expect(await dueOf('resource_shares', sharer.id)).toBeNull();
  });

  test('forgets what ended after 96 hours, and not before', async () => {
    const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
    const { share } = await accepted(sharer, recipient);
    const ctx = sharer.as('administrator');
    await removePrincipal(ctx, { shareId: share.id, type: 'account', id: recipient.id });
    const end = (hours: number) =>
      moveTime(sql`update resource_share_principals set disassociated_at = now() - make_interval(hours => ${hours})
        where share_id = ${share.id}`);
    await end(95);
    await shareDuty.run(environment, sharer.id);
    expect((await getResourceShare(ctx, { id: share.id })).principals).toHaveLength(1);
    await end(96);
    expect(await dueOf('resource_shares', sharer.id)).toBeLessThanOrEqual(0);
    await shareDuty.run(environment, sharer.id);
    expect((await getResourceShare(ctx, { id: share.id })).principals).toEqual([]);
  });

  test('runs for invitations into a directory as well, after fourteen days', async () => {
    const { management, ctx } = await testDirectory(database);
    const invitee = await testAccount(database);
    const { id } = await inviteMember(ctx, { accountId: invitee.id });
    expect(await dueOf('directory', management.id)).toBeGreaterThan(12.9 * days);
    await moveTime(
      sql`update directory_invitations set expires_at = now() + interval '1 hour' where id = ${id}`,
    );
    await directoryDuty.run(environment, management.id);
    expect(await kindsOf(invitee.id)).toContain('directory.expiring');
    await moveTime(sql`update directory_invitations set expires_at = now() where id = ${id}`);
    await directoryDuty.run(environment, management.id);
    expect((await directoryInvitationOf(database, id))?.status).toBe('expired');
    for (const side of [management, invitee]) expect(await kindsOf(side.id)).toContain('directory.expired');
    const told = await owner
      .select()
      .from(notifications)
      .where(and(eq(notifications.accountId, invitee.id), eq(notifications.kind, 'directory.expired')));
    expect(told).toHaveLength(1);
  });
});
