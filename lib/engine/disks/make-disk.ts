import { rename, rm, stat, truncate } from 'node:fs/promises';
import { and, eq } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import type { disks } from '@/db/schema';
import { imageDisks, images } from '@/db/schema';
import {
  type BlockSink,
  type BlockSource,
  copyDevice,
  createDisk,
  createDiskSecret,
  detectFormat,
  encryptInto,
  growQcow2,
  luksHeaderBytes,
  openDisk,
} from '@/lib/engine/core/disk';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { CrossvaultError, invariant } from '@/lib/errors';
import { diskFile, prepareDiskFile } from '@/lib/regions';
import { openDiskKey, sealDiskSecret } from './disk-secret';
import { findImport } from './find-import';

type DiskRow = typeof disks.$inferSelect;

export interface MadeDisk {
  sizeBytes: number;
  allocatedBytes: number;
  sealedSecret?: Buffer;
}

export interface Making {
  environment: VaultEnvironment;
  disk: DiskRow;
  onProgress(done: number, total: number): void;
  signal: AbortSignal;
}

const mib = 2 ** 20;
const roundUp = (bytes: number) => Math.max(1, Math.ceil(bytes / mib)) * mib;
export const uploadFile = (file: string) => `${file}.upload`;

/** Makes the file of a disk beside its place, and puts it there when it is whole. */
export async function makeDisk(making: Making): Promise<MadeDisk> {
  const { disk } = making;
  const file = await prepareDiskFile(disk);
  const source = await openOrigin(making, file);
  const part = `${file}.part`;
  await rm(part, { force: true });
  try {
    const isCopiedSealed = disk.createdFrom.kind === 'image' && disk.isEncrypted;
    const sizeBytes = source
      ? roundUp(source.sizeBytes - (isCopiedSealed ? luksHeaderBytes : 0))
      : disk.sizeBytes;
    const { sink, sealedSecret } = await openSink(making, part, sizeBytes, isCopiedSealed);
    if (source) {
      let done = 0;
      await copyDevice(source, sink, {
        signal: making.signal,
        onBytes: (bytes) => {
          done += bytes;
          making.onProgress(done, source.sizeBytes);
        },
      });
    } else await sink.finish();
    await rename(part, file);
    await rm(uploadFile(file), { force: true });
    return { sizeBytes, allocatedBytes: await allocatedBytes(file), sealedSecret };
  } finally {
    await source?.close();
    await rm(part, { force: true });
  }
}

async function openSink(
  { environment: { db, serviceKey }, disk }: Making,
  path: string,
  sizeBytes: number,
  isCopiedSealed: boolean,
): Promise<{ sink: BlockSink; sealedSecret?: Buffer }> {
  if (!disk.isEncrypted) return { sink: await createDisk(path, disk.format, sizeBytes) };
  if (isCopiedSealed) return { sink: await createDisk(path, 'raw', sizeBytes + luksHeaderBytes) };
  invariant(disk.kmsKeyId, 'an encrypted disk has a key');
  const { accountId, kmsKeyId } = disk;
  const key = await inAccount(db, accountId, (tx) => openDiskKey(tx, serviceKey, accountId, kmsKeyId));
  const secret = createDiskSecret();
  const below = await createDisk(path, 'raw', sizeBytes + luksHeaderBytes);
  return { sink: await encryptInto(below, secret), sealedSecret: sealDiskSecret(key, accountId, secret) };
}

/** What the disk's bytes come from; null for an empty one. */
async function openOrigin({ environment, disk }: Making, file: string): Promise<BlockSource | null> {
  const from = disk.createdFrom;
  if (from.kind === 'import') {
    const path = await findImport(disk.region, from.path);
    return openDisk(path, await detectFormat(path));
  }
  if (from.kind === 'upload') return openDisk(uploadFile(file), await detectFormat(uploadFile(file)));
  if (from.kind !== 'image') return null;
  const [found] = await inAccount(environment.db, disk.accountId, (tx) =>
    tx
      .select({ disk: imageDisks, region: images.region })
      .from(imageDisks)
      .innerJoin(images, eq(images.id, imageDisks.imageId))
      .where(and(eq(imageDisks.accountId, disk.accountId), eq(imageDisks.id, from.imageDiskId))),
  );
  if (!found) throw new CrossvaultError('not_found', 'The image was deleted before the disk was made.');
  return openDisk(diskFile({ ...found.disk, region: found.region }), found.disk.format);
}

export async function growDisk(disk: DiskRow): Promise<MadeDisk> {
  const file = diskFile(disk);
  const sizeBytes = disk.wantedBytes ?? disk.sizeBytes;
  if (disk.format === 'qcow2') await growQcow2(file, sizeBytes);
  else await truncate(file, sizeBytes + (disk.isEncrypted ? luksHeaderBytes : 0));
  return { sizeBytes, allocatedBytes: await allocatedBytes(file) };
}

export async function removeFiles(file: string): Promise<void> {
  for (const one of [file, `${file}.part`, uploadFile(file)]) await rm(one, { force: true });
}

export async function allocatedBytes(file: string): Promise<number> {
  return (await stat(file)).blocks * 512;
}
