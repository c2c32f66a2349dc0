import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { backupPoints, backupShares, images, notifications } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { deleteBackupPoint } from '@/lib/backup-points';
import { tick } from '@/lib/engine/transfer/test-world';
import { testEnvironment } from '@/lib/engine/vaults/test-environment';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { waitUntilBlocked } from '@/lib/testing/wait-until-blocked';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import {
  acceptBackupShare,
  cancelBackupShare,
  checkShareProject,
  listBackupShares,
  listReceivedBackupShares,
  listVaultCandidates,
  rejectBackupShare,
  shareBackup,
  stopCancelRetry,
} from '.';
import { BackupShare, ReceivedBackupShare } from './schemas';
import { sharingFixtures } from './test-shares';

const database = await testDatabase();
const { owner, app, engine } = database;
const {
  makeDiskVault,
  makeBackup,
  projectOf,
  arrangeShare,
  accept,
  arrive,
  registerImage,
  shareOf,
  vaultRow,
} = sharingFixtures(database);
const nowhere = 'bs-00000000000000000000';
const inRecipient = async (account: TestAccount) =>
  (await arrangeShare(await testAccount(database), account)).share.id;

describeWriteVerb(database, {
  verb: shareBackup,
  arrange: async (account) => ({
    pointId: (await makeBackup(account)).id,
    projectIds: [await projectOf(await testAccount(database))],
  }),
  check: async ({ out, input }) => {
    expect(await shareOf(out.items[0]!.id)).toMatchObject({
      state: 'pending',
      slot: 1,
      pointId: input.pointId,
    });
    expect(out.items.map((item) => BackupShare.parse(item))).toEqual(out.items);
  },
  missing: (input) => ({ ...input, pointId: 's-00000000000000000000' }),
  audit: { resourceKind: 'backup_point', resourceId: (_out, input) => input.pointId },
});

describeWriteVerb(database, {
  verb: acceptBackupShare,
  arrange: async (account) => ({
    id: await inRecipient(account),
    vaultId: (await makeDiskVault(account)).id,
  }),
  check: async ({ out, input }) => {
    expect(await shareOf(input.id)).toMatchObject({ state: 'copying' });
    expect((await vaultRow(input.vaultId)).reservedBytes).toBe(1_048_576);
    expect(ReceivedBackupShare.parse(out)).toEqual(out);
  },
  missing: (input) => ({ ...input, id: nowhere }),
  audit: { resourceKind: 'backup_share', resourceId: (_out, input) => input.id },
});

describeWriteVerb(database, {
  verb: rejectBackupShare,
  arrange: async (account) => ({ id: await inRecipient(account) }),
  check: async ({ input }) =>
    expect(await shareOf(input.id)).toMatchObject({ state: 'rejected', slot: null, endedBy: 'recipient' }),
  missing: () => ({ id: nowhere }),
  audit: { resourceKind: 'backup_share', resourceId: (_out, input) => input.id },
});

describeWriteVerb(database, {
  verb: cancelBackupShare,
  arrange: async (account) => {
    const { share } = await arrangeShare(account);
    return { id: share.id };
  },
  check: async ({ input }) =>
    expect(await shareOf(input.id)).toMatchObject({ state: 'cancelled', slot: null, endedBy: 'sharer' }),
  missing: () => ({ id: nowhere }),
  audit: { resourceKind: 'backup_share', resourceId: (_out, input) => input.id },
});

describeWriteVerb(database, {
  verb: stopCancelRetry,
  arrange: async (account) => {
    const { share } = await arrangeShare(account);
    await owner.execute(sql`update backup_shares set state = 'accepted', cancel_wanted_at = now(), cancel_wanted_by = 'u'
      where id = ${share.id}`);
    return { id: share.id };
  },
  check: async ({ input }) => expect(await shareOf(input.id)).toMatchObject({ cancelWantedAt: null }),
  missing: () => ({ id: nowhere }),
  audit: { resourceKind: 'backup_share', resourceId: (_out, input) => input.id },
});

