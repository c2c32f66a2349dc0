import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { at } from './columns';

export const directories = pgTable('directories', {
  /** The management account. */
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  rootFolderId: text('root_folder_id').notNull(),
  sharingEnabledAt: at('sharing_enabled_at'),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const directoryFolders = pgTable('directory_folders', {
  accountId: text('account_id').notNull(),
  directoryId: text('directory_id').notNull(),
  id: text('id').primaryKey(),
  parentId: text('parent_id'),
  name: text('name').notNull(),
  /** Set by the database from the parent. */
  depth: integer('depth').notNull().default(0),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const directoryMembers = pgTable('directory_members', {
  accountId: text('account_id').notNull(),
  directoryId: text('directory_id').notNull(),
  memberAccountId: text('member_account_id').primaryKey(),
  folderId: text('folder_id'),
  joinedBy: text('joined_by').$type<'management' | 'invited' | 'created'>().notNull(),
  joinedAt: at('joined_at').notNull().defaultNow(),
});

export const directoryInvitations = pgTable('directory_invitations', {
  /** The management account; the recipient sees the row through a second policy. */
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  directoryId: text('directory_id').notNull(),
  managementName: text('management_name').notNull(),
  recipientAccountId: text('recipient_account_id').notNull(),
  folderId: text('folder_id').notNull(),
  note: text('note').notNull().default(''),
  status: text('status')
    .$type<'pending' | 'accepted' | 'declined' | 'cancelled' | 'expired'>()
    .notNull()
    .default('pending'),
  createdAt: at('created_at').notNull().defaultNow(),
  expiresAt: at('expires_at').notNull(),
  warnedAt: at('warned_at'),
  respondedAt: at('responded_at'),
  respondedBy: text('responded_by'),
});
