import { randomBytes, randomInt } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import type { Database } from './client';
import {
  accounts,
  backupPoints,
  chunkSpaces,
  clients,
  disks,
  fileSystems,
  invitations,
  kmsKeys,
  replications,
  resourceGroups,
  resourceSharePrincipals,
  resourceShares,
  resourceShareVaults,
  servers,
  users,
  vaultLineages,
  vaults,
} from './schema';

// Rows that stand on their own, for tests. `db` is the owner's connection. Everything given overrides a default.

type Row<T extends { $inferInsert: unknown }> = T['$inferInsert'];
type Vault = typeof vaults.$inferSelect;

export const randomAccountUid = () =>
  `1${String(randomInt(1e7)).padStart(7, '0')}${String(randomInt(1e8)).padStart(8, '0')}`;
const token = () => randomBytes(10).toString('hex');

/** An active account with its default resource group. */
export async function makeAccount(db: Database, given: Partial<Row<typeof accounts>> = {}) {
  const accountId = given.accountId ?? randomAccountUid();
  const [account] = await db
    .insert(accounts)
    .values({ name: `Account ${accountId.slice(-4)}`, ...given, accountId })
    .returning();
  const [group] = await db
    .insert(resourceGroups)
    .values({ accountId, id: `rg-${token()}`, name: 'default' })
    .returning();
  return { account: account!, group: group! };
}

/** `passwordHash` is no hash of anything unless given: such a user cannot sign in. */
export async function makeUser(db: Database, given: Partial<Row<typeof users>> & { accountId: string }) {
  const id = given.id ?? `u-${token()}`;
  const [user] = await db
    .insert(users)
    .values({
      id,
      email: `${id}@example.test`,
      name: `User ${id.slice(-4)}`,
      role: 'administrator',
      passwordHash: 'none',
      ...given,
    })
    .returning();
  return user!;
}

/** A vault in state `created`; without `resourceGroupId` it gets a group of its own. */
export async function makeVault(db: Database, given: Partial<Row<typeof vaults>> & { accountId: string }) {
  const kind = given.kind ?? 'standard';
  const id = given.id ?? `${kind === 'replication_target' ? 'r' : 'v'}-${token()}`;
  const resourceGroupId =
    given.resourceGroupId ?? (await makeResourceGroup(db, { accountId: given.accountId })).id;
  const [vault] = await db
    .insert(vaults)
    .values({
      id,
      kind,
      name: `vault-${id.slice(-6)}`,
      region: 'cn-hangzhou',
      resourceGroupId,
      encryption: given.kmsKeyId ? 'kms' : 'service',
      redundancy: 'LRS',
      status: 'created',
      ...(kind.endsWith('_backup') && { capacityBytes: 100 * 2 ** 30 }),
      ...given,
    })
    .returning();
  return vault!;
}

export async function makeResourceGroup(
  db: Database,
  given: Partial<Row<typeof resourceGroups>> & { accountId: string },
) {
  const id = given.id ?? `rg-${token()}`;
  const [group] = await db
    .insert(resourceGroups)
    .values({ name: `group-${id.slice(-6)}`, ...given, id })
    .returning();
  return group!;
}

export async function makeKmsKey(db: Database, given: Partial<Row<typeof kmsKeys>> & { accountId: string }) {
  const id = given.id ?? `key-${token()}`;
  const [key] = await db
    .insert(kmsKeys)
    .values({ state: 'enabled', wrappedMaterial: randomBytes(60), ...given, id })
    .returning();
  return key!;
}

/** As the end of its waiting time leaves a key; the database lets nobody get there sooner. */
export async function destroyKmsKey(db: Database, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.update(kmsKeys).set({ state: 'destroyed', wrappedMaterial: null }).where(eq(kmsKeys.id, id));
  });
}

