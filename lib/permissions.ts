import type { Activity } from './account-states';

export type Role = 'administrator' | 'operator' | 'auditor';

/** What a role may do. A verb names exactly one; forgetting a new one here does not compile. */
export const permissions = {
  'account.read': ['administrator', 'operator', 'auditor'],
  'account.manage': ['administrator'],
  'access_keys.manage': ['administrator', 'operator'],
  'audit.read': ['administrator', 'auditor'],
  'vaults.read': ['administrator', 'operator', 'auditor'],
  'vaults.create': ['administrator', 'operator'],
  'vaults.manage': ['administrator', 'operator'],
  'vaults.delete': ['administrator'],
  'vaults.lock': ['administrator'],
  'keys.read': ['administrator', 'operator', 'auditor'],
  'keys.manage': ['administrator'],
  'shares.read': ['administrator', 'operator', 'auditor'],
  'shares.manage': ['administrator'],
  'directory.read': ['administrator', 'operator', 'auditor'],
  'directory.manage': ['administrator'],
  'replication.start': ['administrator'],
  'replication.stop': ['administrator'],
  'clients.read': ['administrator', 'operator', 'auditor'],
  'clients.manage': ['administrator', 'operator'],
  'jobs.read': ['administrator', 'operator', 'auditor'],
  'backup.run': ['administrator', 'operator'],
  'restore.run': ['administrator', 'operator'],
  'points.delete': ['administrator'],
  'points.archive': ['administrator', 'operator'],
  'removals.hold': ['administrator', 'operator'],
  // What is released goes.
  'removals.release': ['administrator'],
  'policies.read': ['administrator', 'operator', 'auditor'],
  'policies.manage': ['administrator', 'operator'],
  'policies.delete': ['administrator'],
  'notifications.manage': ['administrator', 'operator', 'auditor'],
  'billing.read': ['administrator', 'operator', 'auditor'],
  'billing.manage': ['administrator'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

/** What each permission is about, for the state of the account to decide on; a verb may name a narrower activity. */
export const activities = {
  'account.read': 'read',
  'account.manage': 'manage',
  'access_keys.manage': 'manage',
  'audit.read': 'read',
  'vaults.read': 'read',
  'vaults.create': 'store',
  'vaults.manage': 'manage',
  'vaults.delete': 'delete',
  'vaults.lock': 'manage',
  'keys.read': 'read',
  'keys.manage': 'manage',
  'shares.read': 'read',
  'shares.manage': 'share',
  'directory.read': 'read',
  'directory.manage': 'manage',
  'replication.start': 'share',
  'replication.stop': 'stop',
  'clients.read': 'read',
  // A restore may need a host that is not enrolled yet.
  'clients.manage': 'restore',
  'jobs.read': 'read',
  'backup.run': 'store',
  'restore.run': 'restore',
  'points.delete': 'delete',
  'points.archive': 'store',
  'removals.hold': 'manage',
  'removals.release': 'delete',
  'policies.read': 'read',
  'policies.manage': 'manage',
  'policies.delete': 'delete',
  'notifications.manage': 'own',
  'billing.read': 'read',
  'billing.manage': 'manage',
} as const satisfies Record<Permission, Activity>;
