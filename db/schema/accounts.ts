import { bigint, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, bytea } from './columns';

// The SQL in db/migrations is the truth for constraints, policies and triggers; these tables mirror its columns.

export const accounts = pgTable('accounts', {
  accountId: text('account_id').primaryKey(),
  name: text('name').notNull(),
  state: text('state').$type<'active' | 'overdue' | 'suspended' | 'closed'>().notNull().default('active'),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const users = pgTable('users', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  email: text('email').notNull(),
  name: text('name').notNull(),
  role: text('role').$type<'administrator' | 'operator' | 'auditor'>().notNull(),
  passwordHash: text('password_hash').notNull(),
  sessionVersion: integer('session_version').notNull().default(1),
  disabledAt: at('disabled_at'),
  passwordExpiresAt: at('password_expires_at'),
  lastSignInAt: at('last_sign_in_at'),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const accessKeys = pgTable('access_keys', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  userId: text('user_id').notNull(),
  name: text('name').notNull(),
  secretHash: bytea('secret_hash').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  expiresAt: at('expires_at'),
  lastUsedAt: at('last_used_at'),
  revokedAt: at('revoked_at'),
});

export const userSessions = pgTable('user_sessions', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  userId: text('user_id').notNull(),
  version: integer('version').notNull(),
  ip: text('ip'),
  userAgent: text('user_agent'),
  createdAt: at('created_at').notNull().defaultNow(),
  expiresAt: at('expires_at').notNull(),
  endedAt: at('ended_at'),
  lastSeenAt: at('last_seen_at'),
});

export const signInThrottles = pgTable('sign_in_throttles', {
  subject: text('subject').primaryKey(),
  failures: integer('failures').notNull().default(0),
  blockedUntil: at('blocked_until'),
  updatedAt: at('updated_at').notNull().defaultNow(),
});

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    accountId: text('account_id').notNull(),
    verb: text('verb').notNull(),
    token: text('token').notNull(),
    requestSha256: bytea('request_sha256').notNull(),
    /** Empty while the first request is still in its transaction. */
    response: jsonb('response'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.verb, t.token] })],
);

export const auditEvents = pgTable('audit_events', {
  accountId: text('account_id').notNull(),
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  at: at('at').notNull().defaultNow(),
  actorKind: text('actor_kind').$type<'user' | 'access_key' | 'client' | 'engine'>().notNull(),
  actorId: text('actor_id').notNull(),
  actorName: text('actor_name').notNull(),
  action: text('action').notNull(),
  resourceKind: text('resource_kind').notNull(),
  resourceId: text('resource_id').notNull(),
  resourceName: text('resource_name'),
  before: jsonb('before'),
  after: jsonb('after'),
  ip: text('ip'),
  requestId: text('request_id').notNull(),
});

export const notifications = pgTable('notifications', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  kind: text('kind').notNull(),
  severity: text('severity').$type<'info' | 'success' | 'warning' | 'error'>().notNull(),
  title: text('title').notNull(),
  body: text('body').notNull().default(''),
  href: text('href'),
  createdAt: at('created_at').notNull().defaultNow(),
  readAt: at('read_at'),
});

export const quotaCounters = pgTable(
  'quota_counters',
  {
    accountId: text('account_id').notNull(),
    name: text('name')
      .$type<'vaults' | 'replication_targets' | 'disks' | 'disk_gib' | 'servers' | 'images'>()
      .notNull(),
    region: text('region').notNull().default(''),
    used: integer('used').notNull().default(0),
    maximum: integer('maximum').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.name, t.region] })],
);
