import { and, asc, count, eq, ilike, inArray, or, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { cutPage, keyset } from '@/db/keyset';
import { imageDisks, images, vaults } from '@/db/schema';
import { violates } from '@/db/violations';
import { newId } from '@/lib/context';
import {
  findBackup,
  findRestoresInto,
  nameTaken,
  overQuota,
  progressOfRestore,
  queueDiskRestore,
  requirePool,
  requireTypedName,
  sealedFor,
} from '@/lib/disks';
import { CrossvaultError, notFound } from '@/lib/errors';
import type { Page } from '@/lib/schemas';
import { readVerb, writeVerb } from '@/lib/verb';
import { DeleteImage, GetImage, type Image, ListImages, RegisterImage } from './schemas';

type ImageRow = typeof images.$inferSelect;

/** Copies the disks of a backup into an image, which stays when the backup goes. */
export const registerImage = writeVerb({
  action: 'images.register',
  permission: 'servers.manage',
  input: RegisterImage,
  async run({ ctx, tx, input, now, audit }): Promise<Image> {
    const region = await regionOf(tx, ctx.accountId, input.pointId);
    const found = await findBackup(tx, ctx.accountId, input.pointId, { region, now });
    const { resource } = found.point;
    const pool = requirePool({ region });
    const id = newId('img');
    await insertImage(tx, {
      accountId: ctx.accountId,
      id,
      region,
      name: input.name,
      description: input.description,
      pointId: input.pointId,
      sourceName: resource.name,
      flavour: resource.flavour,
      createdBy: ctx.actor.name,
      createdAt: now,
    });
    const targets: { path: string; diskId: string }[] = [];
    for (const [position, disk] of resource.disks.entries()) {
      const { isEncrypted, kmsKeyId, sealedSecret } = await sealedFor(tx, ctx.accountId, region, disk);
      const diskId = newId('imgd');
      await tx.insert(imageDisks).values({
        accountId: ctx.accountId,
        id: diskId,
        imageId: id,
        position,
        name: disk.name,
        pool,
        format: isEncrypted ? 'raw' : disk.format,
        sizeBytes: disk.sizeBytes,
        allocatedBytes: disk.dataBytes,
        isEncrypted,
        kmsKeyId,
        sealedSecret,
      });
      targets.push({ path: disk.path, diskId });
    }
    await queueDiskRestore(
      tx,
      ctx,
      found,
      { kind: 'disks', resource: 'image', resourceId: id, disks: targets },
      now,
    );
    await audit({
      resourceKind: 'image',
      resourceId: id,
      resourceName: input.name,
      after: { pointId: input.pointId, region },
    });
    return getImageDto(tx, ctx.accountId, id);
  },
});

export const deleteImage = writeVerb({
  action: 'images.delete',
  permission: 'servers.delete',
  input: DeleteImage,
  async run({ ctx, tx, input, audit }): Promise<Image> {
    const [image] = await tx
      .select()
      .from(images)
      .where(and(eq(images.accountId, ctx.accountId), eq(images.id, input.id)))
      .for('update');
    if (!image) throw notFound('image');
    requireTypedName(image.name, input.confirm, 'image');
    const [used] =
      await tx.execute(sql`select id from disks where account_id = ${ctx.accountId} and state = 'creating'
      and created_from ->> 'imageDiskId' in (select id from image_disks where image_id = ${image.id}) limit 1`);
    if (image.state === 'creating' || used) {
      throw new CrossvaultError(
        'state_conflict',
        image.state === 'creating'
          ? 'The image is still being registered. Wait, or cancel its restore job.'
          : 'A server is being made from this image. Wait until it is.',
        { reason: 'image_in_use' },
      );
    }
    await tx.update(images).set({ state: 'deleting' }).where(eq(images.id, image.id));
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    await audit({
      resourceKind: 'image',
      resourceId: image.id,
      resourceName: image.name,
      before: { pointId: image.pointId },
    });
    return getImageDto(tx, ctx.accountId, image.id);
  },
});

export const listImages = readVerb({
  action: 'images.list',
  permission: 'servers.read',
  input: ListImages,
  async run({ ctx, tx, input }): Promise<Page<Image>> {
    const pattern = input.query ? `%${input.query.replace(/[\\%_]/g, '\\$&')}%` : null;
    const filter = and(
      eq(images.accountId, ctx.accountId),
      input.region ? eq(images.region, input.region) : undefined,
      pattern
        ? or(ilike(images.name, pattern), ilike(images.sourceName, pattern), ilike(images.id, pattern))
        : undefined,
    );
    const place = keyset(images.createdAt, images.id, 'desc', input.cursor);
    const found = await tx
      .select({ image: images, cursor: place.cursor })
      .from(images)
      .where(and(filter, place.after))
      .orderBy(...place.orderBy)
      .limit(input.limit + 1);
    const { rows, nextCursor } = cutPage(found, input.limit);
    const [all] = await tx.select({ total: count() }).from(images).where(filter);
    const items = await toImages(
      tx,
      rows.map(({ image }) => image),
    );
    return { items, nextCursor, total: all?.total ?? 0 };
  },
});

export const getImage = readVerb({
  action: 'images.get',
  permission: 'servers.read',
  input: GetImage,
  run: ({ ctx, tx, input }): Promise<Image> => getImageDto(tx, ctx.accountId, input.id),
});

async function regionOf(tx: Tx, accountId: string, pointId: string): Promise<string> {
  const [found] = await tx.execute<{ region: string }>(sql`select v.region from backup_points p
    join ${vaults} v on v.id = p.vault_id where p.account_id = ${accountId} and p.id = ${pointId}`);
  if (!found) throw notFound('backup');
  return found.region;
}

async function insertImage(tx: Tx, row: typeof images.$inferInsert): Promise<void> {
  let made: { id: string }[];
  try {
    made = await tx
      .insert(images)
      .values(row)
      .onConflictDoNothing({ target: [images.accountId, images.region, images.name] })
      .returning({ id: images.id });
  } catch (error) {
    throw violates(error, 'quota_exceeded') ? overQuota(error) : error;
  }
  if (made.length === 0) throw nameTaken('image', row.name);
}

async function getImageDto(tx: Tx, accountId: string, id: string): Promise<Image> {
  const rows = await tx
    .select()
    .from(images)
    .where(and(eq(images.accountId, accountId), eq(images.id, id)));
  const [image] = await toImages(tx, rows);
  if (!image) throw notFound('image');
  return image;
}

async function toImages(tx: Tx, rows: ImageRow[]): Promise<Image[]> {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const held = await tx
    .select()
    .from(imageDisks)
    .where(inArray(imageDisks.imageId, ids))
    .orderBy(asc(imageDisks.imageId), asc(imageDisks.position));
  const running = await findRestoresInto(tx, ids);
  return rows.map((image) => {
    const own = held.filter((disk) => disk.imageId === image.id);
    const job = running.get(image.id);
    return {
      id: image.id,
      name: image.name,
      description: image.description,
      region: image.region,
      state: image.state,
      stateReason: image.stateReason,
      pointId: image.pointId,
      sourceName: image.sourceName,
      flavour: image.flavour,
      isEncrypted: own.some((disk) => disk.isEncrypted),
      disks: own.map(({ position, name, sizeBytes, allocatedBytes }) => ({
        position,
        name,
        sizeBytes,
        allocatedBytes,
      })),
      progress: job ? progressOfRestore(job) : null,
      createdBy: image.createdBy,
      createdAt: image.createdAt.toISOString(),
    };
  });
}