describe('sharing a backup', () => {
  test('is all or nothing, at the field of the project that it fails for, with its number', async () => {
    const [sharer, one, two] = [
      await testAccount(database),
      await testAccount(database),
      await testAccount(database),
    ];
    const { id: pointId } = await makeBackup(sharer);
    const ctx = sharer.as('administrator');
    const good = await projectOf(one);
    const refused = async (projectId: string) =>
      shareBackup(ctx, { pointId, projectIds: [good, projectId] }).then(
        () => null,
        (error) => ({ reason: error.reason, field: Object.keys(error.fields ?? {})[0] }),
      );
    expect(await refused('f'.repeat(32))).toEqual({ reason: 'BackupService.6704', field: 'projectIds.1' });
    expect(await refused(await projectOf(sharer))).toEqual({
      reason: 'BackupService.6707',
      field: 'projectIds.1',
    });
    expect(await refused(await projectOf(two, 'eu-west-1'))).toEqual({
      reason: 'BackupService.6704',
      field: 'projectIds.1',
    });
    expect((await listBackupShares(ctx, { pointId })).items).toEqual([]);
    await shareBackup(ctx, { pointId, projectIds: [good] });
    await expect(shareBackup(ctx, { pointId, projectIds: [good] })).rejects.toMatchObject({
      reason: 'BackupService.6703',
      fields: { 'projectIds.0': expect.any(String) },
    });
  });

  test('ends at ten projects, also when two ask at the same time for the last place', async () => {
    const sharer = await testAccount(database);
    const { id: pointId } = await makeBackup(sharer);
    const projects = await Promise.all(
      Array.from({ length: 12 }, async () => projectOf(await testAccount(database))),
    );
    const ctx = sharer.as('administrator');
    await shareBackup(ctx, { pointId, projectIds: projects.slice(0, 9) });
    const answers = await Promise.allSettled(
      projects.slice(9).map((projectId) => shareBackup(ctx, { pointId, projectIds: [projectId] })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ reason: 'BackupService.6701' });
    const { items } = await listBackupShares(ctx, { pointId });
    expect(items).toHaveLength(10);
    await cancelBackupShare(ctx, { id: items[3]!.id });
    const projectIds = [await projectOf(await testAccount(database))];
    await expect(shareBackup(ctx, { pointId, projectIds })).resolves.toBeDefined();
  });

  test('is refused for other sources, for what is being deleted and for what was shared itself', async () => {
    const sharer = await testAccount(database);
    const ctx = sharer.as('administrator');
    const projectIds = [await projectOf(await testAccount(database))];
    const files = await makeBackup(sharer, {
      sourceKind: 'local_file',
      vaultId: (await makeDiskVault(sharer, { kind: 'standard', capacityBytes: null })).id,
    });
    await expect(shareBackup(ctx, { pointId: files.id, projectIds })).rejects.toMatchObject({
      reason: 'BackupService.6700',
    });
    const leaving = await makeBackup(sharer, { status: 'deleting' });
    await expect(shareBackup(ctx, { pointId: leaving.id, projectIds })).rejects.toMatchObject({
      reason: 'BackupService.6702',
    });
    const { recipient, share } = await arrangeShare(sharer);
    await accept(recipient, share.id);
    const copy = await arrive(share.id);
    await expect(
      shareBackup(recipient.as('administrator'), { pointId: copy.id, projectIds }),
    ).rejects.toMatchObject({ reason: 'BackupService.6714' });
  });

  test('is refused in a region that the operator takes sharing from, the acceptance too', async () => {
    const [sharer, other] = [await testAccount(database), await testAccount(database)];
    const region = 'eu-west-1';
    const { id: vaultId } = await makeDiskVault(sharer, { region });
    const { id: pointId } = await makeBackup(sharer, { vaultId });
    const projectIds = [await projectOf(other, region)];
    const ctx = sharer.as('administrator');
    const offer = () => shareBackup(ctx, { pointId, projectIds });
    const [share] = (await offer()).items;
    await owner.execute(sql`insert into region_offers values (${region}, true, false)`);
    try {
      const into = (await makeDiskVault(other, { region })).id;
      const answer = acceptBackupShare(other.as('administrator'), { id: share!.id, vaultId: into });
      await expect(answer).rejects.toMatchObject({ reason: 'BackupService.6707' });
      await cancelBackupShare(ctx, { id: share!.id });
      await expect(offer()).rejects.toMatchObject({ reason: 'BackupService.6707' });
    } finally {
      await owner.execute(sql`delete from region_offers where region = ${region}`);
    }
    await expect(offer()).resolves.toBeDefined();
  });

  test('ends at 500 open shares of an account', async () => {
    const sharer = await testAccount(database);
    const ctx = sharer.as('administrator');
    const projectIds = [await projectOf(await testAccount(database))];
    const [first, second] = [await makeBackup(sharer), await makeBackup(sharer)];
    const { items } = await shareBackup(ctx, { pointId: first.id, projectIds });
    await owner.execute(
      sql`update quota_counters set used = 500 where account_id = ${sharer.id} and name = 'backup_shares'`,
    );
    const offer = () => shareBackup(ctx, { pointId: second.id, projectIds });
    await expect(offer()).rejects.toMatchObject({ code: 'quota_exceeded', reason: 'backup_shares' });
    await cancelBackupShare(ctx, { id: items[0]!.id });
    await expect(offer()).resolves.toBeDefined();
  });

  test('checks a project before it is added, and names the keys that have to be shared first', async () => {
    const [sharer, other] = [await testAccount(database), await testAccount(database)];
    const { id: pointId } = await makeBackup(sharer);
    const projectId = await projectOf(other);
    const ctx = sharer.as('administrator');
    expect(await checkShareProject(ctx, { pointId, projectId })).toEqual({
      projectId,
      account: { id: other.id, name: other.name },
      missingKeys: [],
    });
    await expect(checkShareProject(ctx, { pointId, projectId: 'a'.repeat(32) })).rejects.toMatchObject({
      reason: 'BackupService.6704',
      fields: { projectId: expect.any(String) },
    });
  });
});

