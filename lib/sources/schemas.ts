import { z } from 'zod';
import { BackupClient } from '@/lib/clients/schemas';
import { bytes, confirmation, displayName, isoTime, regionId, SourceKind } from '@/lib/schemas';
import { SourceConfig } from './config';
import { QuestionKind, SourceCheck, SourceListing } from './questions';

export {
  findRegisteredKind,
  type RegisteredKind,
  type RegisteredSourceKind,
  type RegistrableKind,
  registrableKinds,
  SourceConfig,
} from './config';
export { isHostFiles, isStreamSource, ownBackupsRefusal, sourceKinds, startsOwnBackups } from './kinds';
export {
  besideFolder,
  compareInTree,
  keyOfNames,
  maxKeyBytes,
  namesOfKey,
  partOfName,
} from './kinds/object-keys';
export { AskedAbout, QuestionBody, QuestionKind, SourceCheck, SourceListing } from './questions';

/** What one client protects, with the newest backup point of it in this account's own vaults. */
export const DataSource = z.object({
  id: z.string(),
  kind: SourceKind,
  name: z.string(),
  region: z.string(),
  /** The host whose client serves it; for what the engine itself serves, that of the region. */
  client: BackupClient.pick({ id: true, name: true, status: true, region: true }).extend({
    isHost: z.boolean(),
  }),
  /** Null for what comes with its client: a host's files, dumps and images that a command sends. */
  config: SourceConfig.nullable(),
  check: z.object({
    state: z.enum(['unchecked', 'ok', 'failed']),
    at: isoTime.nullable(),
    message: z.string().nullable(),
    facts: SourceCheck.shape.facts,
  }),
  createdAt: isoTime,
  createdBy: z.string(),
  pointCount: z.number().int(),
  newestPoint: z
    .object({
      id: z.string(),
      createdAt: isoTime,
      sourceBytes: bytes,
      fileCount: bytes,
      paths: z.array(z.string()),
      vault: z.object({ id: z.string(), name: z.string(), region: z.string() }),
    })
    .nullable(),
});
export type DataSource = z.infer<typeof DataSource>;
export const ListDataSources = z.object({});
export const GetDataSource = z.object({ id: z.string() });

/** As the secret schema of the kind has it; a kind without one takes none. */
const secret = z.record(z.string(), z.unknown()).nullish();
const where = {
  /** For kinds that the engine serves: where. */
  region: regionId.optional(),
  /** For kinds that a host serves: its client. */
  clientId: z.string().max(64).optional(),
};

export const RegisterSource = z.object({
  ...where,
  name: displayName.optional(),
  config: SourceConfig,
  secret,
});
export type RegisterSource = z.infer<typeof RegisterSource>;
/** What was left out stays; a secret is replaced whole. */
export const UpdateSource = z.object({
  id: z.string(),
  name: displayName.optional(),
  config: SourceConfig.optional(),
  secret,
});
export const RemoveSource = z.object({ id: z.string(), confirm: confirmation });
/** What went, and what stays. */
export const RemovedSource = z.object({
  id: z.string(),
  bindings: z.number().int(),
  cancelledJobs: z.number().int(),
  keptPoints: z.number().int(),
});

/** A source, the own files of a client's host, or a source that is being registered. */
const AboutSource = z.union([
  z.object({ id: z.string() }),
  z.strictObject({ clientId: where.clientId.unwrap() }),
  z.object({ ...where, config: SourceConfig, secret }),
]);
const at = { path: z.string().max(4096).default('/'), cursor: z.string().max(2048).nullish() };
export const CheckSource = z.object({ source: AboutSource });
export const BrowseSource = z.object({ source: AboutSource, ...at });
/** Whether a restore to this path of it could begin. */
export const AskDestination = z.object({ source: AboutSource, path: at.path });

/** Asked of the client that serves the source; open until answered, for a minute at most. */
export const Question = z.object({
  id: z.string(),
  ask: QuestionKind,
  state: z.enum(['open', 'answered', 'failed', 'expired']),
  check: SourceCheck.nullable(),
  listing: SourceListing.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  expiresAt: isoTime,
});
export type Question = z.infer<typeof Question>;
export const GetQuestion = z.object({ id: z.string() });
