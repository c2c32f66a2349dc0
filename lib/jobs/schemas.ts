import { z } from 'zod';
import { archiveAfterRefusal } from '@/lib/backup-points/schemas';
import { bytes, encodedPath, isoTime, listPage, SourceKind } from '@/lib/schemas';
import { VaultKind } from '@/lib/vaults/schemas';
import { BackintCall } from './backint';
import { RestoreTarget } from './destinations';

export type { HanaDetails } from './backint';

export { HanaRecoveryMode, RestoreTarget, type TargetKind } from './destinations';
export { missingOfRecovery } from './destinations/hana';

/** Absolute folder or file on the client's host, as the operator typed it (UTF-8). */
const hostPath = z.string().min(1, 'Enter a path.').max(4096);
/** Of a database or an image, as its owner calls it: `orders`, `registry/app:1.2`. */
export const streamName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/,
    'Up to 128 letters, digits and . _ : @ / -, beginning with a letter or a digit.',
  );

const pattern = z.string().trim().min(1).max(255);

export const StreamSource = z.object({
  kind: z.enum(['database_dump', 'container_image']),
  name: streamName,
});
export type StreamSource = z.infer<typeof StreamSource>;

/** What a client found in a stream: the tags that an image archive's own manifest names. */
export const StreamDetails = z.object({
  format: z.enum(['docker', 'oci']),
  tags: z.array(z.string().max(512)).max(200),
});
export type StreamDetails = z.infer<typeof StreamDetails>;

/** What a backup of disks was made of, disk by disk. A generation that is not the disk's any more is refused at the commit. */
export const BlockDetails = z.object({
  /** Taken from a running machine, all disks at one moment. */
  isCrashConsistent: z.boolean(),
  disks: z
    .array(z.object({ diskId: z.string().max(64), generation: z.number().int(), dataBytes: bytes }))
    .min(1)
    .max(16),
});
export type BlockDetails = z.infer<typeof BlockDetails>;

/** The one entry of a stream's point: `/orders.dump`. */
export function streamPath({ kind, name }: StreamSource): string {
  return `/${name.replaceAll('/', '_')}.${kind === 'database_dump' ? 'dump' : 'tar'}`;
}

export const BackupSpec = z.object({
  paths: z.array(hostPath).min(1, 'Choose at least one folder.').max(50),
  /** Glob patterns matched against the path below the chosen folder. */
  excludes: z.array(pattern).max(100).default([]),
  /** Of the same form: with any, only what one of them names is taken, and folders with all that is in them. */
  includes: z.array(pattern).max(100).optional(),
  retentionDays: z.coerce.number().int().min(1).max(364_635).default(30),
  /** Days until the point moves to the archive tier; see `archiveAfterRefusal` for the limits. Null: it does not. */
  archiveAfterDays: z.number().int().nullish(),
  /** An archive vault of the account to move it to; null for the archive tier of the point's own vault. */
  archiveVaultId: z.string().nullish(),
  /** A registered source: `paths` are then paths inside it, `/` for all of it. */
  sourceId: z.string().max(64).optional(),
  /** Of a backup of a disk or a server; without it, one is made of its name and the time. */
  backupName: z.string().trim().min(1).max(64).optional(),
  /** One stream instead of files: `paths` then names the one entry that holds it. */
  stream: StreamSource.optional(),
  /** A call of a database's Backint agent, which alone has the bytes. */
  backint: BackintCall.optional(),
});
export type BackupSpec = z.infer<typeof BackupSpec>;

export const ConflictPolicy = z.enum(['overwrite', 'skip', 'keep_both', 'only_if_newer']);

export const RestoreSpec = z.object({
  selection: z.discriminatedUnion('mode', [
    z.object({ mode: z.literal('all') }),
    z.object({
      mode: z.literal('include'),
      paths: z.array(encodedPath).min(1, 'Choose at least one item.').max(1000),
    }),
    z.object({
      mode: z.literal('exclude'),
      paths: z.array(encodedPath).min(1, 'Choose at least one item.').max(1000),
    }),
  ]),
  destination: RestoreTarget,
  conflictPolicy: ConflictPolicy.default('overwrite'),
  /** Of what the point was made of; filled in by the verb, for a point may be gone before its job is. */
  sourceKind: SourceKind.optional(),
  /** Only walks the destination and counts what would change; writes nothing. */
  isDryRun: z.boolean().default(false),
});
export type RestoreSpec = z.infer<typeof RestoreSpec>;

const Tally = z.object({ items: bytes, bytes });