describe('the recipient', () => {
  test('sees what is offered and nothing of the sharer’s vault; a stranger sees nothing', async () => {
    const [sharer, stranger] = [await testAccount(database), await testAccount(database)];
    const { recipient, share, backup } = await arrangeShare(sharer);
    const { items } = await listReceivedBackupShares(recipient.as('auditor'), { region: 'cn-hangzhou' });
    expect(items).toMatchObject([
      {
        id: share.id,
        state: 'pending',
        sharer: { name: sharer.name },
        backup: { id: backup.id },
        copy: null,
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(backup.vaultId);
    expect((await listReceivedBackupShares(recipient.as('auditor'), { region: 'eu-west-1' })).items).toEqual(
      [],
    );
    expect((await listReceivedBackupShares(stranger.as('auditor'), {})).items).toEqual([]);
    for (const db of [app, engine]) {
      const seen = await inAccount(db, recipient.id, (tx) => tx.execute(sql`select * from backup_shares`));
      expect(seen).toHaveLength(0);
    }
  });

  test('is shown its vaults with the reason why one cannot be chosen, the fitting ones first', async () => {
    const { recipient, share } = await arrangeShare(await testAccount(database));
    await makeDiskVault(recipient, { name: 'a-small', capacityBytes: 1_048_576 });
    await makeDiskVault(recipient, { name: 'b-servers', kind: 'server_backup' });
    await makeDiskVault(recipient, { name: 'c-fits' });
    await makeDiskVault(recipient, { name: 'd-far', region: 'eu-west-1' });
    const { items } = await listVaultCandidates(recipient.as('auditor'), { id: share.id });
    expect(items.map(({ name, refusal }) => [name, refusal === null])).toEqual([
      ['c-fits', true],
      ['a-small', false],
      ['b-servers', false],
      ['d-far', false],
    ]);
    expect(items[1]!.refusal).toMatch(/larger than the backup/);
  });

  test('accepts only into a vault that fits, by rule and by the database', async () => {
    const { recipient, share } = await arrangeShare(await testAccount(database));
    const ctx = recipient.as('administrator');
    const vaultOf = async (given: Parameters<typeof makeDiskVault>[1]) =>
      (await makeDiskVault(recipient, given)).id;
    for (const [given, number] of [
      [{ capacityBytes: 1_048_576 }, 6101],
      [{ region: 'eu-west-1' }, 6105],
      [{ kind: 'server_backup' }, 6713],
      [{ status: 'initializing' }, 6712],
    ] as const) {
      const vaultId = await vaultOf(given);
      await expect(acceptBackupShare(ctx, { id: share.id, vaultId })).rejects.toMatchObject({
        reason: `BackupService.${number}`,
      });
      const [answer] = await inAccount(app, recipient.id, (tx) =>
        tx.execute<{ refusal: string }>(
          sql`select accept_backup_share(${share.id}, ${vaultId}, 's-x', 'u') as refusal`,
        ),
      );
      expect(answer!.refusal).toBe(String(number));
    }
    expect(await shareOf(share.id)).toMatchObject({ state: 'pending' });
  });

  test('accepts later what it rejected, if it is shared again', async () => {
    const sharer = await testAccount(database);
    const { recipient, share, backup } = await arrangeShare(sharer);
    await rejectBackupShare(recipient.as('administrator'), { id: share.id });
    await expect(accept(recipient, share.id)).rejects.toMatchObject({ reason: 'BackupService.6708' });
    const again = await shareBackup(sharer.as('administrator'), {
      pointId: backup.id,
      projectIds: [await projectOf(recipient)],
    });
    await expect(accept(recipient, again.items[0]!.id)).resolves.toBeDefined();
    const { items } = await listBackupShares(sharer.as('auditor'), { pointId: backup.id });
    expect(items.map(({ state }) => state)).toEqual(['copying', 'rejected']);
  });
});

describe('cancelling', () => {
  test('takes the copy away at once', async () => {
    const sharer = await testAccount(database);
    const { recipient, share } = await arrangeShare(sharer);
    const { vault } = await accept(recipient, share.id);
    const copy = await arrive(share.id);
    await cancelBackupShare(sharer.as('administrator'), { id: share.id });
    const [gone] = await owner.select().from(backupPoints).where(eq(backupPoints.id, copy.id));
    expect(gone?.status).toBe('deleting');
    expect(await vaultRow(vault.id)).toMatchObject({ pointCount: 0, reservedBytes: 0 });
    expect((await listBackupShares(sharer.as('auditor'), {})).items[0]).toMatchObject({ state: 'cancelled' });
  });

  test('fails while an image is registered from the copy, names it, and is tried again until the image is gone', async () => {
    const environment = await testEnvironment(database);
    const sharer = await testAccount(database);
    const { recipient, share } = await arrangeShare(sharer);
    await accept(recipient, share.id);
    const copy = await arrive(share.id);
    const imageId = await registerImage(recipient, copy.id);
    const ctx = sharer.as('administrator');
    await expect(cancelBackupShare(ctx, { id: share.id })).rejects.toMatchObject({
      code: 'state_conflict',
      reason: 'BackupService.6710',
      message: expect.stringContaining('golden'),
    });
    const waiting = await cancelBackupShare(ctx, { id: share.id, retry: true });
    expect(waiting).toMatchObject({
      state: 'accepted',
      holders: [{ imageId, imageName: 'golden' }],
      cancelWanted: { by: ctx.actor.name },
    });
    await tick({ environment }, sharer.id);
    expect(await shareOf(share.id)).toMatchObject({ state: 'accepted' });
    await owner.delete(images).where(eq(images.id, imageId));
    await tick({ environment }, sharer.id);
    expect(await shareOf(share.id)).toMatchObject({ state: 'cancelled', cancelWantedAt: null });
    const told = await owner.select().from(notifications).where(eq(notifications.accountId, sharer.id));
    expect(told.map(({ kind }) => kind)).toContain('share.backup_cancelled');
  });

  test('is tried again at once when the image goes while the wish is not committed yet', async () => {
    const sharer = await testAccount(database);
    const { recipient, share } = await arrangeShare(sharer);
    await accept(recipient, share.id);
    const imageId = await registerImage(recipient, (await arrive(share.id)).id);
    let removed: Promise<unknown> | null = null;
    await owner.transaction(async (tx) => {
      const wish = { cancelTriedAt: new Date(), cancelWantedAt: new Date(), cancelWantedBy: 'spec' };
      await tx.update(backupShares).set(wish).where(eq(backupShares.id, share.id));
      removed = owner.delete(images).where(eq(images.id, imageId)).execute();
      await waitUntilBlocked(owner);
    });
    await removed;
    expect(await shareOf(share.id)).toMatchObject({ cancelTriedAt: null });
    await tick({ environment: await testEnvironment(database) }, sharer.id);
    expect(await shareOf(share.id)).toMatchObject({ state: 'cancelled' });
  });

  test('and registering an image at the same time have one winner', async () => {
    const sharer = await testAccount(database);
    for (let round = 0; round < 8; round++) {
      const { recipient, share } = await arrangeShare(sharer);
      await accept(recipient, share.id);
      const copy = await arrive(share.id);
      const [cancelled, registered] = await Promise.allSettled([
        cancelBackupShare(sharer.as('administrator'), { id: share.id }),
        registerImage(recipient, copy.id),
      ]);
      expect([cancelled.status, registered.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    }
  });

  test('leaves images alone that the recipient made before, when the sharer deletes the backup itself', async () => {
    const sharer = await testAccount(database);
    const { recipient, share, backup } = await arrangeShare(sharer);
    await accept(recipient, share.id);
    const copy = await arrive(share.id);
    const imageId = await registerImage(recipient, copy.id);
    await deleteBackupPoint(sharer.as('administrator'), { id: backup.id, confirm: backup.id });
    expect(await shareOf(share.id)).toMatchObject({ state: 'deleted', endedBy: 'sharer' });
    expect(await owner.select().from(images).where(eq(images.id, imageId))).toHaveLength(1);
  });
});

describe('what ends a share besides', () => {
  test('the deletion of the sharer’s vault, by the cascade, and of the recipient’s vault on both its ways', async () => {
    const sharer = await testAccount(database);
    const arranged = await arrangeShare(sharer);
    await owner.execute(sql`update vaults set status = 'deleting' where id = ${arranged.backup.vaultId}`);
    expect(await shareOf(arranged.share.id)).toMatchObject({ state: 'deleted', endedBy: 'sharer' });
    const under = await arrangeShare(sharer);
    const { vault } = await accept(under.recipient, under.share.id);
    await owner.execute(sql`update vaults set status = 'deleting' where id = ${vault.id}`);
    expect(await shareOf(under.share.id)).toMatchObject({ state: 'failed', stateReason: 'vault_deleted' });
    const [again] = (await listReceivedBackupShares(under.recipient.as('auditor'), {})).items;
    expect(again!.stateReason).toMatch(/into another one/);
    const { vault: second } = await accept(under.recipient, under.share.id);
    await arrive(under.share.id);
    await owner.execute(sql`update vaults set status = 'deleting' where id = ${second.id}`);
    expect(await shareOf(under.share.id)).toMatchObject({ state: 'deleted', endedBy: 'recipient' });
  });

  test('the recipient’s own deletion of its copy, which frees the place', async () => {
    const sharer = await testAccount(database);
    const { recipient, share, backup } = await arrangeShare(sharer);
    await accept(recipient, share.id);
    const copy = await arrive(share.id);
    await deleteBackupPoint(recipient.as('administrator'), { id: copy.id, confirm: copy.id });
    expect(await shareOf(share.id)).toMatchObject({ state: 'deleted', endedBy: 'recipient', slot: null });
    expect((await owner.select().from(backupPoints).where(eq(backupPoints.id, backup.id)))[0]?.status).toBe(
      'visible',
    );
  });

  test('nothing else: no role writes a state, a place or a copy past the functions', async () => {
    const sharer = await testAccount(database);
    const { recipient, share } = await arrangeShare(sharer);
    for (const db of [app, engine])
      for (const [account, statement] of [
        [sharer, sql`update backup_shares set state = 'accepted'`],
        [sharer, sql`delete from backup_shares`],
        [recipient, sql`update received_backup_shares set state = 'accepted'`],
        [
          recipient,
          sql`insert into backup_copies (account_id, id, kind, source_vault_id, source_point_id,
          target_vault_id, target_point_id, size_bytes, created_by) values (${recipient.id}, ${share.id}, 'share', 'v',
          's', 'v', 's', 1, 'u')`,
        ],
        [recipient, sql`select end_backup_shares(array[${share.id}], 'cancelled', 'sharer', null)`],
      ] as const)
        await expect(inAccount(db, account.id, (tx) => tx.execute(statement))).rejects.toThrow();
  });
});
