import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '@/db/client';
import { type Clock, systemClock } from './clock';
import { CrossvaultError } from './errors';

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
  'replication.start': ['administrator'],
  'replication.stop': ['administrator'],
  'clients.read': ['administrator', 'operator', 'auditor'],
  'clients.manage': ['administrator', 'operator'],
  'jobs.read': ['administrator', 'operator', 'auditor'],
  'backup.run': ['administrator', 'operator'],
  'restore.run': ['administrator', 'operator'],
  'points.delete': ['administrator'],
  'notifications.manage': ['administrator', 'operator', 'auditor'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

export interface Actor {
  kind: 'user' | 'access_key' | 'client' | 'engine';
  id: string;
  name: string;
  /** The user on whose behalf an access key acts; equals `id` for a user. */
  userId: string;
  role: Role;
}

/** Everything a verb needs from outside. The account id comes from a checked credential, never from input. */
export interface Context {
  accountId: string;
  actor: Actor;
  requestId: string;
  ip: string | null;
  idempotencyKey: string | null;
  db: Database;
  clock: Clock;
}

export function createContext(
  init: Pick<Context, 'accountId' | 'actor' | 'db'> & Partial<Omit<Context, 'accountId' | 'actor' | 'db'>>,
): Context {
  return { requestId: randomUUID(), ip: null, idempotencyKey: null, clock: systemClock, ...init };
}

export function authorise(ctx: Context, permission: Permission): void {
  if (!(permissions[permission] as readonly Role[]).includes(ctx.actor.role)) {
    throw new CrossvaultError('forbidden', `The role ${ctx.actor.role} may not do this. Ask an administrator of the account.`, {
      reason: permission,
    });
  }
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A random id of 20 base-32 characters (100 bits) behind a prefix such as `v-`. */
export function newId(prefix: string): string {
  let id = '';
  for (const byte of randomBytes(20)) id += alphabet[byte & 31];
  return `${prefix}-${id}`;
}
