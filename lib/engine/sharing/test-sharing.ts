import { eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { backupOf } from '@/db/factories';
import { backupCopies, backupPoints, backupShares, type backupPoints as points, vaults } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import { acceptBackupShare, shareBackup } from '@/lib/backup-shares';
import { type Address, backUp, type Files, tick, type World } from '@/lib/engine/transfer/test-world';
import { makeKey, makeVault, testEnvironment } from '@/lib/engine/vaults/test-environment';
import { listProjects } from '@/lib/projects';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { createKeyMaterial } from '../vaults';

export interface SharingWorld {
  database: TestDatabase;
  environment: World['environment'];
  sharer: TestAccount;
  recipient: TestAccount;
  source: Address;
  target: Address;
}

/** Two accounts with a vault for disk backups each; with `kms` both are under keys of their accounts. */
export async function makeSharingWorld(
  database: TestDatabase,
  options: { kms?: boolean; environment?: World['environment'] } = {},
): Promise<SharingWorld> {
  const environment = options.environment ?? (await testEnvironment(database));
  const [sharer, recipient] = [await testAccount(database), await testAccount(database)];
  const vaultOf = async (account: TestAccount): Promise<Address> => {
    const of = { accountId: account.id, resourceGroupId: account.groupId };
    const kmsKeyId = options.kms ? await makeKey(database.owner, account.id) : undefined;
    if (kmsKeyId) await createKeyMaterial(environment, { accountId: account.id, keyId: kmsKeyId });
    const vaultId = await makeVault(environment, database.owner, of, {
      kind: 'disk_backup',
      capacityBytes: 2 ** 30,
      ...(kmsKeyId && { kmsKeyId }),
    });
    return { accountId: account.id, vaultId };
  };
  const [source, target] = [await vaultOf(sharer), await vaultOf(recipient)];
  return { database, environment, sharer, recipient, source, target };
}

/** A backup of a disk, whose bytes are these files. */
export function backUpDisk(
  world: Pick<SharingWorld, 'environment' | 'source'>,
  files: Files,
  given: Partial<typeof points.$inferInsert> = {},
): Promise<string> {
  const dataBytes = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);
  return backUp(world, world.source, files, {
    sourceKind: 'disk',
    ...backupOf('disk'),
    dataBytes,
    ...given,
  });
}

export async function projectOf(account: TestAccount, region = 'cn-hangzhou'): Promise<string> {
  const { items } = await listProjects(account.as('auditor'), {});
  return items.find((project) => project.region === region)!.id;
}

export async function share(
  world: Pick<SharingWorld, 'sharer' | 'recipient'>,
  pointId: string,
): Promise<string> {
  const projectIds = [await projectOf(world.recipient)];
  const { items } = await shareBackup(world.sharer.as('administrator'), { pointId, projectIds });
  return items[0]!.id;
}

export async function accept(
  world: Pick<SharingWorld, 'recipient' | 'target'>,
  id: string,
  vaultId = world.target.vaultId,
): Promise<string> {
  const accepted = await acceptBackupShare(world.recipient.as('administrator'), { id, vaultId });
  return accepted.copy!.pointId;
}

export async function tickWell(world: Pick<SharingWorld, 'environment'>, account: TestAccount) {
  const outcome = await tick(world, account.id);
  expect(outcome.errors).toEqual([]);
  return outcome;
}

export const shareOf = async ({ database }: Pick<SharingWorld, 'database'>, id: string) =>
  (await database.owner.select().from(backupShares).where(eq(backupShares.id, id)))[0]!;
export const copyOf = async ({ database }: Pick<SharingWorld, 'database'>, id: string) =>
  (await database.owner.select().from(backupCopies).where(eq(backupCopies.id, id)))[0];
export const pointOf = async ({ database }: Pick<SharingWorld, 'database'>, id: string) =>
  (await database.owner.select().from(backupPoints).where(eq(backupPoints.id, id)))[0];
export const vaultOf = async ({ database }: Pick<SharingWorld, 'database'>, id: string) =>
  (await database.owner.select().from(vaults).where(eq(vaults.id, id)))[0]!;
