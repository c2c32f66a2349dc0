import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '@/db/client';
import { type Clock, systemClock } from './clock';
import { CrossvaultError } from './errors';
import { type Permission, permissions, type Role } from './permissions';

export { type Permission, permissions, type Role };

export interface Actor {
  kind: 'user' | 'access_key' | 'client' | 'engine';
  id: string;
  name: string;
  /** The user on whose behalf an access key acts; equals `id` for a user. */
  userId: string;
  role: Role;
  /** Came in with a one-time password: until it is replaced, nothing else is done. */
  isPasswordTemporary?: boolean;
}

/** Everything a verb needs from outside. The account id comes from a checked credential, never from input. */
export interface Context {
  accountId: string;
  actor: Actor;
  requestId: string;
  ip: string | null;
  idempotencyKey: string | null;
  /** The sign-in that asks; null for whoever has none. */
  sessionId: string | null;
  db: Database;
  clock: Clock;
}

export function createContext(
  init: Pick<Context, 'accountId' | 'actor' | 'db'> & Partial<Omit<Context, 'accountId' | 'actor' | 'db'>>,
): Context {
  return {
    requestId: randomUUID(),
    ip: null,
    idempotencyKey: null,
    sessionId: null,
    clock: systemClock,
    ...init,
  };
}

const withTemporaryPassword: readonly Permission[] = ['account.read', 'profile.manage'];

export function authorise(ctx: Context, permission: Permission): void {
  if (ctx.actor.isPasswordTemporary && !withTemporaryPassword.includes(permission)) {
    throw new CrossvaultError('forbidden', 'Replace the one-time password first.', {
      reason: 'password_change_required',
    });
  }
  if (!(permissions[permission] as readonly Role[]).includes(ctx.actor.role)) {
    throw new CrossvaultError(
      'forbidden',
      `The role ${ctx.actor.role} may not do this. Ask an administrator of the account.`,
      {
        reason: permission,
      },
    );
  }
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A random id of 20 base-32 characters (100 bits) behind a prefix such as `v-`. */
export function newId(prefix: string): string {
  let id = '';
  for (const byte of randomBytes(20)) id += alphabet[byte & 31];
  return `${prefix}-${id}`;
}
