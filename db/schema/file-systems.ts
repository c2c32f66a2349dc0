import { pgTable, text } from 'drizzle-orm/pg-core';
import { at } from './columns';

/** The operator writes these; the console reads only what says nothing of the engines' machines. */
export const fileSystems = pgTable('file_systems', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  region: text('region').notNull(),
  kind: text('kind').$type<'nas' | 'cpfs'>().notNull(),
  name: text('name').notNull(),
  mountPath: text('mount_path').notNull(),
  fsType: text('fs_type').notNull(),
  fsSource: text('fs_source').notNull(),
  fsRoot: text('fs_root').notNull(),
  fsId: text('fs_id'),
  checkState: text('check_state').$type<'ok' | 'failed'>().notNull().default('ok'),
  checkMessage: text('check_message'),
  checkedAt: at('checked_at').notNull().defaultNow(),
  createdAt: at('created_at').notNull().defaultNow(),
});
