import { pgTable, smallint, text } from 'drizzle-orm/pg-core';
import { at, bytea } from './columns';

export const alertContacts = pgTable('alert_contacts', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  place: smallint('place').notNull(),
  kind: text('kind').$type<'email' | 'webhook'>().notNull(),
  name: text('name').notNull(),
  address: text('address').notNull(),
  topics: text('topics').array().notNull(),
  leastSeverity: text('least_severity').$type<'info' | 'warning' | 'error'>().notNull(),
  /** The engine's alone; a query of the web process that names it is refused. */
  signingSecret: text('signing_secret'),
  verifiedAt: at('verified_at'),
  codeHash: bytea('code_hash'),
  codeExpiresAt: at('code_expires_at'),
  codeFailures: smallint('code_failures').notNull().default(0),
  lastDeliveredAt: at('last_delivered_at'),
  lastFailedAt: at('last_failed_at'),
  lastError: text('last_error'),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const alertDeliveries = pgTable('alert_deliveries', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  contactId: text('contact_id').notNull(),
  purpose: text('purpose').$type<'notification' | 'verification' | 'test'>().notNull(),
  kind: text('kind').notNull(),
  severity: text('severity').$type<'info' | 'success' | 'warning' | 'error'>().notNull(),
  title: text('title').notNull(),
  body: text('body').notNull().default(''),
  href: text('href'),
  state: text('state').$type<'waiting' | 'delivered' | 'failed'>().notNull().default('waiting'),
  attempts: smallint('attempts').notNull().default(0),
  dueAt: at('due_at').notNull().defaultNow(),
  lastError: text('last_error'),
  createdAt: at('created_at').notNull().defaultNow(),
  finishedAt: at('finished_at'),
});
