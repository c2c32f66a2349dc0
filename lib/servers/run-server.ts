import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { disks, jobs, servers } from '@/db/schema';
import { violates } from '@/db/violations';
import {
  findBackup,
  nameTaken,
  queueDiskRestore,
  removeSource,
  requireTypedName,
  restoreIntoRefusal,
  sealedFor,
} from '@/lib/disks';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { getServerDto, loadServerForUpdate } from './internal';
import { conflict, deleteRefusal, restRefusal, startRefusal, stopRefusal } from './rules';
import { DeleteServer, RestoreServer, type Server, StartServer, StopServer, UpdateServer } from './schemas';

/** Name and description at any time; the flavour while no machine runs. */
export const updateServer = writeVerb({
  action: 'servers.update',
  permission: 'servers.manage',
  input: UpdateServer,
  async run({ ctx, tx, input, audit }): Promise<Server> {
    const server = await loadServerForUpdate(tx, ctx.accountId, input.id);
    const refusal = input.flavour && input.flavour !== server.flavour ? restRefusal(server) : null;
    if (refusal) throw conflict(refusal, 'server_not_stopped');
    const { name, description, flavour } = server;
    const before = { name, description, flavour };
    const after = {
      name: input.name ?? name,
      description: input.description ?? description,
      flavour: input.flavour ?? flavour,
    };
    try {
      await tx.update(servers).set(after).where(eq(servers.id, server.id));
    } catch (error) {
      throw violates(error, 'servers_account_id_region_name_key') ? nameTaken('server', after.name) : error;
    }
    await audit({ resourceKind: 'server', resourceId: server.id, resourceName: after.name, before, after });
    return getServerDto(tx, ctx.accountId, server.id);
  },
});

/** Asks for a machine. From then on its disks may be written to. */
export const startServer = writeVerb({
  action: 'servers.start',
  permission: 'servers.manage',
  input: StartServer,
  async run({ ctx, tx, input, audit }): Promise<Server> {
    const server = await loadServerForUpdate(tx, ctx.accountId, input.id);
    const attached = await lockDisks(tx, server.id);
    const refusal = startRefusal(server, attached.length);
    if (refusal) throw conflict(refusal, 'server_not_startable');
    const busy = attached.find(({ state }) => state !== 'available');
    if (busy) throw conflict(`The disk ${busy.name} is not ready. Wait until it is.`, 'disk_not_ready');
    await tx
      .update(servers)
      .set({ state: 'starting', stateReason: null, checkedAt: null, process: null })
      .where(eq(servers.id, server.id));
    await tx
      .update(disks)
      .set({ generation: sql`${disks.generation} + 1` })
      .where(eq(disks.serverId, server.id));
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    await audit({ resourceKind: 'server', resourceId: server.id, resourceName: server.name });
    return getServerDto(tx, ctx.accountId, server.id);
  },
});

export const stopServer = writeVerb({
  action: 'servers.stop',
  permission: 'servers.manage',
  input: StopServer,
  async run({ ctx, tx, input, now, audit }): Promise<Server> {
    const server = await loadServerForUpdate(tx, ctx.accountId, input.id);
    const refusal = stopRefusal(server, await isBackedUpNow(tx, ctx.accountId, server.id));
    if (refusal)
      throw conflict(refusal, server.state === 'running' ? 'backup_running' : 'server_not_running');
    await tx
      .update(servers)
      .set({
        state: 'stopping',
        checkedAt: null,
        stopAskedAt: server.stopAskedAt ?? now,
        isStopForced: input.isForced || server.isStopForced,
      })
      .where(eq(servers.id, server.id));
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    await audit({
      resourceKind: 'server',
      resourceId: server.id,
      resourceName: server.name,
      after: { isForced: input.isForced },
    });
    return getServerDto(tx, ctx.accountId, server.id);
  },
});

