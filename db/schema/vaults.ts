import { sql } from 'drizzle-orm';
import { bigint, boolean, integer, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { at, big, bytea } from './columns';

export type KeyState = 'creating' | 'enabled' | 'disabled' | 'scheduled' | 'destroyed';

export const kmsKeys = pgTable('kms_keys', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  alias: text('alias'),
  description: text('description').notNull().default(''),
  state: text('state').$type<KeyState>().notNull().default('creating'),
  wrappedMaterial: bytea('wrapped_material'),
  deletionAt: at('deletion_at'),
  stateBefore: text('state_before').$type<'enabled' | 'disabled'>(),
  deletionTold: smallint('deletion_told').notNull().default(0),
  createdAt: at('created_at').notNull().defaultNow(),
  destroyedAt: at('destroyed_at'),
});

export const resourceGroups = pgTable('resource_groups', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
});

export type VaultKind =
  | 'standard'
  | 'replication_target'
  | 'archive'
  | 'database'
  | 'container'
  | 'server_backup'
  | 'disk_backup'
  | 'trial_oss'
  | 'trial_nas'
  | 'trial_tablestore';

export const vaults = pgTable('vaults', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  kind: text('kind').$type<VaultKind>().notNull(),
  name: text('name').notNull(),
  description: text('description').notNull().default(''),
  region: text('region').notNull(),
  resourceGroupId: text('resource_group_id').notNull(),
  encryption: text('encryption').$type<'service' | 'kms'>().notNull(),
  kmsKeyId: text('kms_key_id'),
  redundancy: text('redundancy').$type<'LRS' | 'ZRS'>().notNull(),
  status: text('status')
    .$type<'initializing' | 'created' | 'error' | 'deleting'>()
    .notNull()
    .default('initializing'),
  statusReason: text('status_reason'),
  head: big('head').notNull().default(0),
  lockedAt: at('locked_at'),
  /** Of a trial: filled by the database when the vault is made. */
  trialEndsAt: at('trial_ends_at'),
  trialReleasesAt: at('trial_releases_at'),
  trialTold: smallint('trial_told').notNull().default(0),
  isKeptAfterTrial: boolean('is_kept_after_trial').notNull().default(false),
  pointCount: integer('point_count').notNull().default(0),
  sourceBytes: big('source_bytes').notNull().default(0),
  storedBytes: big('stored_bytes').notNull().default(0),
  archivePointCount: integer('archive_point_count').notNull().default(0),
  archiveSourceBytes: big('archive_source_bytes').notNull().default(0),
  archiveStoredBytes: big('archive_stored_bytes').notNull().default(0),
  guardDays: integer('guard_days').notNull().default(7),
  removalsHeldAt: at('removals_held_at'),
  removalsHeldBy: text('removals_held_by'),
  nextVerifyAt: at('next_verify_at').notNull().default(sql`now() + interval '1 day'`),
  healthDueAt: at('health_due_at').notNull().default(sql`now() + interval '5 minutes'`),
  lockRecordedAt: at('lock_recorded_at'),
  keyRotationAt: at('key_rotation_at'),
  /** Of a vault of server or disk backups, else null. What is used of it are the stored bytes. */
  capacityBytes: big('capacity_bytes'),
  reservedBytes: big('reserved_bytes').notNull().default(0),
  thresholdPercent: smallint('threshold_percent').notNull().default(80),
  isAutoExpanding: boolean('is_auto_expanding').notNull().default(false),
  thresholdToldAt: at('threshold_told_at'),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const trialUses = pgTable(
  'trial_uses',
  {
    accountId: text('account_id').notNull(),
    region: text('region').notNull(),
    kind: text('kind').$type<VaultKind>().notNull(),
    vaultId: text('vault_id').notNull(),
    startedAt: at('started_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.region, t.kind] })],
);

export const vaultTags = pgTable(
  'vault_tags',
  {
    accountId: text('account_id').notNull(),
    vaultId: text('vault_id').notNull(),
    key: text('key').notNull(),
    value: text('value').notNull().default(''),
  },
  (t) => [primaryKey({ columns: [t.vaultId, t.key] })],
);

export const vaultKeys = pgTable(
  'vault_keys',
  {
    accountId: text('account_id').notNull(),
    vaultId: text('vault_id').notNull(),
    version: integer('version').notNull(),
    wrapped: bytea('wrapped').notNull(),
    /** `service` or the id of the account's KMS key. */
    wrappedBy: text('wrapped_by').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.vaultId, t.version] })],
);

