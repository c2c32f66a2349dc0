import { integer, jsonb, numeric, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, big, bytea } from './columns';

/** What statements say of a vault; outlives it. */
export const meteredVaults = pgTable('metered_vaults', {
  accountId: text('account_id').notNull(),
  vaultId: text('vault_id').primaryKey(),
  name: text('name').notNull(),
  kind: text('kind').notNull(),
  region: text('region').notNull(),
  sourceAccountId: text('source_account_id'),
  sourceAccountName: text('source_account_name'),
  sourceVaultId: text('source_vault_id'),
  sourceVaultName: text('source_vault_name'),
  sourceRegion: text('source_region'),
  createdAt: at('created_at').notNull(),
  deletedAt: at('deleted_at'),
});

/** Hours that are over: byte-seconds for storage, bytes for traffic. Written by the database's own functions. */
export const usageHours = pgTable(
  'usage_hours',
  {
    accountId: text('account_id').notNull(),
    vaultId: text('vault_id').notNull(),
    meter: text('meter').notNull(),
    hour: at('hour').notNull(),
    quantity: numeric('quantity', { precision: 38, scale: 6 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.vaultId, t.meter, t.hour] })],
);

/** The hour that runs. */
export const openMeters = pgTable(
  'open_meters',
  {
    accountId: text('account_id').notNull(),
    vaultId: text('vault_id').notNull(),
    meter: text('meter').notNull(),
    hour: at('hour').notNull(),
    storedBytes: big('stored_bytes').notNull().default(0),
    quantity: numeric('quantity', { precision: 38, scale: 6 }).notNull().default('0'),
  },
  (t) => [primaryKey({ columns: [t.vaultId, t.meter] })],
);

/** Chunks of a running restore that were counted already, by request. */
export const restoredBatches = pgTable(
  'restored_batches',
  {
    accountId: text('account_id').notNull(),
    jobId: text('job_id').notNull(),
    batchNo: integer('batch_no').notNull(),
    names: bytea('names').notNull(),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.batchNo] })],
);

export const priceLists = pgTable('price_lists', {
  listNo: integer('list_no').primaryKey().generatedAlwaysAsIdentity(),
  /** `PriceList` of `lib/billing/price-list.ts`. */
  list: jsonb('list').notNull(),
  inForceAt: at('in_force_at').notNull().defaultNow(),
});

export const capacityPlans = pgTable('capacity_plans', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  capacityBytes: big('capacity_bytes').notNull(),
  /** Null for all regions. */
  region: text('region'),
  startsAt: at('starts_at').notNull(),
  endsAt: at('ends_at').notNull(),
  createdBy: text('created_by').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  endingToldAt: at('ending_told_at'),
});
