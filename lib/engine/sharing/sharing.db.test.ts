import { eq, sql } from 'drizzle-orm';
import { describe, expect, it, test } from 'vitest';
import { inAccount } from '@/db/client';
import { backupOf } from '@/db/factories';
import { backupPoints, kmsKeys, notifications, pins } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { deleteBackupPoint } from '@/lib/backup-points';
import { cancelBackupShare } from '@/lib/backup-shares';
import { listPoints, openBareVault, rebuildIndex } from '@/lib/engine/core/rescue';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { openDiskKey, openDiskSecret, sealDiskSecret } from '@/lib/engine/disks/disk-secret';
import { type Files, hashesOf, readPoint, tick } from '@/lib/engine/transfer/test-world';
import { openVault } from '@/lib/engine/vaults';
import { createKeyGrant, listKeyGrants, retireKeyGrant } from '@/lib/key-grants';
import { BackupCopier } from './backup-copier';
import {
  accept,
  backUpDisk,
  copyOf,
  makeSharingWorld,
  pointOf,
  type SharingWorld,
  share,
  shareOf,
  tickWell,
  vaultOf,
} from './test-sharing';

const database = await testDatabase();
const { owner } = database;
const files: Files = { 'disk-0.raw': noise(700_000, 1), 'disk-1.raw': prose(400_000, 2) };

async function objectNames(
  world: SharingWorld,
  { accountId, vaultId }: { accountId: string; vaultId: string },
) {
  const { store } = await openVault(world.environment, { accountId, vaultId });
  const names: string[] = [];
  for (const prefix of ['points/', 'packs/', 'facts/'])
    names.push(...(await store.list(prefix)).objects.map(({ name }) => name));
  return names;
}
const keyOf = async (vaultId: string) => (await vaultOf({ database }, vaultId)).kmsKeyId!;
const kindsTold = async (accountId: string) =>
  (await owner.select().from(notifications).where(eq(notifications.accountId, accountId)))
    .map(({ kind }) => kind)
    .sort();

describe('an accepted backup', () => {
  it('is copied byte for byte under the recipient’s key, in a lineage of its own, with the dates of the original', async () => {
    const world = await makeSharingWorld(database);
    const id = await backUpDisk(world, files, { keepsNewest: false });
    const shareId = await share(world, id);
    await tickWell(world, world.recipient);
    const copyId = await accept(world, shareId);
    expect((await vaultOf(world, world.target.vaultId)).reservedBytes).toBe(1_100_000);
    await tickWell(world, world.recipient);
    expect(await shareOf(world, shareId)).toMatchObject({ state: 'accepted', slot: 1 });
    expect(await readPoint(world, world.target, copyId)).toEqual(hashesOf(files));
    const [original, copy] = [(await pointOf(world, id))!, (await pointOf(world, copyId))!];
    expect(copy).toMatchObject({
      accountId: world.recipient.id,
      vaultId: world.target.vaultId,
      shareId,
      expiresAt: original.expiresAt,
      retentionDays: original.retentionDays,
      createdAt: original.createdAt,
      lineageId: original.lineageId,
      isEncrypted: false,
      policyRunId: null,
    });
    const { lineages } = await openVault(world.environment, world.target);
    expect(lineages.map(({ lineageId }) => lineageId)).toContain(original.lineageId);
    expect(lineages).toHaveLength(2);
    const vault = await vaultOf(world, world.target.vaultId);
    expect(vault).toMatchObject({ reservedBytes: 0, pointCount: 1 });
    expect(vault.storedBytes).toBeGreaterThan(700_000);
    expect(await copyOf(world, shareId)).toMatchObject({ state: 'copied', waitingReason: null });
    expect((await copyOf(world, shareId))!.bytesDone).toBeGreaterThan(700_000);
    expect(await owner.select().from(pins).where(eq(pins.vaultId, world.target.vaultId))).toEqual([]);
    await tickWell(world, world.sharer);
    await tickWell(world, world.recipient);
    expect(await kindsTold(world.recipient.id)).toEqual(['share.backup_arrived', 'share.backup_offered']);
    expect(await kindsTold(world.sharer.id)).toEqual(['share.backup_accepted']);
  });

  it('can be rescued from the recipient’s bare vault when the sharer and its key are gone', async () => {
    const world = await makeSharingWorld(database);
    const shareId = await share(world, await backUpDisk(world, files));
    const copyId = await accept(world, shareId);
    await tickWell(world, world.recipient);
    const { store } = await openVault(world.environment, world.target);
    const bare = await openBareVault(store, [world.environment.serviceKey]);
    const fail = ({ error }: { error: Error }) => {
      throw error;
    };
    expect((await listPoints(bare, fail)).map((point) => point.pointId)).toEqual([copyId]);
    await rebuildIndex(bare, () => {}, fail);
  });

  it('holds nothing of the sharer’s other backups', async () => {
    const world = await makeSharingWorld(database);
    const secret = noise(300_000, 99);
    await backUpDisk(world, { 'other.raw': secret, ...files });
    const shareId = await share(world, await backUpDisk(world, files));
    const copyId = await accept(world, shareId);
    await tickWell(world, world.recipient);
    expect(Object.keys(await readPoint(world, world.target, copyId))).toEqual(Object.keys(files));
    expect((await vaultOf(world, world.target.vaultId)).storedBytes).toBeLessThan(
      (await vaultOf(world, world.source.vaultId)).storedBytes - 250_000,
    );
  });
});