export const vaultLineages = pgTable(
  'vault_lineages',
  {
    accountId: text('account_id').notNull(),
    vaultId: text('vault_id').notNull(),
    lineageId: uuid('lineage_id').notNull(),
    sealedNamingKey: bytea('sealed_naming_key').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.vaultId, t.lineageId] })],
);

export const chunkSpaces = pgTable('chunk_spaces', {
  accountId: text('account_id').notNull(),
  vaultId: text('vault_id').notNull(),
  lineageId: uuid('lineage_id').notNull(),
  tier: text('tier').$type<'standard' | 'archive'>().notNull().default('standard'),
  spaceNo: integer('space_no').primaryKey().generatedAlwaysAsIdentity(),
});

export const pins = pgTable('pins', {
  accountId: text('account_id').notNull(),
  vaultId: text('vault_id').notNull(),
  pinNo: bigint('pin_no', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  workKind: text('work_kind')
    .$type<'backup' | 'copy' | 'restore' | 'verify' | 'archive' | 'backup_copy'>()
    .notNull(),
  workId: text('work_id').notNull(),
  pointId: text('point_id'),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const packs = pgTable('packs', {
  accountId: text('account_id').notNull(),
  vaultId: text('vault_id').notNull(),
  packNo: bigint('pack_no', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  spaceNo: integer('space_no').notNull(),
  sha256: bytea('sha256').notNull(),
  sizeBytes: integer('size_bytes').notNull(),
  /** Of its chunks before compression, when it was written; null for a pack of an earlier version. */
  plainBytes: integer('plain_bytes'),
  keyVersion: integer('key_version').notNull(),
  pinNo: bigint('pin_no', { mode: 'number' }),
  checkedAt: at('checked_at'),
  isDamaged: boolean('is_damaged').notNull().default(false),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const chunks = pgTable(
  'chunks',
  {
    spaceNo: integer('space_no').notNull(),
    name: uuid('name').notNull(),
    packNo: bigint('pack_no', { mode: 'number' }).notNull(),
    frameNo: integer('frame_no').notNull(),
    chunkOffset: integer('chunk_offset').notNull(),
    chunkBytes: integer('chunk_bytes').notNull(),
    kind: smallint('kind').notNull(),
    condemnedBy: integer('condemned_by'),
  },
  (t) => [primaryKey({ columns: [t.spaceNo, t.name] })],
);

export const collections = pgTable('collections', {
  accountId: text('account_id').notNull(),
  vaultId: text('vault_id').notNull(),
  collectionNo: integer('collection_no').primaryKey().generatedAlwaysAsIdentity(),
  step: text('step')
    .$type<'mark' | 'wait' | 'remark' | 'sweep' | 'compact' | 'done'>()
    .notNull()
    .default('mark'),
  condemnedAt: at('condemned_at'),
  condemnedHead: big('condemned_head'),
  markPack: big('mark_pack'),
  markRunningPacks: big('mark_running_packs').array().notNull().default([]),
  waitPin: big('wait_pin'),
  lastError: text('last_error'),
  condemnedChunks: big('condemned_chunks').notNull().default(0),
  freedBytes: big('freed_bytes').notNull().default(0),
  /** Of packs that were written anew without what is dead in them. */
  rewrittenBytes: big('rewritten_bytes').notNull().default(0),
  createdAt: at('created_at').notNull().defaultNow(),
  finishedAt: at('finished_at'),
});
