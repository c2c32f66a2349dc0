import { z } from 'zod';
import { BackupPoint } from '@/lib/backup-points/schemas';
import { bytes, listPage } from '@/lib/schemas';

export const BackupKind = z.enum(['server', 'disk']);
export type BackupKind = z.infer<typeof BackupKind>;
export const BackupState = z.enum(['available', 'restoring', 'deleting']);
export type BackupState = z.infer<typeof BackupState>;

/** A backup of a server or a disk: a backup point with what it was made of and whom it is shared with. */
export const Backup = z.object({
  id: z.string(),
  name: z.string(),
  kind: BackupKind,
  state: BackupState,
  source: z.object({ id: z.string(), name: z.string() }),
  /** Bytes of data, without the holes: what a copy takes at most. */
  sizeBytes: bytes,
  isEncrypted: z.boolean(),
  isCrashConsistent: z.boolean(),
  disks: z.array(
    z.object({
      name: z.string(),
      position: z.number().int(),
      sizeBytes: bytes,
      dataBytes: bytes,
      isEncrypted: z.boolean(),
    }),
  ),
  /** Of a backup that came by a share: whose it is. */
  sharedBy: z.object({ accountId: z.string(), name: z.string() }).nullable(),
  /** Projects it is shared with now. */
  shareCount: z.number().int(),
  /** Why it cannot be shared with anyone, or null. */
  shareRefusal: z.string().nullable(),
  point: BackupPoint,
});
export type Backup = z.infer<typeof Backup>;

export const ListBackups = z.object({
  region: z.string().optional(),
  kind: BackupKind.optional(),
  state: BackupState.optional(),
  /** Made by this account, or shared with it. */
  own: z.enum(['own', 'shared']).optional(),
  vaultId: z.string().optional(),
  query: z.string().trim().max(100).optional(),
  ...listPage,
});
export const GetBackup = z.object({ id: z.string() });
