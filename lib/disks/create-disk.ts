import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import type { DiskOrigin } from '@/db/schema';
import { type Context, newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { requireEnabledKey } from '@/lib/keys';
import { requireRegion } from '@/lib/regions';
import { writeVerb } from '@/lib/verb';
import { findBackedUpDisk, queueDiskRestore, sealedFor } from './from-backup';
import { getDiskDto, insertDisk, requireKeysAllowed } from './internal';
import { CreateDisk, type Disk, mib } from './schemas';

type Input = z.output<typeof CreateDisk>;

/** Orders a disk: empty, of a file, or of a backup. The engine makes its file and sets it to `available`. */
export const createDisk = writeVerb({
  action: 'disks.create',
  permission: 'servers.manage',
  input: CreateDisk,
  async run({ ctx, tx, input, now, audit }): Promise<Disk> {
    const pool = requirePool(input);
    const id = newId('d');
    const common = {
      accountId: ctx.accountId,
      id,
      name: input.name,
      description: input.description,
      region: input.region,
      pool,
      createdBy: ctx.actor.name,
      createdAt: now,
    };
    const { from } = input;
    if (from.kind === 'backup') {
      const found = await findBackedUpDisk(tx, ctx.accountId, from.pointId, from.position, {
        region: input.region,
        now,
      });
      const sealed = await sealedFor(tx, ctx.accountId, input.region, found.disk, input.kmsKey);
      const createdFrom: DiskOrigin = { kind: 'backup', pointId: from.pointId, path: found.disk.path };
      await insertDisk(tx, {
        ...common,
        ...sealed,
        format: sealed.isEncrypted ? 'raw' : input.format,
        sizeBytes: found.disk.sizeBytes,
        allocatedBytes: found.disk.dataBytes,
        createdFrom,
      });
      await queueDiskRestore(
        tx,
        ctx,
        found,
        { kind: 'disks', resource: 'disk', resourceId: id, disks: [{ path: found.disk.path, diskId: id }] },
        now,
      );
    } else {
      const kmsKeyId = await requireDiskKey(tx, ctx, input);
      await insertDisk(tx, {
        ...common,
        format: kmsKeyId ? 'raw' : input.format,
        isEncrypted: kmsKeyId !== null,
        kmsKeyId,
        ...originOf(from),
      });
      await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    }
    await audit({
      resourceKind: 'disk',
      resourceId: id,
      resourceName: input.name,
      after: { region: input.region, pool, from, isEncrypted: input.kmsKey !== null },
    });
    return getDiskDto(tx, ctx.accountId, id);
  },
});

export function requirePool({ region, pool }: { region: string; pool?: string }): string {
  const { diskPools, name } = requireRegion(region);
  if (pool === undefined && diskPools[0]) return diskPools[0];
  if (pool !== undefined && diskPools.includes(pool)) return pool;
  throw new CrossvaultError('invalid_input', `${name} has no such disk pool. Nothing was changed.`, {
    fields: { pool: 'Choose a pool of the region.' },
  });
}

async function requireDiskKey(tx: Tx, ctx: Context, { kmsKey, region }: Input): Promise<string | null> {
  if (kmsKey === null) return null;
  const key = await requireEnabledKey(tx, kmsKey);
  await requireKeysAllowed(tx, ctx.accountId, region);
  return key.id;
}

/** A file's size is known as the size of its disk only when it has been read; until then the file's own stands in. */
function originOf(from: Exclude<Input['from'], { kind: 'backup' }>) {
  if (from.kind === 'empty')
    return { createdFrom: { kind: 'empty' } as DiskOrigin, sizeBytes: from.sizeBytes };
  if (from.kind === 'import')
    return { createdFrom: { kind: 'import', path: from.path } as DiskOrigin, sizeBytes: mib };
  return {
    createdFrom: { kind: 'upload', fileName: from.fileName } as DiskOrigin,
    sizeBytes: Math.ceil(from.fileBytes / mib) * mib,
    bytesTotal: from.fileBytes,
  };
}
