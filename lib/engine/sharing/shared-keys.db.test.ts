import { eq, sql } from 'drizzle-orm';
import { describe, expect, it, test } from 'vitest';
import { inAccount } from '@/db/client';
import { kmsKeys, notifications } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { checkShareProject, listReceivedBackupShares } from '@/lib/backup-shares';
import { noise } from '@/lib/engine/core/test-bytes';
import { type Files, hashesOf, readPoint } from '@/lib/engine/transfer/test-world';
import { createKeyGrant, retireKeyGrant } from '@/lib/key-grants';
import { findKeyAccess } from '@/lib/key-grants/rules';
import {
  acceptInvitation,
  addShareKeys,
  deleteResourceShare,
  leaveShare,
  listInvitations,
  previewLeave,
  previewShareChange,
  removePrincipal,
  removeShareKey,
  shareKey,
} from '@/lib/resource-shares';
import { testDirectory } from '@/lib/testing/directory';
import { waitUntilBlocked } from '@/lib/testing/wait-until-blocked';
import { testAccount } from '@/lib/testing/world';
import { BackupCopier } from './backup-copier';
import {
  accept,
  backUpDisk,
  copyOf,
  makeSharingWorld,
  pointOf,
  projectOf,
  share,
  tickWell,
  vaultOf,
} from './test-sharing';

const database = await testDatabase();
const { owner } = database;
const files: Files = { 'disk-0.raw': noise(600_000, 1) };
let made = 0;

/** A backup under a key, and a resource share that holds the key and invites the recipient. */
async function arrange({ isAccepted = true } = {}) {
  const world = await makeSharingWorld(database, { kms: true });
  const keyId = (await vaultOf(world, world.source.vaultId)).kmsKeyId!;
  const ctx = world.sharer.as('administrator');
  const resourceShare = await shareKey(ctx, {
    mode: 'new',
    keyId,
    name: `keys-${++made}`,
    principals: [{ type: 'account', id: world.recipient.id }],
  });
  const take = async () => {
    const { items } = await listInvitations(world.recipient.as('auditor'), {});
    const open = items.find(({ status }) => status === 'pending')!;
    await acceptInvitation(world.recipient.as('administrator'), { id: open.id });
  };
  if (isAccepted) await take();
  return { world, keyId, ctx, resourceShare, take, pointId: await backUpDisk(world, files) };
}
const kindsTold = async (accountId: string) =>
  (await owner.select().from(notifications).where(eq(notifications.accountId, accountId))).map(
    ({ kind }) => kind,
  );
/** Copies as far as the bytes go, and not to the end. */
async function copyHalf({
  world,
  shareId,
}: {
  world: Awaited<ReturnType<typeof arrange>>['world'];
  shareId: string;
}) {
  const copier = new BackupCopier(world.environment, world.recipient.id);
  while ((await copyOf(world, shareId))!.bytesDone < 590_000 && (await copier.step())) {}
  return copier;
}

