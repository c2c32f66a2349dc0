import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at, big, bytea } from './columns';

export const clients = pgTable('clients', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  hostname: text('hostname').notNull(),
  platform: text('platform').notNull().default(''),
  version: text('version').notNull().default(''),
  /** `region`: what the engine's own mover does in a region for the account. No host, and on no list of hosts. */
  placement: text('placement').$type<'server' | 'ecs' | 'region'>().notNull(),
  region: text('region').notNull(),
  connection: text('connection').$type<'internet' | 'vpn' | 'leased_line'>().notNull().default('internet'),
  /** Null for a region's client alone. */
  credentialHash: bytea('credential_hash'),
  lastHeartbeatAt: at('last_heartbeat_at'),
  enrolledAt: at('enrolled_at').notNull().defaultNow(),
  revokedAt: at('revoked_at'),
});

export const enrolmentTokens = pgTable('enrolment_tokens', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  tokenHash: bytea('token_hash').notNull(),
  placement: text('placement').$type<'server' | 'ecs'>().notNull(),
  region: text('region').notNull(),
  createdBy: text('created_by').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  expiresAt: at('expires_at').notNull(),
  usedAt: at('used_at'),
  clientId: text('client_id'),
});

interface HanaDetails {
  user: string;
  level: 'COMPLETE' | 'DIFFERENTIAL' | 'INCREMENTAL' | 'LOG';
  backupId: string | null;
  objectCount: number | null;
  objects: { ebid: string; path: string; bytes: number }[];
}

export type SourceKind =
  | 'ecs_file'
  | 'local_file'
  | 'oss'
  | 'nas'
  | 'common_nas'
  | 'tablestore'
  | 'cpfs'
  | 'hana'
  | 'database_dump'
  | 'container_image'
  | 'disk'
  | 'server';

/** One disk in a backup, and what opens it where it is encrypted. */
export interface BackedUpDisk {
  diskId: string;
  name: string;
  position: number;
  sizeBytes: number;
  format: 'raw' | 'qcow2';
  /** Its file in the tree. */
  path: string;
  /** Bytes of data in it, without the holes. */
  dataBytes: number;
  /** Where it is encrypted: the account's key that seals its secret, and the sealed secret as base64. */
  encryption: { kmsKeyId: string; sealedSecret: string } | null;
}
export interface BackupResourceRow {
  kind: 'disk' | 'server';
  id: string;
  name: string;
  /** Of a server. */
  flavour: string | null;
  /** Taken while its machine ran: all disks at one moment, as after a loss of power. */
  isCrashConsistent: boolean;
  disks: BackedUpDisk[];
}

export const dataSources = pgTable('data_sources', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  kind: text('kind').$type<SourceKind>().notNull(),
  clientId: text('client_id').notNull(),
  /** Which one of its client's it is: a bucket, a mount, a database; empty for a host's files, of which there is one source. */
  item: text('item').notNull().default(''),
  name: text('name').notNull(),
  /** That of its client; the database sees to it. */
  region: text('region').notNull().default(''),
  /** `SourceConfig` of `lib/sources/config.ts`; empty for what comes with its client. */
  config: jsonb('config').notNull().default({}),
  checkState: text('check_state').$type<'unchecked' | 'ok' | 'failed'>().notNull().default('unchecked'),
  checkedAt: at('checked_at'),
  checkMessage: text('check_message'),
  checkFacts: jsonb('check_facts').$type<{ label: string; value: string }[]>().notNull().default([]),
  createdBy: text('created_by').notNull().default(''),
  createdAt: at('created_at').notNull().defaultNow(),
});

/** The console writes these through `put_source_secret` and cannot read them. */
export const sourceSecrets = pgTable('source_secrets', {
  accountId: text('account_id').notNull(),
  sourceId: text('source_id').primaryKey(),
  sealed: bytea('sealed').notNull(),
  updatedAt: at('updated_at').notNull().defaultNow(),
});

export const sealingKeys = pgTable('sealing_keys', {
  label: text('label').primaryKey(),
  publicKey: bytea('public_key').notNull(),
  isCurrent: boolean('is_current').notNull(),
  toldAt: at('told_at').notNull().defaultNow(),
});

export const sourceQuestions = pgTable('source_questions', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  clientId: text('client_id').notNull(),
  sourceId: text('source_id'),
  ask: text('ask').$type<'check' | 'list' | 'destination'>().notNull(),
  body: jsonb('body').notNull(),
  /** For the engine alone: name the columns when the console reads. */
  sealed: bytea('sealed'),
  createdBy: text('created_by').notNull(),
  askedAt: at('asked_at').notNull().defaultNow(),
  deliveredAt: at('delivered_at'),
  answeredAt: at('answered_at'),
  answer: jsonb('answer'),
  error: jsonb('error').$type<{ code: string; message: string }>(),
  expiresAt: at('expires_at').notNull(),
});