/** Deletes a server that is stopped, with its disks or without. Its backups and images stay. */
export const deleteServer = writeVerb({
  action: 'servers.delete',
  permission: 'servers.delete',
  input: DeleteServer,
  async run({ ctx, tx, input, audit }): Promise<Server> {
    const server = await loadServerForUpdate(tx, ctx.accountId, input.id);
    requireTypedName(server.name, input.confirm, 'server');
    const refusal = deleteRefusal(server);
    if (refusal) throw conflict(refusal, 'server_not_stopped');
    const attached = await lockDisks(tx, server.id);
    await removeSource(tx, ctx.accountId, 'server', server.id);
    for (const disk of attached) {
      if (input.isWithDisks) await removeSource(tx, ctx.accountId, 'disk', disk.id);
      await tx
        .update(disks)
        .set({
          serverId: null,
          position: null,
          ...(input.isWithDisks && { state: 'deleting', claimedUntil: null }),
        })
        .where(eq(disks.id, disk.id));
    }
    await tx.update(servers).set({ state: 'deleting' }).where(eq(servers.id, server.id));
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    await audit({
      resourceKind: 'server',
      resourceId: server.id,
      resourceName: server.name,
      before: { disks: attached.map(({ id, name }) => ({ id, name })), isWithDisks: input.isWithDisks },
    });
    return getServerDto(tx, ctx.accountId, server.id);
  },
});

/** Restores every disk of a backup into the disk at its place, of a server that is stopped. */
export const restoreServer = writeVerb({
  action: 'servers.restore',
  permission: 'restore.run',
  input: RestoreServer,
  async run({ ctx, tx, input, now, audit }): Promise<Server> {
    const server = await loadServerForUpdate(tx, ctx.accountId, input.id);
    requireTypedName(server.name, input.confirm, 'server');
    const refusal = restRefusal(server);
    if (refusal) throw conflict(refusal, 'server_not_stopped');
    const found = await findBackup(tx, ctx.accountId, input.pointId, { region: server.region, now });
    const attached = await lockDisks(tx, server.id);
    const targets: { path: string; diskId: string }[] = [];
    for (const backedUp of found.point.resource.disks) {
      const disk = attached.find(({ position }) => position === backedUp.position);
      if (!disk) throw withoutPlace(backedUp.position);
      const unfit = restoreIntoRefusal(disk, backedUp);
      if (unfit) throw unfit;
      if (disk.state !== 'available') throw conflict(`The disk ${disk.name} is not ready.`, 'disk_not_ready');
      const sealed = await sealedFor(tx, ctx.accountId, server.region, backedUp);
      const { kmsKeyId, sealedSecret } = sealed;
      await tx
        .update(disks)
        .set({ state: 'restoring', ...(sealed.isEncrypted && { kmsKeyId, sealedSecret }) })
        .where(eq(disks.id, disk.id));
      targets.push({ path: backedUp.path, diskId: disk.id });
    }
    await tx.update(servers).set({ state: 'restoring' }).where(eq(servers.id, server.id));
    const jobId = await queueDiskRestore(
      tx,
      ctx,
      found,
      { kind: 'disks', resource: 'server', resourceId: server.id, disks: targets },
      now,
    );
    await audit({
      resourceKind: 'server',
      resourceId: server.id,
      resourceName: server.name,
      after: { pointId: input.pointId, jobId },
    });
    return getServerDto(tx, ctx.accountId, server.id);
  },
});

function lockDisks(tx: Tx, serverId: string) {
  return tx.select().from(disks).where(eq(disks.serverId, serverId)).orderBy(disks.position).for('update');
}

async function isBackedUpNow(tx: Tx, accountId: string, serverId: string): Promise<boolean> {
  const [job] = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.accountId, accountId),
        inArray(jobs.status, ['running']),
        sql`${jobs.spec} ->> 'sourceId' in (select s.id from data_sources s where s.account_id = ${accountId}
          and (s.kind = 'server' and s.item = ${serverId}
            or s.kind = 'disk' and s.item in (select d.id from disks d where d.server_id = ${serverId})))`,
      ),
    )
    .limit(1);
  return job !== undefined;
}

function withoutPlace(position: number): CrossvaultError {
  return new CrossvaultError(
    'not_eligible',
    `The backup has a disk at place ${position}, and this server has none there. Create a new server from the backup instead.`,
    { reason: 'disk_missing' },
  );
}
