import { z } from 'zod';
import { bytes, confirmation, description, displayName, isoTime, listPage, regionId } from '@/lib/schemas';

/** The entry of a disk in a backup. */
export const diskPath = (position: number) => `disk-${String(position).padStart(2, '0')}.img`;

export const mib = 2 ** 20;
export const gib = 2 ** 30;
export const mostDiskBytes = 4 * 2 ** 40;
export const mostAttached = 16;

export const DiskFormat = z.enum(['raw', 'qcow2']);
export const DiskState = z.enum(['creating', 'available', 'resizing', 'restoring', 'deleting', 'error']);

export const DiskOrigin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('empty') }),
  z.object({ kind: z.literal('import'), path: z.string() }),
  z.object({ kind: z.literal('upload'), fileName: z.string() }),
  z.object({ kind: z.literal('backup'), pointId: z.string(), path: z.string() }),
  z.object({ kind: z.literal('image'), imageDiskId: z.string() }),
]);

export const MakingProgress = z.object({
  bytesDone: bytes,
  bytesTotal: bytes.nullable(),
  rateBytesPerSecond: bytes.nullable(),
  jobId: z.string().nullable(),
});
export type MakingProgress = z.infer<typeof MakingProgress>;

export const Disk = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  region: z.string(),
  pool: z.string(),
  format: DiskFormat,
  sizeBytes: bytes,
  /** What it takes in the pool. */
  allocatedBytes: bytes,
  isEncrypted: z.boolean(),
  kmsKey: z.object({ id: z.string(), alias: z.string().nullable(), state: z.string() }).nullable(),
  state: DiskState,
  stateReason: z.string().nullable(),
  server: z.object({ id: z.string(), name: z.string(), state: z.string() }).nullable(),
  position: z.number().int().nullable(),
  createdFrom: DiskOrigin,
  /** While it is made: bytes done of those to do; by its restore job where it comes from a backup. */
  progress: MakingProgress.nullable(),
  /** The data source that backs it up. */
  sourceId: z.string().nullable(),
  newestBackupAt: isoTime.nullable(),
  createdBy: z.string(),
  createdAt: isoTime,
});
export type Disk = z.infer<typeof Disk>;

const sizeBytes = z
  .number()
  .int()
  .min(mib, 'At least 1 MiB.')
  .max(mostDiskBytes, 'At most 4 TiB.')
  .refine((size) => size % mib === 0, 'A size is a whole number of MiB.');

export const CreateDisk = z.object({
  name: displayName,
  description,
  region: regionId,
  /** A pool of the region; without it the first. */
  pool: z.string().max(16).optional(),
  format: DiskFormat.default('qcow2'),
  /** A key of the account, for an encrypted disk. Whether a disk is encrypted cannot be changed. */
  kmsKey: z.string().trim().min(1).nullable().default(null),
  from: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('empty'), sizeBytes }),
    /** A file of the operator's import folders, as `listImportableImages` names it. */
    z.object({ kind: z.literal('import'), path: z.string().min(1, 'Choose a file.').max(512) }),
    /** A file of so many bytes, sent afterwards. */
    z.object({
      kind: z.literal('upload'),
      fileName: z.string().trim().min(1, 'Choose a file.').max(255),
      fileBytes: z.number().int().min(512, 'The file is empty.').max(mostDiskBytes, 'At most 4 TiB.'),
    }),
    /** One disk of a backup; of a server's, the one at `position`. */
    z.object({
      kind: z.literal('backup'),
      pointId: z.string().min(1, 'Choose a backup.'),
      position: z.number().int().min(0).max(15).default(0),
    }),
  ]),
});

export const ListDisks = z.object({
  region: regionId.optional(),
  state: DiskState.optional(),
  /** `yes`: attached to a server. */
  attached: z.enum(['yes', 'no']).optional(),
  query: z.string().trim().max(100).optional(),
  ...listPage,
});
export const GetDisk = z.object({ id: z.string() });
export const UpdateDisk = z.object({
  id: z.string(),
  name: displayName.optional(),
  description: z.string().trim().max(255).optional(),
});
export const ResizeDisk = z.object({ id: z.string(), sizeBytes });
export const AttachDisk = z.object({ id: z.string(), serverId: z.string().min(1, 'Choose a server.') });
export const DetachDisk = z.object({ id: z.string() });
/** `confirm` is the disk's name. */
export const DeleteDisk = z.object({ id: z.string(), confirm: confirmation });
/** Replaces the bytes of a disk with those of a backup of the same size; `confirm` is its name. */
export const RestoreDisk = z.object({
  id: z.string(),
  pointId: z.string().min(1, 'Choose a backup.'),
  position: z.number().int().min(0).max(15).default(0),
  confirm: confirmation,
});
export const DownloadDisk = z.object({ id: z.string(), format: DiskFormat.default('raw') });
export const AllowDiskKeys = z.object({ region: regionId });
export const DiskKeyPermission = z.object({
  region: z.string(),
  isGranted: z.boolean(),
  grantedBy: z.string().nullable(),
  grantedAt: isoTime.nullable(),
});
export const ListImportableImages = z.object({ region: regionId });
export const ImportableImage = z.object({ path: z.string(), sizeBytes: bytes, modifiedAt: isoTime });