describe('what a share lets the recipient’s engine see', () => {
  it('is one backup while it is copied, and nothing before or after', async () => {
    const world = await makeSharingWorld(database);
    const other = await backUpDisk(world, { 'other.raw': noise(50_000, 5) });
    const id = await backUpDisk(world, files);
    const shareId = await share(world, id);
    const see = () =>
      inAccount(
        world.environment.db,
        world.recipient.id,
        async (tx) => ({
          points: (await tx.select({ id: backupPoints.id }).from(backupPoints)).map((row) => row.id),
          vaults: (await tx.execute<{ id: string }>(sql`select id from vaults`)).map((row) => row.id),
          chunks: Number((await tx.execute<{ n: string }>(sql`select count(*) as n from chunks`))[0]!.n),
        }),
        { shareId },
      );
    expect(await see()).toEqual({ points: [], vaults: [world.target.vaultId], chunks: 0 });
    await accept(world, shareId);
    const during = await see();
    expect(during.points).toEqual([id]);
    expect(during.points).not.toContain(other);
    expect(during.vaults.toSorted()).toEqual([world.source.vaultId, world.target.vaultId].toSorted());
    expect(during.chunks).toBeGreaterThan(0);
    await tickWell(world, world.recipient);
    const after = await see();
    expect(after.points).not.toContain(id);
    expect(after.vaults).toEqual([world.target.vaultId]);
  });
});

describe('a copy that is interrupted', () => {
  test.each([1, 2, 3, 5])(
    'goes on after a crash at step %i without sending again what was durable',
    async (steps) => {
      const world = await makeSharingWorld(database);
      const shareId = await share(world, await backUpDisk(world, files));
      const copyId = await accept(world, shareId);
      const copier = new BackupCopier(world.environment, world.recipient.id);
      for (let i = 0; i < steps; i++) await copier.step();
      await copier.drop();
      await tickWell(world, world.recipient);
      expect(await readPoint(world, world.target, copyId)).toEqual(hashesOf(files));
      expect((await vaultOf(world, world.target.vaultId)).reservedBytes).toBe(0);
    },
  );

  it('lets an engine that was overtaken write nothing', async () => {
    const world = await makeSharingWorld(database);
    const shareId = await share(world, await backUpDisk(world, files));
    const copyId = await accept(world, shareId);
    const slow = new BackupCopier(world.environment, world.recipient.id);
    for (let i = 0; i < 2; i++) await slow.step();
    await tickWell(world, world.recipient);
    const before = await vaultOf(world, world.target.vaultId);
    await slow.step().catch(() => {});
    await slow.close().catch(() => {});
    expect(await vaultOf(world, world.target.vaultId)).toMatchObject({
      storedBytes: before.storedBytes,
      head: before.head,
    });
    expect(await readPoint(world, world.target, copyId)).toEqual(hashesOf(files));
  });

  test.each([1, 2, 3, 4])(
    'and cancelled after step %i leaves nothing behind, no byte and no room',
    async (steps) => {
      const world = await makeSharingWorld(database);
      const shareId = await share(world, await backUpDisk(world, files));
      const copyId = await accept(world, shareId);
      const copier = new BackupCopier(world.environment, world.recipient.id);
      for (let i = 0; i < steps; i++) await copier.step();
      await copier.close();
      await cancelBackupShare(world.sharer.as('administrator'), { id: shareId });
      for (let i = 0; i < 4; i++) await tickWell(world, world.recipient);
      expect(await pointOf(world, copyId)).toBeUndefined();
      expect(await objectNames(world, world.target)).toEqual([]);
      expect(await vaultOf(world, world.target.vaultId)).toMatchObject({ storedBytes: 0, reservedBytes: 0 });
      expect(await owner.select().from(pins).where(eq(pins.vaultId, world.target.vaultId))).toEqual([]);
    },
  );

  it('and cancelled between its last step and its commit stays invisible', async () => {
    const world = await makeSharingWorld(database);
    const shareId = await share(world, await backUpDisk(world, files));
    const copyId = await accept(world, shareId);
    const copier = new BackupCopier(world.environment, world.recipient.id);
    while ((await copyOf(world, shareId))!.bytesDone < 790_000 && (await copier.step())) {}
    await cancelBackupShare(world.sharer.as('administrator'), { id: shareId });
    while (await copier.step()) {}
    expect(await pointOf(world, copyId)).toBeUndefined();
    for (let i = 0; i < 3; i++) await tickWell(world, world.recipient);
    expect(await objectNames(world, world.target)).toEqual([]);
  });
});

