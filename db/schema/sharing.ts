import { boolean, integer, pgTable, pgView, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, big } from './columns';
import type { KeyState, VaultKind } from './vaults';

export const resourceShares = pgTable('resource_shares', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  principalScope: text('principal_scope')
    .$type<'any_account' | 'directory_only'>()
    .notNull()
    .default('any_account'),
  permission: text('permission').notNull().default('AliyunRSDefaultPermissionHBRVault'),
  status: text('status').$type<'active' | 'deleted'>().notNull().default('active'),
  createdAt: at('created_at').notNull().defaultNow(),
  deletedAt: at('deleted_at'),
});

export const resourceShareVaults = pgTable(
  'resource_share_vaults',
  {
    accountId: text('account_id').notNull(),
    shareId: text('share_id').notNull(),
    vaultId: text('vault_id').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    disassociatedAt: at('disassociated_at'),
  },
  (t) => [primaryKey({ columns: [t.shareId, t.vaultId] })],
);

export const resourceShareKeys = pgTable(
  'resource_share_keys',
  {
    accountId: text('account_id').notNull(),
    shareId: text('share_id').notNull(),
    keyId: text('key_id').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    disassociatedAt: at('disassociated_at'),
  },
  (t) => [primaryKey({ columns: [t.shareId, t.keyId] })],
);

export const resourceSharePrincipals = pgTable(
  'resource_share_principals',
  {
    accountId: text('account_id').notNull(),
    shareId: text('share_id').notNull(),
    principalType: text('principal_type').$type<'account' | 'directory' | 'folder'>().notNull(),
    principalId: text('principal_id').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    /** Access rests on an accepted invitation; false: on the common directory alone. */
    external: boolean('external').notNull().default(true),
    disassociatedAt: at('disassociated_at'),
    endedReason: text('ended_reason').$type<
      'removed' | 'left' | 'left_directory' | 'folder_deleted' | 'share_deleted'
    >(),
  },
  (t) => [primaryKey({ columns: [t.shareId, t.principalType, t.principalId] })],
);

export const invitations = pgTable('invitations', {
  /** The owner's account; the recipient sees the row through a second policy. */
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  shareId: text('share_id').notNull(),
  shareName: text('share_name').notNull(),
  recipientAccountId: text('recipient_account_id').notNull(),
  ownerName: text('owner_name').notNull(),
  permission: text('permission').notNull(),
  status: text('status')
    .$type<'pending' | 'accepted' | 'rejected' | 'cancelled' | 'expired' | 'failed'>()
    .notNull()
    .default('pending'),
  createdAt: at('created_at').notNull().defaultNow(),
  expiresAt: at('expires_at').notNull(),
  warnedAt: at('warned_at'),
  failureReason: text('failure_reason').$type<'owner_inactive' | 'nothing_shared'>(),
  endedReason: text('ended_reason').$type<'removed' | 'left' | 'share_deleted'>(),
  respondedAt: at('responded_at'),
  respondedBy: text('responded_by'),
});

/** Written only by the database's `refresh_grants`; the login roles read it. */
export const grants = pgTable(
  'grants',
  {
    vaultId: text('vault_id').notNull(),
    accountId: text('account_id').notNull(),
    granteeAccountId: text('grantee_account_id').notNull(),
    shareId: text('share_id').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.vaultId, t.granteeAccountId, t.shareId] })],
);

/** Written only by the database's `refresh_grants`, as `grants`. */
export const keyAccesses = pgTable(
  'key_accesses',
  {
    keyId: text('key_id').notNull(),
    accountId: text('account_id').notNull(),
    granteeAccountId: text('grantee_account_id').notNull(),
    shareId: text('share_id').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.keyId, t.granteeAccountId, t.shareId] })],
);

export const sharedKeys = pgView('shared_keys', {
  id: text('id').notNull(),
  ownerAccountId: text('owner_account_id').notNull(),
  ownerName: text('owner_name').notNull(),
  alias: text('alias'),
  state: text('state').$type<KeyState>().notNull(),
}).existing();

export const sharedVaults = pgView('shared_vaults', {
  id: text('id').notNull(),
  ownerAccountId: text('owner_account_id').notNull(),
  ownerName: text('owner_name').notNull(),
  name: text('name').notNull(),
  region: text('region').notNull(),
  encryption: text('encryption').$type<'service' | 'kms'>().notNull(),
  status: text('status').$type<'initializing' | 'created' | 'error' | 'deleting'>().notNull(),
  kind: text('kind').$type<VaultKind>().notNull(),
}).existing();

