import { and, eq, sql } from 'drizzle-orm';
import { disks, servers } from '@/db/schema';
import { violates } from '@/db/violations';
import { CrossvaultError, notFound } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { findBackedUpDisk, queueDiskRestore, sealedFor } from './from-backup';
import { getDiskDto, loadDiskForUpdate, nameTaken, overQuota, removeSource } from './internal';
import { checkDeleteDisk, checkResize, requireResting, requireTypedName, restoreIntoRefusal } from './rules';
import {
  AttachDisk,
  DeleteDisk,
  DetachDisk,
  type Disk,
  mostAttached,
  ResizeDisk,
  RestoreDisk,
  UpdateDisk,
} from './schemas';

export const updateDisk = writeVerb({
  action: 'disks.update',
  permission: 'servers.manage',
  input: UpdateDisk,
  async run({ ctx, tx, input, audit }): Promise<Disk> {
    const disk = await loadDiskForUpdate(tx, ctx.accountId, input.id);
    const before = { name: disk.name, description: disk.description };
    const after = { name: input.name ?? disk.name, description: input.description ?? disk.description };
    try {
      await tx.update(disks).set(after).where(eq(disks.id, disk.id));
    } catch (error) {
      throw violates(error, 'disks_account_id_region_name_key') ? nameTaken('disk', after.name) : error;
    }
    await audit({ resourceKind: 'disk', resourceId: disk.id, resourceName: after.name, before, after });
    return getDiskDto(tx, ctx.accountId, disk.id);
  },
});

/** Makes a disk larger; what is new reads as zeros. */
export const resizeDisk = writeVerb({
  action: 'disks.resize',
  permission: 'servers.manage',
  input: ResizeDisk,
  async run({ ctx, tx, input, audit }): Promise<Disk> {
    const disk = await loadDiskForUpdate(tx, ctx.accountId, input.id);
    checkResize(disk, input.sizeBytes);
    try {
      await tx
        .update(disks)
        .set({ state: 'resizing', wantedBytes: input.sizeBytes, claimedUntil: null })
        .where(eq(disks.id, disk.id));
    } catch (error) {
      throw violates(error, 'quota_exceeded') ? overQuota(error) : error;
    }
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    await audit({
      resourceKind: 'disk',
      resourceId: disk.id,
      resourceName: disk.name,
      before: { sizeBytes: disk.sizeBytes },
      after: { sizeBytes: input.sizeBytes },
    });
    return getDiskDto(tx, ctx.accountId, disk.id);
  },
});

/** Puts a disk behind the last one of a server that is stopped. */
export const attachDisk = writeVerb({
  action: 'disks.attach',
  permission: 'servers.manage',
  input: AttachDisk,
  async run({ ctx, tx, input, audit }): Promise<Disk> {
    const disk = await loadDiskForUpdate(tx, ctx.accountId, input.id);
    requireResting(disk, 'attached');
    if (disk.isAttached)
      throw new CrossvaultError(
        'state_conflict',
        `The disk ${disk.name} is attached already. Detach it first.`,
        {
          reason: 'disk_attached',
        },
      );
    const [server] = await tx
      .select()
      .from(servers)
      .where(and(eq(servers.accountId, ctx.accountId), eq(servers.id, input.serverId)))
      .for('update');
    if (!server) throw notFound('server');
    const [last] = await tx
      .select({ next: sql<number>`coalesce(max(${disks.position}) + 1, 0)` })
      .from(disks)
      .where(eq(disks.serverId, server.id));
    const position = Number(last!.next);
    if (position >= mostAttached)
      throw new CrossvaultError('quota_exceeded', `A server has at most ${mostAttached} disks.`, {
        reason: 'server_full',
      });
    await tx.update(disks).set({ serverId: server.id, position }).where(eq(disks.id, disk.id));
    await audit({
      resourceKind: 'disk',
      resourceId: disk.id,
      resourceName: disk.name,
      after: { serverId: server.id, serverName: server.name, position },
    });
    return getDiskDto(tx, ctx.accountId, disk.id);
  },
});

export const detachDisk = writeVerb({
  action: 'disks.detach',
  permission: 'servers.manage',
  input: DetachDisk,
  async run({ ctx, tx, input, audit }): Promise<Disk> {
    const disk = await loadDiskForUpdate(tx, ctx.accountId, input.id);
    requireResting(disk, 'detached');
    if (!disk.isAttached)
      throw new CrossvaultError('state_conflict', `The disk ${disk.name} is attached to no server.`, {
        reason: 'disk_not_attached',
      });
    await tx.update(disks).set({ serverId: null, position: null }).where(eq(disks.id, disk.id));
    await audit({
      resourceKind: 'disk',
      resourceId: disk.id,
      resourceName: disk.name,
      before: { serverId: disk.serverId, position: disk.position },
    });
    return getDiskDto(tx, ctx.accountId, disk.id);
  },
});

/** Deletes a disk and its bytes. Its backups stay. */
export const deleteDisk = writeVerb({
  action: 'disks.delete',
  permission: 'servers.delete',
  input: DeleteDisk,
  async run({ ctx, tx, input, audit }): Promise<Disk> {
    const disk = await loadDiskForUpdate(tx, ctx.accountId, input.id);
    checkDeleteDisk(disk, input.confirm);
    await removeSource(tx, ctx.accountId, 'disk', disk.id);
    await tx.update(disks).set({ state: 'deleting', claimedUntil: null }).where(eq(disks.id, disk.id));
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    await audit({
      resourceKind: 'disk',
      resourceId: disk.id,
      resourceName: disk.name,
      before: { sizeBytes: disk.sizeBytes, allocatedBytes: disk.allocatedBytes },
    });
    return getDiskDto(tx, ctx.accountId, disk.id);
  },
});

/** Puts the bytes of a backup in the place of a disk's own, which rests. Until all are there the disk keeps what it has. */
export const restoreDisk = writeVerb({
  action: 'disks.restore',
  permission: 'restore.run',
  input: RestoreDisk,
  async run({ ctx, tx, input, now, audit }): Promise<Disk> {
    const disk = await loadDiskForUpdate(tx, ctx.accountId, input.id);
    requireTypedName(disk.name, input.confirm, 'disk');
    requireResting(disk, 'restored');
    const found = await findBackedUpDisk(tx, ctx.accountId, input.pointId, input.position, {
      region: disk.region,
      now,
    });
    const refusal = restoreIntoRefusal(disk, found.disk);
    if (refusal) throw refusal;
    const sealed = await sealedFor(tx, ctx.accountId, disk.region, found.disk);
    const { kmsKeyId, sealedSecret } = sealed;
    await tx
      .update(disks)
      .set({ state: 'restoring', ...(sealed.isEncrypted && { kmsKeyId, sealedSecret }) })
      .where(eq(disks.id, disk.id));
    const target = { path: found.disk.path, diskId: disk.id };
    const jobId = await queueDiskRestore(
      tx,
      ctx,
      found,
      { kind: 'disks', resource: 'disk', resourceId: disk.id, disks: [target] },
      now,
    );
    await audit({
      resourceKind: 'disk',
      resourceId: disk.id,
      resourceName: disk.name,
      after: { pointId: input.pointId, jobId },
    });
    return getDiskDto(tx, ctx.accountId, disk.id);
  },
});
