import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { type DiskOrigin, disks, imageDisks, images, servers } from '@/db/schema';
import { violates } from '@/db/violations';
import { type Context, newId } from '@/lib/context';
import {
  addSource,
  findBackup,
  insertDisk,
  nameTaken,
  overQuota,
  queueDiskRestore,
  requirePool,
  requireResting,
  sealedFor,
} from '@/lib/disks';
import { CrossvaultError, notFound } from '@/lib/errors';
import { requireRegion } from '@/lib/regions';
import { writeVerb } from '@/lib/verb';
import { getServerDto } from './internal';
import { CreateServer, type Server } from './schemas';

type Input = z.output<typeof CreateServer>;

/** Makes a server of disks that are there, of a backup with all its disks, or of an image. It is not started. */
export const createServer = writeVerb({
  action: 'servers.create',
  permission: 'servers.manage',
  input: CreateServer,
  async run({ ctx, tx, input, now, audit }): Promise<Server> {
    requireRegion(input.region);
    const id = newId('i');
    await insertServer(tx, ctx, id, input, now);
    if (input.from.kind === 'disks')
      await attachDisks(tx, ctx.accountId, id, input.region, input.from.diskIds);
    else if (input.from.kind === 'backup') await makeFromBackup(tx, ctx, id, input, input.from.pointId, now);
    else await makeFromImage(tx, ctx, id, input, input.from.imageId, now);
    await addSource(tx, {
      accountId: ctx.accountId,
      id,
      region: input.region,
      name: input.name,
      createdBy: ctx.actor.name,
      kind: 'server',
      config: { kind: 'server', serverId: id },
    });
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    await audit({
      resourceKind: 'server',
      resourceId: id,
      resourceName: input.name,
      after: { region: input.region, flavour: input.flavour, from: input.from },
    });
    return getServerDto(tx, ctx.accountId, id);
  },
});

async function insertServer(tx: Tx, ctx: Context, id: string, input: Input, now: Date): Promise<void> {
  const { from } = input;
  let made: { id: string }[];
  try {
    made = await tx
      .insert(servers)
      .values({
        accountId: ctx.accountId,
        id,
        name: input.name,
        description: input.description,
        region: input.region,
        flavour: input.flavour,
        state: from.kind === 'disks' ? 'stopped' : 'creating',
        createdFrom: from.kind === 'disks' ? { kind: 'disks' } : from,
        createdBy: ctx.actor.name,
        createdAt: now,
      })
      .onConflictDoNothing({ target: [servers.accountId, servers.region, servers.name] })
      .returning({ id: servers.id });
  } catch (error) {
    throw violates(error, 'quota_exceeded') ? overQuota(error) : error;
  }
  if (made.length === 0) throw nameTaken('server', input.name);
}

async function attachDisks(
  tx: Tx,
  accountId: string,
  serverId: string,
  region: string,
  diskIds: readonly string[],
): Promise<void> {
  const rows = await tx
    .select()
    .from(disks)
    .where(and(eq(disks.accountId, accountId), inArray(disks.id, [...diskIds])))
    .orderBy(asc(disks.id))
    .for('update');
  for (const [position, diskId] of diskIds.entries()) {
    const disk = rows.find(({ id }) => id === diskId);
    if (!disk) throw notFound('disk');
    requireResting({ ...disk, isAttached: disk.serverId !== null, serverState: null }, 'attached');
    if (disk.serverId || disk.region !== region) {
      throw new CrossvaultError(
        'state_conflict',
        disk.serverId
          ? `The disk ${disk.name} is attached to another server. Detach it first.`
          : `The disk ${disk.name} is in ${disk.region}. A server takes disks of its region.`,
        { reason: disk.serverId ? 'disk_attached' : 'other_region', fields: { from: 'Choose other disks.' } },
      );
    }
    await tx.update(disks).set({ serverId, position }).where(eq(disks.id, diskId));
  }
}

