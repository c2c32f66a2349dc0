import { z } from 'zod';
import { ProjectId } from '@/lib/projects/schemas';
import { bytes, isoTime } from '@/lib/schemas';

export * from './rules';

/** How many projects one backup is shared with at a time. */
export const maxProjects = 10;

export const BackupShareState = z.enum([
  'pending',
  'copying',
  'accepted',
  'rejected',
  'cancelled',
  'deleted',
  'failed',
]);
export type BackupShareState = z.infer<typeof BackupShareState>;

const SharedBackup = z.object({
  /** The backup's id at its sharer. */
  id: z.string(),
  name: z.string(),
  kind: z.enum(['server', 'disk']),
  /** The server or disk that it was made of. */
  source: z.object({ id: z.string(), name: z.string() }),
  /** Bytes of data: what a copy takes at most, and what free space is compared with. */
  sizeBytes: bytes,
  isEncrypted: z.boolean(),
  capturedAt: isoTime,
  expiresAt: isoTime,
  retentionDays: z.number().int(),
});

const shared = {
  id: z.string(),
  region: z.string(),
  backup: SharedBackup,
  state: BackupShareState,
  /** Why it stands as it does, in a sentence. */
  stateReason: z.string().nullable(),
  createdAt: isoTime,
  respondedAt: isoTime.nullable(),
  endedAt: isoTime.nullable(),
  endedBy: z.enum(['sharer', 'recipient', 'expiry']).nullable(),
};

/** A share as its sharer sees it. */
export const BackupShare = z.object({
  ...shared,
  recipient: z.object({ accountId: z.string(), name: z.string(), projectId: z.string() }),
  createdBy: z.string(),
  /** Images that the recipient registered from its copy: while there is one, the share cannot be cancelled. */
  holders: z.array(z.object({ imageId: z.string(), imageName: z.string(), createdAt: isoTime })),
  /** A cancellation that was refused and is tried again. */
  cancelWanted: z.object({ at: isoTime, by: z.string(), triedAt: isoTime.nullable() }).nullable(),
  /** A key of the backup that is not shared with the recipient any more: copying waits for it. */
  isKeyMissing: z.boolean(),
});
export type BackupShare = z.infer<typeof BackupShare>;

/** A share as its recipient sees it, with its own copy. */
export const ReceivedBackupShare = z.object({
  ...shared,
  sharer: z.object({ accountId: z.string(), name: z.string() }),
  projectId: z.string(),
  isKeyMissing: z.boolean(),
  copy: z
    .object({
      pointId: z.string(),
      vault: z.object({ id: z.string(), name: z.string() }),
      bytesDone: bytes,
      bytesTotal: bytes,
      rateBytesPerSecond: bytes,
      lastProgressAt: isoTime.nullable(),
      /** Why copying stands still; null while it goes on. */
      waitingReason: z.string().nullable(),
      waitingSentence: z.string().nullable(),
    })
    .nullable(),
});
export type ReceivedBackupShare = z.infer<typeof ReceivedBackupShare>;

export const ShareBackup = z.object({
  pointId: z.string(),
  projectIds: z
    .array(ProjectId)
    .min(1, 'Add at least one project.')
    .max(maxProjects, `A backup is shared with up to ${maxProjects} projects.`),
});
export const CheckShareProject = z.object({ pointId: z.string(), projectId: ProjectId });
/** A project that may be added to the list, and the keys that have to be shared with it first. */
export const ShareProjectCheck = z.object({
  projectId: z.string(),
  account: z.object({ id: z.string(), name: z.string() }),
  missingKeys: z.array(
    z.object({
      id: z.string(),
      alias: z.string().nullable(),
      /** The resource share that holds it, while this account has not answered its invitation. */
      awaitedShare: z.object({ id: z.string(), name: z.string() }).nullable(),
    }),
  ),
});
export type ShareProjectCheck = z.infer<typeof ShareProjectCheck>;

/** A shared backup that would wait for its key, or does. */
export const StallingBackup = z.object({
  id: z.string(),
  backupName: z.string(),
  sharer: z.object({ accountId: z.string(), name: z.string() }),
  recipient: z.object({ accountId: z.string(), name: z.string() }),
});
export type StallingBackup = z.infer<typeof StallingBackup>;

export const ListBackupShares = z.object({ pointId: z.string().optional() });
export const ListReceivedBackupShares = z.object({ region: z.string().optional() });
export const AcceptBackupShare = z.object({
  id: z.string(),
  vaultId: z.string().min(1, 'Choose a vault.'),
});
export const RejectBackupShare = z.object({ id: z.string() });
/** With `retry` a cancellation that an image stands in the way of is tried again by itself. */
export const CancelBackupShare = z.object({ id: z.string(), retry: z.boolean().default(false) });
export const StopCancelRetry = z.object({ id: z.string() });

export const ListVaultCandidates = z.object({ id: z.string() });
export const VaultCandidate = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  encryption: z.enum(['service', 'kms']),
  capacityBytes: bytes,
  usedBytes: bytes,
  reservedBytes: bytes,
  freeBytes: bytes,
  isAutoExpanding: z.boolean(),
  isLocked: z.boolean(),
  /** Why it cannot be chosen, or null. */
  refusal: z.string().nullable(),
});
export type VaultCandidate = z.infer<typeof VaultCandidate>;
