import { and, count, eq, ilike, isNotNull, isNull, or } from 'drizzle-orm';
import type { z } from 'zod';
import { cutPage, keyset } from '@/db/keyset';
import { diskKeyPermissions, disks } from '@/db/schema';
import type { Page } from '@/lib/schemas';
import { readVerb, writeVerb } from '@/lib/verb';
import { getDiskDto, selectDisks, toDisks } from './internal';
import { AllowDiskKeys, type Disk, type DiskKeyPermission, GetDisk, ListDisks } from './schemas';

export const listDisks = readVerb({
  action: 'disks.list',
  permission: 'servers.read',
  input: ListDisks,
  async run({ ctx, tx, input }): Promise<Page<Disk>> {
    const pattern = input.query ? `%${input.query.replace(/[\\%_]/g, '\\$&')}%` : null;
    const filter = and(
      eq(disks.accountId, ctx.accountId),
      input.region ? eq(disks.region, input.region) : undefined,
      input.state ? eq(disks.state, input.state) : undefined,
      input.attached === 'yes' ? isNotNull(disks.serverId) : undefined,
      input.attached === 'no' ? isNull(disks.serverId) : undefined,
      pattern
        ? or(ilike(disks.name, pattern), ilike(disks.description, pattern), ilike(disks.id, pattern))
        : undefined,
    );
    const place = keyset(disks.createdAt, disks.id, 'desc', input.cursor);
    const ids = await tx
      .select({ id: disks.id, cursor: place.cursor })
      .from(disks)
      .where(and(filter, place.after))
      .orderBy(...place.orderBy)
      .limit(input.limit + 1);
    const { rows, nextCursor } = cutPage(ids, input.limit);
    const [all] = await tx.select({ total: count() }).from(disks).where(filter);
    const found = await toDisks(
      tx,
      rows.length === 0 ? [] : await selectDisks(tx, or(...rows.map(({ id }) => eq(disks.id, id)))),
    );
    const byId = new Map(found.map((disk) => [disk.id, disk]));
    return { items: rows.map(({ id }) => byId.get(id)!), nextCursor, total: all?.total ?? 0 };
  },
});

export const getDisk = readVerb({
  action: 'disks.get',
  permission: 'servers.read',
  input: GetDisk,
  run: ({ ctx, tx, input }): Promise<Disk> => getDiskDto(tx, ctx.accountId, input.id),
});

export const getDiskKeyPermission = readVerb({
  action: 'disks.get_key_permission',
  permission: 'servers.read',
  input: AllowDiskKeys,
  run: ({ ctx, tx, input }) => findPermission(tx, ctx.accountId, input.region),
});

/** Once for a project: the disk service may use its keys, for encrypted disks and their backups. */
export const allowDiskKeys = writeVerb({
  action: 'disks.allow_keys',
  permission: 'keys.manage',
  input: AllowDiskKeys,
  async run({ ctx, tx, input: { region }, now, audit }) {
    await tx
      .insert(diskKeyPermissions)
      .values({ accountId: ctx.accountId, region, grantedBy: ctx.actor.name, grantedAt: now })
      .onConflictDoNothing();
    await audit({ resourceKind: 'project', resourceId: region, after: { mayUseKeys: true } });
    return findPermission(tx, ctx.accountId, region);
  },
});

/** Taken back, encrypted disks and their backups wait until it is given again. */
export const withdrawDiskKeys = writeVerb({
  action: 'disks.withdraw_keys',
  permission: 'keys.manage',
  input: AllowDiskKeys,
  async run({ ctx, tx, input: { region }, audit }) {
    await tx
      .delete(diskKeyPermissions)
      .where(and(eq(diskKeyPermissions.accountId, ctx.accountId), eq(diskKeyPermissions.region, region)));
    await audit({ resourceKind: 'project', resourceId: region, after: { mayUseKeys: false } });
    return findPermission(tx, ctx.accountId, region);
  },
});

async function findPermission(
  tx: Parameters<typeof getDiskDto>[0],
  accountId: string,
  region: string,
): Promise<z.infer<typeof DiskKeyPermission>> {
  const [row] = await tx
    .select()
    .from(diskKeyPermissions)
    .where(and(eq(diskKeyPermissions.accountId, accountId), eq(diskKeyPermissions.region, region)));
  return {
    region,
    isGranted: row !== undefined,
    grantedBy: row?.grantedBy ?? null,
    grantedAt: row?.grantedAt.toISOString() ?? null,
  };
}
