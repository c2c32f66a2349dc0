import { boolean, integer, pgTable, pgView, smallint, text } from 'drizzle-orm/pg-core';
import { at, big } from './columns';

export type BackupShareState =
  | 'pending'
  | 'copying'
  | 'accepted'
  | 'rejected'
  | 'cancelled'
  | 'deleted'
  | 'failed';

/** What both sides are shown of a share. The database fills it from the backup and moves its state. */
const shownToBoth = {
  region: text('region').notNull().default(''),
  pointId: text('point_id').notNull(),
  recipientAccountId: text('recipient_account_id').notNull(),
  recipientProjectId: text('recipient_project_id').notNull(),
  sharerName: text('sharer_name').notNull().default(''),
  backupName: text('backup_name').notNull().default(''),
  sourceId: text('source_id').notNull().default(''),
  sourceName: text('source_name').notNull().default(''),
  sourceKind: text('source_kind').$type<'server' | 'disk'>().notNull().default('disk'),
  sizeBytes: big('size_bytes').notNull().default(0),
  isEncrypted: boolean('is_encrypted').notNull().default(false),
  capturedAt: at('captured_at').notNull().defaultNow(),
  expiresAt: at('expires_at').notNull().defaultNow(),
  retentionDays: integer('retention_days').notNull().default(1),
  state: text('state').$type<BackupShareState>().notNull().default('pending'),
  stateReason: text('state_reason'),
  respondedAt: at('responded_at'),
  endedAt: at('ended_at'),
  endedBy: text('ended_by').$type<'sharer' | 'recipient' | 'expiry'>(),
  recipientUntold: text('recipient_untold'),
  createdAt: at('created_at').notNull().defaultNow(),
};

export const backupShares = pgTable('backup_shares', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  vaultId: text('vault_id').notNull(),
  recipientName: text('recipient_name').notNull().default(''),
  slot: smallint('slot'),
  cancelWantedAt: at('cancel_wanted_at'),
  cancelWantedBy: text('cancel_wanted_by'),
  cancelTriedAt: at('cancel_tried_at'),
  sharerUntold: text('sharer_untold'),
  createdBy: text('created_by').notNull(),
  ...shownToBoth,
});

/** The recipient's view of the same rows. */
export const receivedBackupShares = pgView('received_backup_shares', {
  id: text('id').notNull(),
  sharerAccountId: text('sharer_account_id').notNull(),
  ...shownToBoth,
}).existing();

export const backupCopies = pgTable('backup_copies', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  kind: text('kind').$type<'share' | 'region'>().notNull(),
  sourceVaultId: text('source_vault_id').notNull(),
  sourcePointId: text('source_point_id').notNull(),
  targetVaultId: text('target_vault_id').notNull(),
  targetPointId: text('target_point_id').notNull(),
  backupName: text('backup_name').notNull().default(''),
  ruleId: text('rule_id'),
  sizeBytes: big('size_bytes').notNull(),
  reservedBytes: big('reserved_bytes').notNull().default(0),
  state: text('state').$type<'copying' | 'copied' | 'failed' | 'skipped'>().notNull().default('copying'),
  pinNo: big('pin_no'),
  bytesDone: big('bytes_done').notNull().default(0),
  bytesTotal: big('bytes_total').notNull().default(0),
  rateBytesPerSecond: big('rate_bytes_per_second').notNull().default(0),
  storedBytes: big('stored_bytes').notNull().default(0),
  waitingReason: text('waiting_reason'),
  lastError: text('last_error'),
  failingSince: at('failing_since'),
  lastStepAt: at('last_step_at'),
  createdBy: text('created_by').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  finishedAt: at('finished_at'),
});

export const backupCopyRules = pgTable('backup_copy_rules', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  policyId: text('policy_id').notNull(),
  targetVaultId: text('target_vault_id').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  createdBy: text('created_by').notNull(),
});