interface NewDisk {
  position: number;
  name: string;
  format: 'raw' | 'qcow2';
  sizeBytes: number;
  allocatedBytes: number;
  createdFrom: DiskOrigin;
  isEncrypted: boolean;
  kmsKeyId: string | null;
  sealedSecret: Buffer | null;
}

async function insertDisks(tx: Tx, ctx: Context, serverId: string, input: Input, made: NewDisk[], now: Date) {
  const pool = requirePool({ region: input.region });
  const ids: string[] = [];
  for (const disk of made) {
    const id = newId('d');
    ids.push(id);
    await insertDisk(tx, {
      ...disk,
      accountId: ctx.accountId,
      id,
      name: await freeDiskName(
        tx,
        ctx.accountId,
        input.region,
        `${input.name.slice(0, 50)}-disk-${disk.position}`,
      ),
      region: input.region,
      pool,
      serverId,
      createdBy: ctx.actor.name,
      createdAt: now,
    });
  }
  return ids;
}

/** The name, or the first of `name-2`, `name-3` … that nobody has. */
async function freeDiskName(tx: Tx, accountId: string, region: string, name: string): Promise<string> {
  const taken = await tx
    .select({ name: disks.name })
    .from(disks)
    .where(
      and(eq(disks.accountId, accountId), eq(disks.region, region), sql`${disks.name} like ${`${name}%`}`),
    );
  const names = new Set(taken.map((row) => row.name));
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!names.has(candidate)) return candidate;
  }
}

async function makeFromBackup(tx: Tx, ctx: Context, id: string, input: Input, pointId: string, now: Date) {
  const found = await findBackup(tx, ctx.accountId, pointId, { region: input.region, now });
  const { disks: backedUp } = found.point.resource;
  const made: NewDisk[] = [];
  for (const [position, disk] of backedUp.entries()) {
    const sealed = await sealedFor(tx, ctx.accountId, input.region, disk);
    made.push({
      ...sealed,
      position,
      name: disk.name,
      format: sealed.isEncrypted ? 'raw' : disk.format,
      sizeBytes: disk.sizeBytes,
      allocatedBytes: disk.dataBytes,
      createdFrom: { kind: 'backup', pointId, path: disk.path },
    });
  }
  const ids = await insertDisks(tx, ctx, id, input, made, now);
  const targets = backedUp.map(({ path }, i) => ({ path, diskId: ids[i]! }));
  await queueDiskRestore(
    tx,
    ctx,
    found,
    { kind: 'disks', resource: 'server', resourceId: id, disks: targets },
    now,
  );
}

async function makeFromImage(tx: Tx, ctx: Context, id: string, input: Input, imageId: string, now: Date) {
  const rows = await tx
    .select({ image: images, disk: imageDisks })
    .from(imageDisks)
    .innerJoin(images, eq(images.id, imageDisks.imageId))
    .where(and(eq(images.accountId, ctx.accountId), eq(images.id, imageId)))
    .orderBy(asc(imageDisks.position));
  const image = rows[0]?.image;
  if (!image) throw notFound('image');
  if (image.state !== 'available' || image.region !== input.region) {
    const why =
      image.state === 'available'
        ? `The image ${image.name} is in ${image.region}. Choose one of the server's region.`
        : `The image ${image.name} is not available yet.`;
    throw new CrossvaultError('state_conflict', why, { reason: 'image_not_usable', fields: { from: why } });
  }
  const made = rows.map(
    ({ disk }): NewDisk => ({
      position: disk.position,
      name: disk.name,
      format: disk.isEncrypted ? 'raw' : disk.format,
      sizeBytes: disk.sizeBytes,
      allocatedBytes: disk.allocatedBytes,
      createdFrom: { kind: 'image', imageDiskId: disk.id },
      isEncrypted: disk.isEncrypted,
      kmsKeyId: disk.kmsKeyId,
      sealedSecret: disk.sealedSecret,
    }),
  );
  await insertDisks(tx, ctx, id, input, made, now);
}