/** What a restore changes at its destination, in files, links, objects or rows. */
export const RestoreChanges = z.object({
  created: Tally,
  overwritten: Tally,
  skipped: Tally,
  keptBoth: Tally,
  /** Room at the destination, where that can be told. */
  freeBytes: bytes.nullable().default(null),
  /** The first of what is there already. */
  listed: z
    .array(z.object({ path: z.string(), change: z.enum(['overwritten', 'skipped', 'keptBoth']) }))
    .max(200)
    .default([]),
});
export type RestoreChanges = z.infer<typeof RestoreChanges>;

export const JobReport = z.object({
  files: z.number().int(),
  folders: z.number().int(),
  symlinks: z.number().int(),
  unchangedFiles: z.number().int().default(0),
  skipped: z.array(z.object({ path: z.string(), reason: z.string() })).max(1000),
  skippedCount: z.number().int(),
  /** Of a dry run, and of restores that count it. */
  changes: RestoreChanges.nullish(),
  /** What is worth knowing and no entry that was left out. */
  notes: z.array(z.string().max(1000)).max(20).optional(),
  /** What is left to be run in a database, in this order. */
  statements: z.array(z.string().max(8000)).max(10).optional(),
});
export type JobReport = z.infer<typeof JobReport>;

export const Job = z.object({
  id: z.string(),
  kind: z.enum(['backup', 'restore']),
  status: z.enum(['queued', 'running', 'complete', 'partial', 'failed', 'cancelled']),
  client: z.object({
    id: z.string(),
    name: z.string(),
    isOnline: z.boolean(),
    /** Whether a host serves it; else the engine does. */
    isHost: z.boolean(),
  }),
  /** The registered source that is backed up; null for a host's own files and for a restore. */
  source: z.object({ id: z.string(), name: z.string(), kind: SourceKind.nullable() }).nullable(),
  vault: z.object({
    id: z.string(),
    name: z.string(),
    kind: VaultKind,
    region: z.string(),
  }),
  pointId: z.string().nullable(),
  paths: z.array(z.string()),
  /** Null for a backup, as are the next two. */
  destination: RestoreTarget.nullable(),
  /** The registered source that is restored to; its name is empty once it was removed. */
  destinationSource: z.object({ id: z.string(), name: z.string() }).nullable(),
  sourceKind: SourceKind.nullable(),
  conflictPolicy: ConflictPolicy.nullable(),
  isDryRun: z.boolean(),
  progress: z.object({
    bytesDone: bytes,
    bytesTotal: bytes.nullable(),
    itemsDone: bytes,
    itemsTotal: bytes.nullable(),
    transferredBytes: bytes,
    rateBytesPerSecond: bytes.nullable(),
    secondsLeft: z.number().int().nullable(),
    currentItem: z.string().nullable(),
  }),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  report: JobReport.nullable(),
  createdBy: z.string(),
  createdAt: isoTime,
  startedAt: isoTime.nullable(),
  finishedAt: isoTime.nullable(),
  heartbeatAt: isoTime.nullable(),
  isCancelRequested: z.boolean(),
});
export type Job = z.infer<typeof Job>;

export const ListJobs = z.object({
  kind: z.enum(['backup', 'restore']).optional(),
  status: z.string().optional(),
  /** Of what a restore brings back. */
  sourceKind: SourceKind.optional(),
  vaultId: z.string().optional(),
  clientId: z.string().optional(),
  /** A registered source that is backed up, or restored into. */
  sourceId: z.string().optional(),
  /** Of the vault. */
  resourceGroupId: z.string().optional(),
  query: z.string().trim().max(100).optional(),
  ...listPage,
});

export const StartBackup = z
  .object({
    /** The host whose files are meant. Left out for a registered source, which has its client. */
    clientId: z.string().min(1, 'Choose a client.').optional(),
    vaultId: z.string().min(1, 'Choose a vault.'),
    ...BackupSpec.omit({ stream: true, backint: true }).shape,
  })
  .superRefine(({ clientId, sourceId, retentionDays, archiveAfterDays }, check) => {
    if ((clientId === undefined) === (sourceId === undefined)) {
      const message = 'Choose a client or a data source.';
      check.addIssue({ code: 'custom', path: ['clientId'], message });
    }
    const refusal = archiveAfterDays == null ? null : archiveAfterRefusal(retentionDays, archiveAfterDays);
    if (refusal) check.addIssue({ code: 'custom', path: ['archiveAfterDays'], message: refusal });
  });
export const CancelJob = z.object({ id: z.string() });
export const GetJob = z.object({ id: z.string() });
