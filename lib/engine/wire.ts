import { z } from 'zod';
import { HanaObjects } from '@/lib/jobs/backint';
import { BackupSpec, BlockDetails, JobReport, RestoreSpec, StreamDetails } from '@/lib/jobs/schemas';
import { SourceKind } from '@/lib/schemas';
import { QuestionBody, QuestionKind, SourceCheck, SourceConfig, SourceListing } from '@/lib/sources/schemas';

/**
 * What a backup client and the gateway say to each other, over TLS. JSON for control, binary frames for bytes.
 * All requests but `enrol` carry `authorization: Bearer <credential>` and `x-crossvault-protocol: 1`.
 *
 *   POST /v1/enrol                          EnrolRequest        → EnrolResponse
 *   POST /v1/heartbeat                      HeartbeatRequest    → HeartbeatResponse   (waits up to 20 s for a job)
 *   POST /v1/jobs                           StartJobRequest     → JobOffer            (a backup started on the host)
 *   GET  /v1/vaults                                             → VaultList           (where this client may back up)
 *   POST /v1/jobs/:id/progress              ProgressRequest     → ProgressResponse
 *   POST /v1/jobs/:id/finish                FinishRequest       → {}
 *   POST /v1/questions/:id/answer           AnswerRequest       → {}                  (questions come with heartbeats)
 *
 *   POST /v1/jobs/:id/backup/begin          BeginBackupRequest  → BeginBackupResponse
 *   POST /v1/jobs/:id/backup/known          ChunkNames (binary) → one byte a name: 1 known, 0 send it
 *   POST /v1/jobs/:id/backup/parent-pages   ChunkNames (binary) → ChunkBatch (binary): tree pages of the parent
 *   POST /v1/jobs/:id/backup/chunks         ChunkBatch (binary) → {}   (in any order; repeatable)
 *   POST /v1/jobs/:id/backup/commit         CommitRequest       → CommitResponse
 *
 *   POST /v1/jobs/:id/restore/begin         BeginRestoreRequest → BeginRestoreResponse
 *   POST /v1/jobs/:id/restore/chunks        ChunkNames (binary) → ChunkBatch (binary), in the order asked
 *
 * Requests with a binary body name their attempt in the header `x-crossvault-attempt`; a request of an attempt that was
 * taken over answers `state_conflict`, reason `attempt_superseded`. Binary bodies and answers are
 * `application/octet-stream`; `wire-binary.ts` frames them. A binary answer that fails halfway ends its connection early.
 *
 * Known is what the parent reaches and what this job has put. After a lost connection, or `invalid_input` with the
 * reason `chunks_missing` from commit, the client begins again with the same attempt and walks again: what has arrived
 * durably is then known. Chunks of a restore are served once their page has been: pages first, from the root down.
 *
 * Engine-only, from the web server, with a signed token (see `lib/engine/gateway/internal-token.ts`):
 *   POST /internal/entries                  ListEntries of lib/backup-points
 *   POST /internal/search                   SearchEntries of lib/backup-points
 *   POST /internal/estimate                 EstimateRestore of lib/restores
 * From a browser, with a one-use ticket:
 *   GET  /download/:ticket
 *
 * Errors: the HTTP status of the code and `ErrorBody`.
 */
export const protocolVersion = 2;
export const protocolHeader = 'x-crossvault-protocol';
export const attemptHeader = 'x-crossvault-attempt';

export const ErrorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    reason: z.string().optional(),
    fields: z.record(z.string(), z.string()).optional(),
    /** With `chunks_missing`: some of the names that the tree needs and this job has not put. */
    missing: z.array(z.string()).optional(),
  }),
});

export const EnrolRequest = z.object({
  token: z.string().max(200),
  hostname: z.string().min(1).max(255),
  platform: z.string().max(100),
  version: z.string().max(50),
  name: z.string().max(255).optional(),
});
export const EnrolResponse = z.object({
  clientId: z.string(),
  credential: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  region: z.string(),
});

export const HeartbeatRequest = z.object({
  version: z.string(),
  platform: z.string(),
  hostname: z.string(),
  runningJobs: z.array(z.string()),
  waitSeconds: z.number().min(0).max(20),
});

/** A restore as clients of before this shape read it too: they know a host's folder under `targetPath`. */
const OfferedRestore = z.preprocess(
  (spec) => {
    if (typeof spec !== 'object' || spec === null || 'destination' in spec) return spec;
    const { targetPath } = spec as { targetPath?: unknown };
    return { ...spec, destination: { kind: 'host', targetPath } };
  },
  RestoreSpec.extend({ targetPath: z.string().optional() }),
);