/** An enrolled server that was heard of a moment ago. */
export async function makeClient(db: Database, given: Partial<Row<typeof clients>> & { accountId: string }) {
  const id = given.id ?? `c-${token()}`;
  const [client] = await db
    .insert(clients)
    .values({
      name: `host-${id.slice(-6)}`,
      hostname: `host-${id.slice(-6)}`,
      platform: 'linux x64',
      version: '0.1.0',
      placement: 'server',
      region: 'cn-hangzhou',
      credentialHash: randomBytes(32),
      lastHeartbeatAt: new Date(),
      ...given,
      id,
    })
    .returning();
  return client!;
}

/** One that stands in the database and nowhere is mounted. */
export async function makeFileSystem(
  db: Database,
  given: Partial<Row<typeof fileSystems>> & { accountId: string },
) {
  const id = given.id ?? `fs-${token()}`;
  const place = { mountPath: `/mnt/${id}`, fsType: 'nfs4', fsSource: `nas:/${id}`, fsRoot: '/' };
  const [fileSystem] = await db
    .insert(fileSystems)
    .values({ region: 'cn-hangzhou', kind: 'nas', name: id, ...place, ...given, id })
    .returning();
  return fileSystem!;
}

/** A visible point of 1 MiB that expires in 30 days. Its chunks do not exist: only the control plane sees it. */
export async function makeBackupPoint(
  db: Database,
  given: Partial<Row<typeof backupPoints>> & { accountId: string; vaultId: string },
) {
  const id = given.id ?? `s-${token()}`;
  // What an archive vault holds is in the archive tier.
  const [vault] = await db.select({ kind: vaults.kind }).from(vaults).where(eq(vaults.id, given.vaultId));
  const isArchived = (given.tier ?? (vault?.kind === 'archive' ? 'archive' : 'standard')) === 'archive';
  const tier = isArchived ? 'archive' : 'standard';
  const space =
    given.spaceNo === undefined || !given.lineageId ? await makeChunkSpace(db, { ...given, tier }) : null;
  const createdAt = given.createdAt ?? new Date();
  const [point] = await db
    .insert(backupPoints)
    .values({
      sourceId: 'ds-test',
      sourceKind: 'local_file',
      sourceName: 'test host',
      clientId: 'c-test',
      originAccountId: given.accountId,
      originVaultId: given.vaultId,
      originPointId: id,
      spaceNo: space?.spaceNo ?? 0,
      lineageId: space?.lineageId ?? '',
      rootPage: '00000000-0000-4000-8000-000000000000',
      paths: ['/srv/data'],
      sourceBytes: 1_048_576,
      addedBytes: 524_288,
      fileCount: 10,
      folderCount: 2,
      retentionDays: 30,
      expiresAt: new Date(createdAt.getTime() + 30 * 86_400_000),
      startedAt: createdAt,
      createdAt,
      tier,
      archivedAt: isArchived ? new Date() : null,
      ...(given.sourceKind === 'disk' || given.sourceKind === 'server' ? backupOf(given.sourceKind) : {}),
      ...given,
      id,
    })
    .returning();
  return point!;
}

/** A backup with one disk of 1 MiB. */
export function backupOf(kind: 'disk' | 'server'): Partial<Row<typeof backupPoints>> {
  const disk = {
    diskId: `d-${token()}`,
    name: 'disk',
    position: 0,
    sizeBytes: 1_048_576,
    format: 'raw' as const,
    path: '/disk-0.raw',
    dataBytes: 1_048_576,
    encryption: null,
  };
  const id = kind === 'disk' ? disk.diskId : `i-${token()}`;
  return {
    backupName: `backup-${id.slice(-6)}`,
    paths: ['/'],
    dataBytes: 1_048_576,
    resource: {
      kind,
      id,
      name: id,
      flavour: kind === 'server' ? 'small' : null,
      isCrashConsistent: false,
      disks: [disk],
    },
  };
}

