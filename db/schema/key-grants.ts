import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at } from './columns';

export const projects = pgTable(
  'projects',
  {
    accountId: text('account_id').notNull(),
    region: text('region').notNull(),
    id: text('id').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.region] })],
);

export const keyGrants = pgTable('key_grants', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  keyId: text('key_id').notNull(),
  /** These and the two names are filled by the database. */
  keyAlias: text('key_alias'),
  ownerName: text('owner_name').notNull().default(''),
  granteeAccountId: text('grantee_account_id').notNull(),
  granteeName: text('grantee_name').notNull().default(''),
  granteeProjectId: text('grantee_project_id'),
  purpose: text('purpose').$type<'open_shared_backups'>().notNull().default('open_shared_backups'),
  createdAt: at('created_at').notNull().defaultNow(),
  createdBy: text('created_by').notNull(),
  retiredAt: at('retired_at'),
  retiredBy: text('retired_by').$type<'owner' | 'grantee' | 'key_destroyed'>(),
});
