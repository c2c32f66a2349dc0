import { eq, sql } from 'drizzle-orm';
import { makeBackupPoint, makeVault } from '@/db/factories';
import { backupPoints, backupShares, images, vaults } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { listProjects } from '@/lib/projects';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { acceptBackupShare } from '.';

/** Accounts, vaults and backups of disks whose bytes do not exist: the control plane of sharing. */
export function sharingFixtures(database: TestDatabase) {
  const { owner } = database;
  const makeDiskVault = (account: TestAccount, given: Partial<typeof vaults.$inferInsert> = {}) =>
    makeVault(owner, {
      accountId: account.id,
      resourceGroupId: account.groupId,
      kind: 'disk_backup',
      ...given,
    });
  const makeBackup = async (account: TestAccount, given: Partial<typeof backupPoints.$inferInsert> = {}) => {
    const vaultId = given.vaultId ?? (await makeDiskVault(account)).id;
    return makeBackupPoint(owner, { accountId: account.id, sourceKind: 'disk', ...given, vaultId });
  };
  const projectOf = async (account: TestAccount, region = 'cn-hangzhou') =>
    (await listProjects(account.as('auditor'), {})).items.find((project) => project.region === region)!.id;
  const arrangeShare = async (sharer: TestAccount, given?: TestAccount) => {
    const recipient = given ?? (await testAccount(database));
    const backup = await makeBackup(sharer);
    // Past the verb, so that no audit row is left in the sharer's account.
    const [share] = await owner
      .insert(backupShares)
      .values({
        accountId: sharer.id,
        id: newId('bs'),
        pointId: backup.id,
        vaultId: '',
        recipientAccountId: recipient.id,
        recipientProjectId: await projectOf(recipient),
        createdBy: 'u',
      })
      .returning();
    return { recipient, backup, share: share! };
  };
  const accept = async (recipient: TestAccount, id: string) => {
    const vault = await makeDiskVault(recipient);
    const accepted = await acceptBackupShare(recipient.as('administrator'), { id, vaultId: vault.id });
    return { vault, accepted };
  };
  /** As the engine's commit leaves it, without the bytes. */
  const arrive = async (id: string) => {
    const [share] = await owner.select().from(backupShares).where(eq(backupShares.id, id));
    const [original] = await owner.select().from(backupPoints).where(eq(backupPoints.id, share!.pointId));
    const [copy] = await owner.execute<{ target_vault_id: string; target_point_id: string }>(
      sql`select target_vault_id, target_point_id from backup_copies where id = ${id}`,
    );
    const { spaceNo: _, lineageId: __, ...kept } = original!;
    const point = await makeBackupPoint(owner, {
      ...kept,
      accountId: share!.recipientAccountId,
      id: copy!.target_point_id,
      vaultId: copy!.target_vault_id,
      shareId: id,
    });
    await owner.transaction(async (tx) => {
      await tx.execute(sql`select set_config('app.account_id', ${share!.recipientAccountId}, true)`);
      await tx.execute(sql`update backup_copies set pin_no = 1 where id = ${id}`);
      await tx.execute(sql`select finish_backup_copy(${id}, 1)`);
    });
    return point;
  };
  const registerImage = async (account: TestAccount, pointId: string, name = 'golden') => {
    const id = newId('img');
    await owner.insert(images).values({
      accountId: account.id,
      id,
      region: 'cn-hangzhou',
      name,
      pointId,
      sourceName: 'disk',
      createdBy: 'u',
    });
    return id;
  };
  const shareOf = async (id: string) =>
    (await owner.select().from(backupShares).where(eq(backupShares.id, id)))[0]!;
  const vaultRow = async (id: string) => (await owner.select().from(vaults).where(eq(vaults.id, id)))[0]!;
  return {
    makeDiskVault,
    makeBackup,
    projectOf,
    arrangeShare,
    accept,
    arrive,
    registerImage,
    shareOf,
    vaultRow,
  };
}