export async function makeServer(db: Database, given: Partial<Row<typeof servers>> & { accountId: string }) {
  const id = given.id ?? `i-${token()}`;
  const [server] = await db
    .insert(servers)
    .values({
      name: `server-${id.slice(-6)}`,
      region: 'cn-hangzhou',
      flavour: 'small',
      state: 'stopped',
      createdBy: 'u-test',
      ...given,
      id,
    })
    .returning();
  return server!;
}

/** A disk of 16 MiB whose file does not exist. */
export async function makeDisk(db: Database, given: Partial<Row<typeof disks>> & { accountId: string }) {
  const id = given.id ?? `d-${token()}`;
  const [disk] = await db
    .insert(disks)
    .values({
      name: `disk-${id.slice(-6)}`,
      region: 'cn-hangzhou',
      pool: 'default',
      format: 'raw',
      sizeBytes: 16 * 2 ** 20,
      isEncrypted: Boolean(given.kmsKeyId),
      state: 'available',
      createdBy: 'u-test',
      ...given,
      id,
    })
    .returning();
  return disk!;
}

async function makeChunkSpace(
  db: Database,
  { accountId, vaultId, tier }: { accountId: string; vaultId: string; tier: 'standard' | 'archive' },
) {
  const lineageId = `${randomBytes(4).toString('hex')}-0000-4000-8000-${randomBytes(6).toString('hex')}`;
  await db.insert(vaultLineages).values({ accountId, vaultId, lineageId, sealedNamingKey: randomBytes(60) });
  const [space] = await db.insert(chunkSpaces).values({ accountId, vaultId, lineageId, tier }).returning();
  return space!;
}

/** A replication without a step taken; `stop` ends it. The target's share is not checked here. */
export async function makeReplication(
  db: Database,
  { source, target, ...given }: Partial<Row<typeof replications>> & { source: Vault; target: Vault },
) {
  const [replication] = await db
    .insert(replications)
    .values({
      accountId: target.accountId,
      id: `rep-${token()}`,
      sourceAccountId: source.accountId,
      sourceAccountName: `Account ${source.accountId.slice(-4)}`,
      sourceVaultId: source.id,
      sourceVaultName: source.name,
      sourceRegion: source.region,
      targetVaultId: target.id,
      targetVaultName: target.name,
      targetAccountName: `Account ${target.accountId.slice(-4)}`,
      targetRegion: target.region,
      createdBy: 'u-test',
      ...given,
    })
    .returning();
  const stop = () =>
    db
      .update(replications)
      .set({ state: 'stopped', stoppedAt: new Date(), stoppedBy: 'u-test' })
      .where(eq(replications.id, replication!.id));
  return { replication: replication!, stop };
}

/** A share of one vault with one account and its invitation, open for seven days unless told. */
export async function makeShare(
  db: Database,
  given: { accountId: string; vaultId: string } & Pick<Row<typeof invitations>, 'recipientAccountId'> &
    Partial<Pick<Row<typeof invitations>, 'status' | 'expiresAt'>>,
) {
  const { accountId, vaultId, recipientAccountId, status = 'pending' } = given;
  const shareId = `rs-${token()}`;
  const name = `share-${shareId.slice(-6)}`;
  const expiresAt = given.expiresAt ?? new Date(Date.now() + 7 * 86_400_000);
  await db.insert(resourceShares).values({ accountId, id: shareId, name });
  await db.insert(resourceShareVaults).values({ accountId, shareId, vaultId });
  await db
    .insert(resourceSharePrincipals)
    .values({ accountId, shareId, principalType: 'account', principalId: recipientAccountId });
  const [invitation] = await db
    .insert(invitations)
    .values({
      accountId,
      id: `i-${token()}`,
      shareId,
      shareName: name,
      recipientAccountId,
      ownerName: `Account ${accountId.slice(-4)}`,
      permission: 'AliyunRSDefaultPermissionHBRVault',
      status,
      expiresAt,
    })
    .returning();
  return { shareId, invitation: invitation! };
}