export const backupPoints = pgTable('backup_points', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  vaultId: text('vault_id').notNull(),
  sourceId: text('source_id').notNull(),
  sourceKind: text('source_kind').$type<SourceKind>().notNull(),
  sourceName: text('source_name').notNull(),
  clientId: text('client_id').notNull(),
  originAccountId: text('origin_account_id').notNull(),
  originVaultId: text('origin_vault_id').notNull(),
  originPointId: text('origin_point_id').notNull(),
  spaceNo: integer('space_no').notNull(),
  lineageId: uuid('lineage_id').notNull(),
  rootPage: uuid('root_page').notNull(),
  paths: jsonb('paths').$type<string[]>().notNull(),
  streamDetails: jsonb('stream_details').$type<{ format: 'docker' | 'oci'; tags: string[] }>(),
  /** What a database's own backup is called and which objects it has; see `lib/jobs/backint.ts`. */
  hana: jsonb('hana').$type<HanaDetails>(),
  excludes: jsonb('excludes').$type<string[]>().notNull().default([]),
  parentPointId: text('parent_point_id'),
  status: text('status').$type<'visible' | 'deleting'>().notNull().default('visible'),
  tier: text('tier').$type<'standard' | 'archive'>().notNull().default('standard'),
  sourceBytes: big('source_bytes').notNull(),
  addedBytes: big('added_bytes').notNull(),
  fileCount: big('file_count').notNull(),
  folderCount: big('folder_count').notNull(),
  skippedCount: big('skipped_count').notNull().default(0),
  retentionDays: integer('retention_days').notNull(),
  expiresAt: at('expires_at').notNull(),
  archiveAt: at('archive_at'),
  archiveVaultId: text('archive_vault_id'),
  /** The run of a policy that made it; a copy has none. */
  policyRunId: text('policy_run_id'),
  bindingId: text('binding_id'),
  keepsNewest: boolean('keeps_newest').notNull().default(false),
  /** Of a backup of a disk or a server: `BackupResource` of `lib/disks/schemas.ts`. */
  backupName: text('backup_name'),
  resource: jsonb('resource').$type<BackupResourceRow>(),
  isEncrypted: boolean('is_encrypted').notNull().default(false),
  dataBytes: big('data_bytes'),
  /** The share that a copied backup came by. */
  shareId: text('share_id'),
  archivedAt: at('archived_at'),
  startedAt: at('started_at').notNull(),
  createdAt: at('created_at').notNull(),
  committedAt: at('committed_at').notNull().defaultNow(),
});

/** Made by a trigger from `backup_points.hana`. */
export const hanaObjects = pgTable(
  'hana_objects',
  {
    accountId: text('account_id').notNull(),
    pointId: text('point_id').notNull(),
    ebid: uuid('ebid').notNull(),
    sourceId: text('source_id').notNull(),
    userName: text('user_name').notNull(),
    path: text('path').notNull(),
    sizeBytes: big('size_bytes').notNull(),
    savedAt: at('saved_at').notNull(),
    hiddenAt: at('hidden_at'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.pointId, t.ebid] })],
);

export const hanaPreparedPoints = pgTable(
  'hana_prepared_points',
  {
    accountId: text('account_id').notNull(),
    jobId: text('job_id').notNull(),
    pointId: text('point_id').notNull(),
    sourceId: text('source_id').notNull(),
    preparedAt: at('prepared_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.jobId, t.pointId] })],
);

export const archivings = pgTable('archivings', {
  accountId: text('account_id').notNull(),
  pointId: text('point_id').primaryKey(),
  vaultId: text('vault_id').notNull(),
  targetVaultId: text('target_vault_id').notNull(),
  pinNo: big('pin_no'),
  bytesDone: big('bytes_done').notNull().default(0),
  bytesTotal: big('bytes_total').notNull().default(0),
  rateBytesPerSecond: big('rate_bytes_per_second').notNull().default(0),
  storedBytes: big('stored_bytes').notNull().default(0),
  lastError: text('last_error'),
  failingSince: at('failing_since'),
  lastStepAt: at('last_step_at'),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const pointEvents = pgTable(
  'point_events',
  {
    accountId: text('account_id').notNull(),
    vaultId: text('vault_id').notNull(),
    seq: big('seq').notNull(),
    kind: text('kind').$type<'committed' | 'archived' | 'deleted' | 'retention_changed'>().notNull(),
    pointId: text('point_id').notNull(),
    at: at('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.vaultId, t.seq] })],
);

export const jobs = pgTable('jobs', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  kind: text('kind').$type<'backup' | 'restore'>().notNull(),
  status: text('status')
    .$type<'queued' | 'running' | 'complete' | 'partial' | 'failed' | 'cancelled'>()
    .notNull()
    .default('queued'),
  clientId: text('client_id').notNull(),
  vaultId: text('vault_id').notNull(),
  pointId: text('point_id'),
  /** `BackupSpec` or `RestoreSpec` of `lib/jobs/schemas.ts`. */
  spec: jsonb('spec').notNull(),
  bytesDone: big('bytes_done').notNull().default(0),
  bytesTotal: big('bytes_total'),
  itemsDone: big('items_done').notNull().default(0),
  itemsTotal: big('items_total'),
  transferredBytes: big('transferred_bytes').notNull().default(0),
  rateBytesPerSecond: big('rate_bytes_per_second'),
  currentItem: text('current_item'),
  errorCode: text('error_code'),
  errorMessage: text('error_message'),
  report: jsonb('report'),
  attempt: integer('attempt').notNull().default(0),
  fence: big('fence').notNull().default(0),
  heartbeatAt: at('heartbeat_at'),
  cancelRequestedAt: at('cancel_requested_at'),
  createdBy: text('created_by').notNull(),
  policyRunId: text('policy_run_id'),
  createdAt: at('created_at').notNull().defaultNow(),
  startedAt: at('started_at'),
  finishedAt: at('finished_at'),
});

export const downloadTickets = pgTable('download_tickets', {
  accountId: text('account_id').notNull(),
  tokenHash: bytea('token_hash').primaryKey(),
  userId: text('user_id').notNull(),
  pointId: text('point_id').notNull(),
  path: text('path').notNull(),
  format: text('format').$type<'file' | 'tar' | 'zip'>().notNull().default('file'),
  expiresAt: at('expires_at').notNull(),
  usedAt: at('used_at'),
});