describe('a backup whose key is shared by a resource share', () => {
  it('is refused until the invitation is accepted, and says which one is waited for', async () => {
    const { world, ctx, keyId, resourceShare, pointId, take } = await arrange({ isAccepted: false });
    const projectId = await projectOf(world.recipient);
    await expect(share(world, pointId)).rejects.toMatchObject({ reason: 'BackupService.6709' });
    const check = () => checkShareProject(ctx, { pointId, projectId });
    expect((await check()).missingKeys).toMatchObject([
      { id: keyId, awaitedShare: { id: resourceShare.id, name: resourceShare.name } },
    ]);
    await take();
    expect((await check()).missingKeys).toEqual([]);
    await share(world, pointId);
  });

  it('is copied byte for byte, and stays readable when the share is deleted and the key disabled', async () => {
    const { world, ctx, keyId, resourceShare, pointId } = await arrange();
    const copyId = await accept(world, await share(world, pointId));
    await tickWell(world, world.recipient);
    await deleteResourceShare(ctx, { id: resourceShare.id, confirm: resourceShare.name });
    await owner.update(kmsKeys).set({ state: 'disabled' }).where(eq(kmsKeys.id, keyId));
    expect(await readPoint(world, world.target, copyId)).toEqual(hashesOf(files));
  });

  it('is not accepted while its key was taken back, and is when it is shared again', async () => {
    const { world, ctx, keyId, resourceShare, pointId } = await arrange();
    const shareId = await share(world, pointId);
    await removeShareKey(ctx, { shareId: resourceShare.id, keyId });
    await expect(accept(world, shareId)).rejects.toMatchObject({ reason: 'BackupService.6709' });
    const { items } = await listReceivedBackupShares(world.recipient.as('auditor'), {});
    expect(items).toMatchObject([{ id: shareId, isKeyMissing: true }]);
    const past = inAccount(database.app, world.recipient.id, (tx) =>
      tx.execute<{ refusal: string }>(
        sql`select accept_backup_share(${shareId}, ${world.target.vaultId}, 's-00000000000000000000', 'u') as refusal`,
      ),
    );
    expect((await past)[0]!.refusal).toBe('6709');
    await addShareKeys(ctx, { shareId: resourceShare.id, keyIds: [keyId] });
    await accept(world, shareId);
  });

  type World = Awaited<ReturnType<typeof arrange>>;
  const ways: [string, (made: World) => Promise<unknown>][] = [
    [
      'the key is taken out',
      ({ ctx, keyId, resourceShare: { id } }) => removeShareKey(ctx, { shareId: id, keyId }),
    ],
    [
      'the recipient is removed',
      ({ ctx, world, resourceShare: { id } }) =>
        removePrincipal(ctx, { shareId: id, type: 'account', id: world.recipient.id }),
    ],
    [
      'the recipient leaves',
      ({ world, resourceShare: { id, name } }) =>
        leaveShare(world.recipient.as('administrator'), { id, confirm: name }),
    ],
    [
      'the share is deleted',
      ({ ctx, resourceShare: { id, name } }) => deleteResourceShare(ctx, { id, confirm: name }),
    ],
  ];
  test.each(ways)(
    'stands still half copied when %s, both sides hear of it, and it goes on with a grant',
    async (_, end) => {
      const arranged = await arrange();
      const { world, ctx, keyId, pointId } = arranged;
      const shareId = await share(world, pointId);
      const copyId = await accept(world, shareId);
      const copier = await copyHalf({ world, shareId });
      await end(arranged);
      await copier.step();
      expect(await copyOf(world, shareId)).toMatchObject({
        state: 'copying',
        waitingReason: 'key_not_shared',
      });
      for (const side of [world.sharer, world.recipient])
        expect((await kindsTold(side.id)).filter((kind) => kind === 'share.key_lost')).toHaveLength(1);
      await tickWell(world, world.recipient);
      expect(await pointOf(world, copyId)).toBeUndefined();
      await createKeyGrant(ctx, { keyId, grantee: world.recipient.id });
      await tickWell(world, world.recipient);
      expect(await readPoint(world, world.target, copyId)).toEqual(hashesOf(files));
    },
  );

  it('tells beforehand which shared backups a change would make wait, and changes nothing by telling', async () => {
    const { world, ctx, keyId, resourceShare, pointId } = await arrange();
    const id = resourceShare.id;
    const preview = () => previewShareChange(ctx, { id, keyId });
    expect((await preview()).stalling).toEqual([]);
    const shareId = await share(world, pointId);
    const stalling = [{ id: shareId, recipient: { accountId: world.recipient.id } }];
    expect(await preview()).toMatchObject({ pausing: [], stalling });
    expect(await previewShareChange(ctx, { id })).toMatchObject({ stalling });
    expect(await previewLeave(world.recipient.as('auditor'), { id })).toMatchObject({ stalling });
    await createKeyGrant(ctx, { keyId, grantee: world.recipient.id });
    expect((await preview()).stalling).toEqual([]);
    await accept(world, shareId);
  });

  it('becomes visible only before the key is taken back: whoever comes second finds it taken', async () => {
    const { world, keyId, resourceShare, pointId } = await arrange();
    const shareId = await share(world, pointId);
    const copyId = await accept(world, shareId);
    const copier = await copyHalf({ world, shareId });
    // The engine's own look at the key passes while the removal is not committed; its commit waits for it.
    let copied: Promise<void> | null = null;
    await owner.transaction(async (tx) => {
      await tx.execute(sql`update resource_share_keys set disassociated_at = now()
        where share_id = ${resourceShare.id} and key_id = ${keyId}`);
      copied = (async () => {
        while ((await copyOf(world, shareId))!.waitingReason === null && (await copier.step())) {}
      })();
      await waitUntilBlocked(owner);
    });
    await copied;
    expect(await pointOf(world, copyId)).toBeUndefined();
    expect(await copyOf(world, shareId)).toMatchObject({ waitingReason: 'key_not_shared' });
  });

  it('inside a directory needs nothing accepted, and waits when the member is removed', async () => {
    const world = await makeSharingWorld(database, { kms: true });
    const keyId = (await vaultOf(world, world.source.vaultId)).kmsKeyId!;
    const { join, ctx } = await testDirectory(database, { management: world.sharer });
    await join(undefined, world.recipient);
    await shareKey(ctx, {
      mode: 'new',
      keyId,
      name: `keys-${++made}`,
      principalScope: 'directory_only',
      principals: [{ type: 'account', id: world.recipient.id }],
    });
    const copyId = await accept(world, await share(world, await backUpDisk(world, files)));
    await tickWell(world, world.recipient);
    expect(await readPoint(world, world.target, copyId)).toEqual(hashesOf(files));
  });
});