export const replications = pgTable('replications', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  sourceAccountId: text('source_account_id').notNull(),
  sourceAccountName: text('source_account_name').notNull(),
  sourceVaultId: text('source_vault_id').notNull(),
  sourceVaultName: text('source_vault_name').notNull(),
  sourceRegion: text('source_region').notNull(),
  targetVaultId: text('target_vault_id').notNull(),
  targetVaultName: text('target_vault_name').notNull(),
  targetAccountName: text('target_account_name').notNull(),
  targetRegion: text('target_region').notNull(),
  state: text('state').$type<'active' | 'stopped'>().notNull().default('active'),
  waitingReason: text('waiting_reason'),
  waitingSince: at('waiting_since'),
  fence: big('fence').notNull().default(0),
  seenSeq: big('seen_seq').notNull().default(0),
  historyPointsTotal: integer('history_points_total').notNull().default(0),
  historyPointsDone: integer('history_points_done').notNull().default(0),
  historyBytesTotal: big('history_bytes_total').notNull().default(0),
  historyBytesDone: big('history_bytes_done').notNull().default(0),
  historyCompletedAt: at('history_completed_at'),
  newestPointAt: at('newest_point_at'),
  lagPoints: integer('lag_points').notNull().default(0),
  lagBytes: big('lag_bytes').notNull().default(0),
  lagSince: at('lag_since'),
  rateBytesPerSecond: big('rate_bytes_per_second').notNull().default(0),
  copiedBytes: big('copied_bytes').notNull().default(0),
  currentPointId: text('current_point_id'),
  currentBytesDone: big('current_bytes_done').notNull().default(0),
  currentBytesTotal: big('current_bytes_total').notNull().default(0),
  lastStepAt: at('last_step_at'),
  lastError: text('last_error'),
  createdAt: at('created_at').notNull().defaultNow(),
  createdBy: text('created_by').notNull(),
  targetGuardDays: integer('target_guard_days').notNull().default(7),
  stoppedAt: at('stopped_at'),
  stoppedBy: text('stopped_by'),
  objectiveSeconds: integer('objective_seconds').default(86_400),
  silenceDays: integer('silence_days').default(7),
  missedSince: at('missed_since'),
  recoveringSince: at('recovering_since'),
  silentSince: at('silent_since'),
  watchedAt: at('watched_at'),
  unheardSince: at('unheard_since'),
});

export const replicationPoints = pgTable(
  'replication_points',
  {
    accountId: text('account_id').notNull(),
    replicationId: text('replication_id').notNull(),
    sourcePointId: text('source_point_id').notNull(),
    targetPointId: text('target_point_id'),
    state: text('state')
      .$type<'pending' | 'copied' | 'expired' | 'archived' | 'deleted' | 'skipped'>()
      .notNull()
      .default('pending'),
    reason: text('reason'),
    isHistory: boolean('is_history').notNull(),
    capturedAt: at('captured_at').notNull(),
    committedAt: at('committed_at').notNull(),
    sourceBytes: big('source_bytes').notNull(),
    copiedBytes: big('copied_bytes').notNull().default(0),
    finishedAt: at('finished_at'),
  },
  (t) => [primaryKey({ columns: [t.replicationId, t.sourcePointId] })],
);

/** What a source has archived and what its target has not removed yet; dates come from the database. */
export const replicaRemovals = pgTable('replica_removals', {
  accountId: text('account_id').notNull(),
  replicationId: text('replication_id').notNull(),
  vaultId: text('vault_id').notNull(),
  pointId: text('point_id').primaryKey(),
  sourcePointId: text('source_point_id').notNull(),
  archivedAt: at('archived_at').notNull(),
  announcedAt: at('announced_at').notNull(),
  removeAt: at('remove_at').notNull(),
  heldAt: at('held_at'),
  heldBy: text('held_by'),
});

export const replicationSamples = pgTable(
  'replication_samples',
  {
    accountId: text('account_id').notNull(),
    replicationId: text('replication_id').notNull(),
    at: at('at').notNull(),
    copiedBytes: big('copied_bytes').notNull(),
    lagPoints: integer('lag_points').notNull(),
    lagSeconds: integer('lag_seconds').notNull(),
    stepSeconds: integer('step_seconds').$type<60 | 600 | 3600>().notNull().default(60),
  },
  (t) => [primaryKey({ columns: [t.replicationId, t.at] })],
);

export const tickers = pgTable('tickers', {
  accountId: text('account_id').primaryKey(),
  dueAt: at('due_at'),
  leaseOwner: text('lease_owner'),
  leaseUntil: at('lease_until'),
  fence: big('fence').notNull().default(0),
  lastTickAt: at('last_tick_at'),
  lastError: text('last_error'),
  wokenAt: at('woken_at'),
});