describe('when the sharer deletes the backup', () => {
  it('it goes from every recipient at once, bytes and all, and both sides hear of it', async () => {
    const world = await makeSharingWorld(database);
    const id = await backUpDisk(world, files);
    const shareId = await share(world, id);
    const copyId = await accept(world, shareId);
    await tickWell(world, world.recipient);
    await deleteBackupPoint(world.sharer.as('administrator'), { id, confirm: id });
    expect((await pointOf(world, copyId))?.status).toBe('deleting');
    expect(await shareOf(world, shareId)).toMatchObject({ state: 'deleted', endedBy: 'sharer', slot: null });
    for (let i = 0; i < 3; i++) await tickWell(world, world.recipient);
    expect(await objectNames(world, world.target)).toEqual([]);
    expect(await kindsTold(world.recipient.id)).toContain('share.backup_deleted');
  });

  it('it goes from a locked vault too: the lock of a recipient does not cover it', async () => {
    const world = await makeSharingWorld(database);
    const id = await backUpDisk(world, files);
    const shareId = await share(world, id);
    const copyId = await accept(world, shareId);
    await tickWell(world, world.recipient);
    await owner.execute(sql`update vaults set locked_at = now() where id = ${world.target.vaultId}`);
    await deleteBackupPoint(world.sharer.as('administrator'), { id, confirm: id });
    await tickWell(world, world.recipient);
    expect(await pointOf(world, copyId)).toBeUndefined();
  });

  it('by its expiry, it goes from both; a copy never outlives and never goes before its original', async () => {
    const world = await makeSharingWorld(database);
    const id = await backUpDisk(world, files);
    const shareId = await share(world, id);
    const copyId = await accept(world, shareId);
    await tickWell(world, world.recipient);
    const past = sql`now() - interval '1 minute'`;
    await owner.update(backupPoints).set({ expiresAt: past }).where(eq(backupPoints.id, id));
    await owner.update(backupPoints).set({ expiresAt: past }).where(eq(backupPoints.id, copyId));
    await owner.execute(
      sql`update backup_shares set expires_at = now() - interval '1 minute' where id = ${shareId}`,
    );
    await tickWell(world, world.recipient);
    expect((await pointOf(world, copyId))?.status).toBe('visible');
    await tickWell(world, world.sharer);
    expect(await shareOf(world, shareId)).toMatchObject({ state: 'deleted', endedBy: 'expiry' });
    await tickWell(world, world.recipient);
    expect(await pointOf(world, copyId)).toBeUndefined();
  });
});

