import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, big } from './columns';

export const vaultZones = pgTable(
  'vault_zones',
  {
    accountId: text('account_id').notNull(),
    vaultId: text('vault_id').notNull(),
    zone: text('zone').notNull(),
    state: text('state').$type<'whole' | 'filling'>().notNull().default('whole'),
    dueAt: at('due_at'),
    nextCompareAt: at('next_compare_at'),
    compareAfter: text('compare_after'),
    compareStartedAt: at('compare_started_at'),
    seenObjects: big('seen_objects').notNull().default(0),
    seenBytes: big('seen_bytes').notNull().default(0),
    broughtObjects: big('brought_objects').notNull().default(0),
    broughtBytes: big('brought_bytes').notNull().default(0),
    storedObjects: big('stored_objects'),
    storedBytes: big('stored_bytes'),
    comparedAt: at('compared_at'),
    lastError: text('last_error'),
    lastErrorAt: at('last_error_at'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.vaultId, t.zone] })],
);

export const zoneDebts = pgTable(
  'zone_debts',
  {
    accountId: text('account_id').notNull(),
    vaultId: text('vault_id').notNull(),
    zone: text('zone').notNull(),
    objectName: text('object_name').notNull(),
    kind: text('kind').$type<'put' | 'delete'>().notNull(),
    reason: text('reason').$type<'unavailable' | 'missing' | 'corrupt'>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.vaultId, t.zone, t.objectName] })],
);

export const vaultDamages = pgTable('vault_damages', {
  accountId: text('account_id').notNull(),
  vaultId: text('vault_id').notNull(),
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  objectName: text('object_name').notNull(),
  zone: text('zone'),
  kind: text('kind').$type<'corrupt' | 'truncated' | 'missing' | 'swapped' | 'foreign'>().notNull(),
  state: text('state').$type<'open' | 'healed' | 'gone'>().notNull().default('open'),
  healedFrom: text('healed_from').$type<'zone' | 'replica' | 'source'>(),
  foundBy: text('found_by').$type<'read' | 'verify' | 'compare'>().notNull(),
  points: jsonb('points').$type<{ id: string; name: string; at: string }[]>().notNull().default([]),
  files: jsonb('files').$type<{ pointId: string; path: string }[]>().notNull().default([]),
  fileCount: integer('file_count').notNull().default(0),
  detail: text('detail').notNull().default(''),
  foundAt: at('found_at').notNull().defaultNow(),
  endedAt: at('ended_at'),
});

export const zoneHealth = pgTable(
  'zone_health',
  {
    region: text('region').notNull(),
    zone: text('zone').notNull(),
    medium: text('medium').$type<'folder' | 'bucket'>().notNull(),
    device: text('device'),
    isReachable: boolean('is_reachable').notNull(),
    lastError: text('last_error'),
    capacityBytes: big('capacity_bytes'),
    freeBytes: big('free_bytes'),
    checkedAt: at('checked_at').notNull().defaultNow(),
    changedAt: at('changed_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.region, t.zone] })],
);

export const verifications = pgTable('verifications', {
  accountId: text('account_id').notNull(),
  vaultId: text('vault_id').notNull(),
  id: text('id').primaryKey(),
  scope: text('scope').$type<'due' | 'all'>().notNull(),
  state: text('state')
    .$type<'queued' | 'running' | 'complete' | 'failed' | 'cancelled'>()
    .notNull()
    .default('queued'),
  packsTotal: integer('packs_total').notNull().default(0),
  packsDone: integer('packs_done').notNull().default(0),
  bytesTotal: big('bytes_total').notNull().default(0),
  bytesDone: big('bytes_done').notNull().default(0),
  damagedPacks: integer('damaged_packs').notNull().default(0),
  healedPacks: integer('healed_packs').notNull().default(0),
  afterPack: big('after_pack').notNull().default(0),
  nextPieceAt: at('next_piece_at'),
  lastError: text('last_error'),
  createdBy: text('created_by').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  startedAt: at('started_at'),
  finishedAt: at('finished_at'),
});
