import { bigint, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, big, bytea } from './columns';

/** The newest link of each account; written by the chain's trigger alone. */
export const auditHeads = pgTable('audit_heads', {
  accountId: text('account_id').primaryKey(),
  seq: big('seq').notNull(),
  hash: bytea('hash').notNull(),
});

export const auditChain = pgTable(
  'audit_chain',
  {
    accountId: text('account_id').notNull(),
    seq: big('seq').notNull(),
    eventId: bigint('event_id', { mode: 'number' }).notNull(),
    previous: bytea('previous').notNull(),
    hash: bytea('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.seq] })],
);

export const auditSignedHeads = pgTable(
  'audit_signed_heads',
  {
    accountId: text('account_id').notNull(),
    seq: big('seq').notNull(),
    hash: bytea('hash').notNull(),
    signedAt: at('signed_at').notNull(),
    keyId: text('key_id').notNull(),
    publicKey: bytea('public_key').notNull(),
    signature: bytea('signature').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.seq] })],
);