it('the database and the rule give the same answer to whether a key is shared with a project', async () => {
  const [account, other, third] = [
    await testAccount(database),
    await testAccount(database),
    await testAccount(database),
  ];
  const world = await makeSharingWorld(database, { kms: true });
  const keyId = (await vaultOf(world, world.source.vaultId)).kmsKeyId!;
  const ctx = world.sharer.as('administrator');
  const projects = new Map<string, string[]>();
  for (const one of [account, other, third])
    projects.set(one.id, [await projectOf(one), await projectOf(one, 'cn-shanghai')]);
  const ways: Parameters<typeof findKeyAccess>[0] = { grants: [], shares: [] };
  const agree = async () => {
    const seen = new Set<string>();
    for (const [accountId, ids] of projects) {
      for (const projectId of ids) {
        const expected = findKeyAccess(ways, { keyId, accountId, projectId });
        const [answer] = await owner.execute<{ is_shared: boolean }>(
          sql`select reaches_project(${keyId}, ${accountId}, ${projectId}) as is_shared`,
        );
        expect([projectId, answer!.is_shared]).toEqual([projectId, expected !== null]);
        seen.add(String(expected));
      }
    }
    return [...seen].sort();
  };
  expect(await agree()).toEqual(['null']);
  const [project] = projects.get(account.id)!;
  const toProject = await createKeyGrant(ctx, { keyId, grantee: project! });
  ways.grants = [toProject];
  expect(await agree()).toEqual(['grant', 'null']);
  const resourceShare = await shareKey(ctx, {
    mode: 'new',
    keyId,
    name: `keys-${++made}`,
    principals: [account, other].map(({ id }) => ({ type: 'account' as const, id })),
  });
  expect(await agree()).toEqual(['grant', 'null']);
  for (const one of [account, other]) {
    const [invitation] = (await listInvitations(one.as('auditor'), {})).items;
    await acceptInvitation(one.as('administrator'), { id: invitation!.id });
  }
  ways.shares = [{ keyIds: [keyId], reachedAccountIds: [account.id, other.id] }];
  expect(await agree()).toEqual(['grant', 'null', 'resource_share']);
  ways.grants = [await retireKeyGrant(ctx, { id: toProject.id })];
  expect(await agree()).toEqual(['null', 'resource_share']);
  await removePrincipal(ctx, { shareId: resourceShare.id, type: 'account', id: other.id });
  ways.shares = [{ keyIds: [keyId], reachedAccountIds: [account.id] }];
  expect(await agree()).toEqual(['null', 'resource_share']);
  await removeShareKey(ctx, { shareId: resourceShare.id, keyId });
  ways.shares = [{ keyIds: [], reachedAccountIds: [account.id] }];
  expect(await agree()).toEqual(['null']);
});