/** A registered source as its client is told of it. */
export const OfferedSource = z.object({
  /** Null while it is being registered. */
  id: z.string().nullable(),
  kind: SourceKind,
  name: z.string(),
  region: z.string(),
  config: SourceConfig,
  /** As the kind's secret schema has it. For the engine's mover alone, and never kept. */
  secret: z.record(z.string(), z.unknown()).nullable().default(null),
  /** What the operator registered for it and no tenant names: where a file system is mounted, say. */
  place: z.record(z.string(), z.string()).nullable().default(null),
});
export type OfferedSource = z.infer<typeof OfferedSource>;

export const JobOffer = z.object({
  jobId: z.string(),
  attempt: z.number().int(),
  work: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('backup'),
      vaultId: z.string(),
      vaultName: z.string(),
      spec: BackupSpec,
      /** Null for the files of the client's own host and for streams. */
      source: OfferedSource.nullable().default(null),
    }),
    z.object({
      kind: z.literal('restore'),
      pointId: z.string(),
      vaultName: z.string(),
      spec: OfferedRestore,
      /** What is restored into; null for the client's own host. */
      source: OfferedSource.nullable().default(null),
    }),
  ]),
});
export type JobOffer = z.infer<typeof JobOffer>;

/** Answered within the minute or not at all. */
export const SourceQuestion = z.object({
  id: z.string(),
  ask: QuestionKind,
  /** Null when it is about the client's own host. */
  source: OfferedSource.nullable(),
  body: QuestionBody,
});
export type SourceQuestion = z.infer<typeof SourceQuestion>;
export const AnswerRequest = z.union([
  z.object({ check: SourceCheck }),
  z.object({ listing: SourceListing }),
  z.object({ error: z.object({ code: z.string(), message: z.string().max(2000) }) }),
]);
export type AnswerRequest = z.infer<typeof AnswerRequest>;

export const HeartbeatResponse = z.object({
  jobs: z.array(JobOffer),
  cancelledJobs: z.array(z.string()),
  questions: z.array(SourceQuestion).default([]),
});

export const StartJobRequest = z.object({ vaultId: z.string(), spec: BackupSpec });
export const VaultList = z.object({
  vaults: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      region: z.string(),
      /** Kinds of sources: `local_file`, `database_dump` … */
      takes: z.array(z.string()),
    }),
  ),
});

export const ProgressRequest = z.object({
  attempt: z.number().int(),
  bytesDone: z.number().int(),
  bytesTotal: z.number().int().nullable(),
  itemsDone: z.number().int(),
  itemsTotal: z.number().int().nullable(),
  transferredBytes: z.number().int(),
  rateBytesPerSecond: z.number().int().nullable(),
  currentItem: z.string().max(4096).nullable(),
});
export type ProgressRequest = z.infer<typeof ProgressRequest>;
export const ProgressResponse = z.object({ isCancelRequested: z.boolean() });

export const FinishRequest = z.object({
  attempt: z.number().int(),
  outcome: z.enum(['complete', 'partial', 'failed', 'cancelled']),
  error: z.object({ code: z.string(), message: z.string().max(2000) }).nullable(),
  report: JobReport.nullable(),
});

const hexName = z.string().regex(/^[0-9a-f]{32}$/);
const base64Key = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);

export const BeginBackupRequest = z.object({ attempt: z.number().int() });
export const BeginBackupResponse = z.object({
  lineageId: z.uuid(),
  /** Names chunks; 32 bytes. Given to enrolled clients of the vault's account only. */
  namingKey: base64Key,
  /** Newest visible point of the same data source with the same paths, or null: then everything is sent. */
  parent: z.object({ pointId: z.string(), rootPage: hexName }).nullable(),
});

export const BeginRestoreRequest = z.object({ attempt: z.number().int() });

export const CommitRequest = z.object({
  attempt: z.number().int(),
  rootPage: hexName,
  sourceBytes: z.number().int().nonnegative(),
  fileCount: z.number().int().nonnegative(),
  folderCount: z.number().int().nonnegative(),
  skippedCount: z.number().int().nonnegative(),
  /** Bytes that had to be read at the source; files that were unchanged are not in it. */
  readBytes: z.number().int().nonnegative().optional(),
  /** What the client found in a stream. */
  streamDetails: StreamDetails.nullish(),
  /** Of a call of a Backint agent: what lies in the tree under which id. */
  hanaObjects: HanaObjects.nullish(),
  /** Of disks: what the backup was made of. */
  blockDetails: BlockDetails.nullish(),
  startedAt: z.iso.datetime({ offset: true }),
  capturedAt: z.iso.datetime({ offset: true }),
});
export const CommitResponse = z.object({ pointId: z.string(), addedBytes: z.number().int() });

export const BeginRestoreResponse = z.object({
  pointId: z.string(),
  lineageId: z.uuid(),
  namingKey: base64Key,
  rootPage: hexName,
  sourceBytes: z.number().int(),
  fileCount: z.number().int(),
});