describe('a backup under a key of its account', () => {
  const arrange = async () => {
    const world = await makeSharingWorld(database, { kms: true });
    const keyId = await keyOf(world.source.vaultId);
    const ctx = world.sharer.as('administrator');
    await createKeyGrant(ctx, { keyId, grantee: world.recipient.id });
    const shareId = await share(world, await backUpDisk(world, files));
    return { world, keyId, ctx, shareId };
  };

  it('is copied while its key is shared, and stays readable when the grant is retired and the key is disabled', async () => {
    const { world, keyId, ctx, shareId } = await arrange();
    const copyId = await accept(world, shareId);
    await tickWell(world, world.recipient);
    const [grant] = (await listKeyGrants(ctx, { keyId })).items;
    await retireKeyGrant(ctx, { id: grant!.id });
    await owner.update(kmsKeys).set({ state: 'disabled' }).where(eq(kmsKeys.id, keyId));
    expect(await readPoint(world, world.target, copyId)).toEqual(hashesOf(files));
  });

  it('stands still when the grant is retired, says so, and goes on when the key is shared again', async () => {
    const { world, keyId, ctx, shareId } = await arrange();
    const copyId = await accept(world, shareId);
    const copier = new BackupCopier(world.environment, world.recipient.id);
    for (let i = 0; i < 2; i++) await copier.step();
    const [grant] = (await listKeyGrants(ctx, { keyId })).items;
    await retireKeyGrant(ctx, { id: grant!.id });
    await copier.step();
    expect(await copyOf(world, shareId)).toMatchObject({ state: 'copying', waitingReason: 'key_not_shared' });
    await tickWell(world, world.recipient);
    expect(await pointOf(world, copyId)).toBeUndefined();
    await createKeyGrant(ctx, { keyId, grantee: world.recipient.id });
    await tickWell(world, world.recipient);
    expect(await readPoint(world, world.target, copyId)).toEqual(hashesOf(files));
  });
});

describe('a backup of an encrypted disk', () => {
  it('stays encrypted: its secret opens in the recipient’s account under the key of its vault, and nowhere else', async () => {
    const world = await makeSharingWorld(database, { kms: true });
    const { environment, sharer, recipient } = world;
    const keyId = await keyOf(world.source.vaultId);
    const targetKeyId = await keyOf(world.target.vaultId);
    await createKeyGrant(sharer.as('administrator'), { keyId, grantee: recipient.id });
    const openKey = (accountId: string, id: string) =>
      inAccount(environment.db, accountId, (tx) => openDiskKey(tx, environment.serviceKey, accountId, id));
    const secret = Buffer.from('what opens the disk');
    const sealed = sealDiskSecret(await openKey(sharer.id, keyId), sharer.id, secret);
    const { resource } = backupOf('disk');
    const encryption = { kmsKeyId: keyId, sealedSecret: sealed.toString('base64') };
    const disks = resource!.disks.map((disk) => ({ ...disk, encryption }));
    const id = await backUpDisk(world, files, { isEncrypted: true, resource: { ...resource!, disks } });
    const shareId = await share(world, id);
    const copyId = await accept(world, shareId);
    await tickWell(world, recipient);
    const copy = (await pointOf(world, copyId))!;
    expect(copy.isEncrypted).toBe(true);
    const [disk] = copy.resource!.disks;
    expect(disk!.encryption!.kmsKeyId).toBe(targetKeyId);
    const resealed = Buffer.from(disk!.encryption!.sealedSecret, 'base64');
    expect(openDiskSecret(await openKey(recipient.id, targetKeyId), recipient.id, resealed)).toEqual(secret);
    const sharersKey = await openKey(sharer.id, keyId);
    expect(() => openDiskSecret(sharersKey, sharer.id, resealed)).toThrow();
  });

  it('is not accepted into a vault without a key', async () => {
    const world = await makeSharingWorld(database);
    const shareId = await share(world, await backUpDisk(world, files, { isEncrypted: true }));
    await expect(accept(world, shareId)).rejects.toMatchObject({ reason: 'BackupService.6709' });
  });
});

describe('a vault that fills up', () => {
  it('stops the copy with its reason, and it goes on when there is room', async () => {
    const world = await makeSharingWorld(database);
    const shareId = await share(world, await backUpDisk(world, files, { dataBytes: 1000 }));
    await owner.execute(sql`update vaults set capacity_bytes = 500000 where id = ${world.target.vaultId}`);
    const copyId = await accept(world, shareId);
    await tick(world, world.recipient.id);
    expect(await copyOf(world, shareId)).toMatchObject({ waitingReason: 'target_vault_full' });
    expect((await vaultOf(world, world.target.vaultId)).storedBytes).toBeLessThanOrEqual(500_000);
    await owner.execute(sql`update vaults set capacity_bytes = 5000000 where id = ${world.target.vaultId}`);
    await owner.execute(sql`update backup_copies set last_step_at = now() - interval '1 hour'`);
    await tickWell(world, world.recipient);
    expect(await readPoint(world, world.target, copyId)).toEqual(hashesOf(files));
  });
});
