import { bigint, boolean, jsonb, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import { at, big, bytea } from './columns';

export type ServerState =
  | 'creating'
  | 'stopped'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'restoring'
  | 'deleting'
  | 'error';

/** Where a server's machine runs. The start time in clock ticks tells its process from a later one of the same number. */
export interface ServerProcess {
  host: string;
  pid: number;
  startedTicks: string;
}

export const servers = pgTable('servers', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  region: text('region').notNull(),
  name: text('name').notNull(),
  description: text('description').notNull().default(''),
  flavour: text('flavour').notNull(),
  state: text('state').$type<ServerState>().notNull().default('creating'),
  stateReason: text('state_reason'),
  accelerator: text('accelerator').$type<'kvm' | 'tcg'>(),
  process: jsonb('process').$type<ServerProcess>(),
  startedAt: at('started_at'),
  checkedAt: at('checked_at'),
  stopAskedAt: at('stop_asked_at'),
  isStopForced: boolean('is_stop_forced').notNull().default(false),
  createdFrom: jsonb('created_from').$type<ServerOrigin>().notNull().default({ kind: 'disks' }),
  createdBy: text('created_by').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
});

export type ServerOrigin =
  | { kind: 'disks' }
  | { kind: 'backup'; pointId: string }
  | { kind: 'image'; imageId: string };

export type DiskOrigin =
  | { kind: 'empty' }
  /** A file of the operator's import folder. */
  | { kind: 'import'; path: string }
  | { kind: 'upload'; fileName: string }
  | { kind: 'backup'; pointId: string; path: string }
  | { kind: 'image'; imageDiskId: string };

export type DiskState = 'creating' | 'available' | 'resizing' | 'restoring' | 'deleting' | 'error';

export const disks = pgTable('disks', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  region: text('region').notNull(),
  pool: text('pool').notNull(),
  name: text('name').notNull(),
  description: text('description').notNull().default(''),
  format: text('format').$type<'raw' | 'qcow2'>().notNull(),
  sizeBytes: big('size_bytes').notNull(),
  allocatedBytes: big('allocated_bytes').notNull().default(0),
  isEncrypted: boolean('is_encrypted').notNull().default(false),
  kmsKeyId: text('kms_key_id'),
  sealedSecret: bytea('sealed_secret'),
  state: text('state').$type<DiskState>().notNull().default('creating'),
  stateReason: text('state_reason'),
  generation: bigint('generation', { mode: 'number' }).notNull().default(1),
  serverId: text('server_id'),
  position: smallint('position'),
  createdFrom: jsonb('created_from').$type<DiskOrigin>().notNull().default({ kind: 'empty' }),
  wantedBytes: big('wanted_bytes'),
  bytesDone: big('bytes_done').notNull().default(0),
  bytesTotal: big('bytes_total'),
  claimedUntil: at('claimed_until'),
  createdBy: text('created_by').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const images = pgTable('images', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  region: text('region').notNull(),
  name: text('name').notNull(),
  description: text('description').notNull().default(''),
  state: text('state').$type<'creating' | 'available' | 'deleting' | 'error'>().notNull().default('creating'),
  stateReason: text('state_reason'),
  /** The backup of this account that it was registered from; it may be gone. */
  pointId: text('point_id').notNull(),
  sourceName: text('source_name').notNull(),
  flavour: text('flavour'),
  createdBy: text('created_by').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const imageDisks = pgTable('image_disks', {
  accountId: text('account_id').notNull(),
  id: text('id').primaryKey(),
  imageId: text('image_id').notNull(),
  position: smallint('position').notNull(),
  name: text('name').notNull(),
  pool: text('pool').notNull(),
  format: text('format').$type<'raw' | 'qcow2'>().notNull(),
  sizeBytes: big('size_bytes').notNull(),
  allocatedBytes: big('allocated_bytes').notNull().default(0),
  isEncrypted: boolean('is_encrypted').notNull().default(false),
  kmsKeyId: text('kms_key_id'),
  sealedSecret: bytea('sealed_secret'),
});

export const diskKeyPermissions = pgTable(
  'disk_key_permissions',
  {
    accountId: text('account_id').notNull(),
    region: text('region').notNull(),
    grantedBy: text('granted_by').notNull(),
    grantedAt: at('granted_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.region] })],
);
