import { eq } from 'drizzle-orm';
import { makeVault } from '@/db/factories';
import { directoryInvitations, quotaCounters } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import {
  acceptDirectoryInvitation,
  createFolder,
  enableDirectory,
  enableDirectorySharing,
  inviteMember,
} from '@/lib/directory';
import { type TestAccount, testAccount } from './world';

/** An account with a directory of its own, in which sharing is enabled unless told otherwise. */
export async function testDirectory(
  database: TestDatabase,
  { isSharingEnabled = true, management }: { isSharingEnabled?: boolean; management?: TestAccount } = {},
) {
  const account = management ?? (await testAccount(database));
  const ctx = account.as('administrator');
  const directory = await enableDirectory(ctx, {});
  if (isSharingEnabled) await enableDirectorySharing(ctx, {});
  const folder = async (name: string, parentId = directory.rootFolderId) =>
    (await createFolder(ctx, { parentId, name })).id;
  /** Invites an account, a new one unless given, and accepts for it. */
  const join = async (folderId?: string, given?: TestAccount) => {
    const member = given ?? (await testAccount(database));
    const { id } = await inviteMember(ctx, { accountId: member.id, folderId });
    await acceptDirectoryInvitation(member.as('administrator'), { id });
    return member;
  };
  return { management: account, ctx, directory, folder, join };
}

export async function makeTarget({ owner }: TestDatabase, account: TestAccount) {
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

export const directoryInvitationOf = async ({ owner }: TestDatabase, id: string) =>
  (await owner.select().from(directoryInvitations).where(eq(directoryInvitations.id, id)))[0];
