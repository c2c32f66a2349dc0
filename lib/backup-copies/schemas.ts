import { z } from 'zod';
import { bytes, isoTime } from '@/lib/schemas';

/** A policy's backups of servers or disks go into this vault too, which is in another region. */
export const BackupCopyRule = z.object({
  id: z.string(),
  policy: z.object({ id: z.string(), name: z.string() }),
  vault: z.object({ id: z.string(), name: z.string(), region: z.string(), kind: z.string() }),
  createdAt: isoTime,
  createdBy: z.string(),
});
export type BackupCopyRule = z.infer<typeof BackupCopyRule>;

export const BackupCopy = z.object({
  id: z.string(),
  backupName: z.string(),
  sourcePointId: z.string(),
  vault: z.object({ id: z.string(), name: z.string(), region: z.string() }),
  pointId: z.string(),
  state: z.enum(['copying', 'copied', 'failed', 'skipped']),
  bytesDone: bytes,
  bytesTotal: bytes,
  rateBytesPerSecond: bytes,
  waitingReason: z.string().nullable(),
  createdAt: isoTime,
  finishedAt: isoTime.nullable(),
});
export type BackupCopy = z.infer<typeof BackupCopy>;

export const CreateCopyRule = z.object({ policyId: z.string(), vaultId: z.string() });
export const DeleteCopyRule = z.object({ id: z.string() });
export const ListCopyRules = z.object({ policyId: z.string().optional() });
export const ListBackupCopies = z.object({ vaultId: z.string().optional() });
