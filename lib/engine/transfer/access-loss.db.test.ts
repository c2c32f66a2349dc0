import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { inAccount } from '@/db/client';
import { backupPoints, grants, invitations, notifications, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { type Context, newId } from '@/lib/context';
import { moveMember, removeMember } from '@/lib/directory';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { makeVault, testEnvironment } from '@/lib/engine/vaults/test-environment';
import {
  acceptInvitation,
  deleteResourceShare,
  leaveShare,
  removePrincipal,
  removeShareVault,
  shareVault,
} from '@/lib/resource-shares';
import { testDirectory } from '@/lib/testing/directory';
import { waitUntilBlocked } from '@/lib/testing/wait-until-blocked';
import { testAccount } from '@/lib/testing/world';
import { Replicator } from './replicator';
import { backUp, type Files, replicationOf, startReplication, tick, type World } from './test-world';

const database = await testDatabase();
const { owner } = database;
const files: Files = { 'a/one.txt': prose(200_000, 1), 'b/two.bin': noise(300_000, 2) };

type Inside = Awaited<ReturnType<typeof testDirectory>>;
interface Arranged {
  world: World;
  shareId: string;
  shareName: string;
  inside: Inside;
  asOwner: Context;
  asSource: Context;
}

/** Two accounts with real vaults and a running replication, which rests on one share of this kind. */
async function arrange(kind: 'invitation' | 'account' | 'folder' | 'directory'): Promise<Arranged> {
  const environment = await testEnvironment(database);
  const [from, to] = [await testAccount(database), await testAccount(database)];
  const vaultOf = async (account: typeof from, given: { kind?: 'replication_target'; id?: string } = {}) => ({
    accountId: account.id,
    vaultId: await makeVault(
      environment,
      owner,
      { accountId: account.id, resourceGroupId: account.groupId },
      given,
    ),
  });
  const source = await vaultOf(from);
  const target = await vaultOf(to, { kind: 'replication_target', id: newId('r') });
  const inside = await testDirectory(database);
  const folderId = await inside.folder('units');
  if (kind !== 'invitation') {
    await inside.join(undefined, to);
    await inside.join(folderId, from);
  }
  const principal = {
    invitation: { type: 'account', id: from.id },
    account: { type: 'account', id: from.id },
    folder: { type: 'folder', id: folderId },
    directory: { type: 'directory', id: inside.directory.id },
  }[kind] as { type: 'account'; id: string };
  const asOwner = to.as('administrator');
  const asSource = from.as('administrator');
  const share = await shareVault(asOwner, {
    mode: 'new',
    vaultId: target.vaultId,
    name: 'copies',
    principals: [principal],
  });
  if (kind === 'invitation') {
    const [row] = await owner.select().from(invitations).where(eq(invitations.shareId, share.id));
    await acceptInvitation(asSource, { id: row!.id });
  }
  const world: World = { database, environment, source, target, replicationId: '' };
  world.replicationId = await startReplication(world);
  return { world, shareId: share.id, shareName: share.name, inside, asOwner, asSource };
}

const sourceOf = ({ world }: Arranged) => world.source.accountId;
const nameOf = async (accountId: string) => {
  const [row] = await owner.execute<{ name: string }>(
    sql`select name from accounts where account_id = ${accountId}`,
  );
  return row!.name;
};

/** Every way in which access can end, by the verb that a person calls. */
const ways: [string, Parameters<typeof arrange>[0], (arranged: Arranged) => Promise<unknown>][] = [
  [
    'its account is removed from the share',
    'invitation',
    (at) => removePrincipal(at.asOwner, { shareId: at.shareId, type: 'account', id: sourceOf(at) }),
  ],
  [
    'its account, inside the directory, is removed from the share',
    'account',
    (at) => removePrincipal(at.asOwner, { shareId: at.shareId, type: 'account', id: sourceOf(at) }),
  ],
  [
    'the directory is removed from the share',
    'directory',
    (at) =>
      removePrincipal(at.asOwner, { shareId: at.shareId, type: 'directory', id: at.inside.directory.id }),
  ],
  [
    'the vault is taken out of the share',
    'invitation',
    (at) => removeShareVault(at.asOwner, { shareId: at.shareId, vaultId: at.world.target.vaultId }),
  ],
  [
    'the share is deleted',
    'invitation',
    (at) => deleteResourceShare(at.asOwner, { id: at.shareId, confirm: at.shareName }),
  ],
  [
    'its account leaves the share',
    'invitation',
    (at) => leaveShare(at.asSource, { id: at.shareId, confirm: at.shareName }),
  ],
  [
    'its account is moved to another folder',
    'folder',
    (at) =>
      moveMember(at.inside.ctx, { accountId: sourceOf(at), folderId: at.inside.directory.rootFolderId }),
  ],
  [
    'its account is removed from the directory',
    'directory',
    async (at) =>
      removeMember(at.inside.ctx, { accountId: sourceOf(at), confirm: await nameOf(sourceOf(at)) }),
  ],
  [
    'the owner of the target is removed from the directory',
    'folder',
    async (at) => {
      const accountId = at.world.target.accountId;
      return removeMember(at.inside.ctx, { accountId, confirm: await nameOf(accountId) });
    },
  ],
];

const visibleCopies = ({ target }: World) =>
  owner
    .select()
    .from(backupPoints)
    .where(and(eq(backupPoints.vaultId, target.vaultId), eq(backupPoints.status, 'visible')));
const headOf = async ({ target }: World) =>
  (await owner.select().from(vaults).where(eq(vaults.id, target.vaultId)))[0]!.head;

describe('nothing new becomes visible at the target after the change has committed, when', () => {
  it.each(ways)('%s between the copy of the bytes and the commit of the point', async (_title, kind, end) => {
    const arranged = await arrange(kind);
    const { world } = arranged;
    await backUp(world, world.source, files);
    const replicator = new Replicator(world.environment, world.target.accountId, world.replicationId);
    await replicator.review();
    // All bytes are copied; the next step puts the manifest and commits.
    for (let step = 0; step < 2; step += 1) await replicator.step();
    expect(replicator.isCopying).toBe(true);
    expect(await visibleCopies(world)).toEqual([]);
    await end(arranged);
    const head = await headOf(world);
    while (replicator.isCopying) await replicator.step().catch(() => {});
    await replicator.drop();
    expect(await visibleCopies(world)).toEqual([]);
    expect(await headOf(world)).toBe(head);
    expect(await replicationOf(world)).toMatchObject({ state: 'active', waitingReason: 'access_revoked' });
    const told = await owner
      .select()
      .from(notifications)
      .where(eq(notifications.kind, 'replication.access_lost'));
    for (const { accountId } of [world.source, world.target]) {
      expect(told.filter((notice) => notice.accountId === accountId)).toHaveLength(1);
    }
  });
});

describe('a commit that is under way when access ends', () => {
  it.each(ways)(
    'is waited for when %s: the point is before the end, and nothing is after it',
    async (_t, kind, end) => {
      const arranged = await arrange(kind);
      const { world } = arranged;
      const order: string[] = [];
      let hasBegun = () => {};
      const begun = new Promise<void>((resolve) => {
        hasBegun = resolve;
      });
      // What `commitPoint` holds while it decides: the grant, until the transaction ends.
      const committing = inAccount(database.engine, world.target.accountId, async (tx) => {
        await tx
          .select({ vaultId: grants.vaultId })
          .from(grants)
          .where(eq(grants.vaultId, world.target.vaultId))
          .for('share');
        hasBegun();
        await waitUntilBlocked(owner);
        order.push('point');
      });
      await begun;
      const ending = end(arranged).then(() => order.push('end'));
      await Promise.all([committing, ending]);
      expect(order).toEqual(['point', 'end']);
      expect(await owner.select().from(grants).where(eq(grants.vaultId, world.target.vaultId))).toEqual([]);
    },
  );
});

it('access that comes back lets the replication go on by itself', async () => {
  const arranged = await arrange('folder');
  const { world, inside } = arranged;
  await backUp(world, world.source, files);
  const units = await folderOf(inside);
  await moveMember(inside.ctx, { accountId: sourceOf(arranged), folderId: inside.directory.rootFolderId });
  await tick(world, world.target.accountId);
  expect((await replicationOf(world)).waitingReason).toBe('access_revoked');
  await moveMember(inside.ctx, { accountId: sourceOf(arranged), folderId: units });
  await tick(world, world.target.accountId);
  expect(await visibleCopies(world)).toHaveLength(1);
  expect((await replicationOf(world)).waitingReason).toBeNull();
});

async function folderOf({ directory }: Inside): Promise<string> {
  const [row] = await owner.execute<{ id: string }>(
    sql`select id from directory_folders where directory_id = ${directory.id} and name = 'units'`,
  );
  return row!.id;
}
