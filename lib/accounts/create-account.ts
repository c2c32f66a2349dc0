import { randomInt } from 'node:crypto';
import type { Database } from '@/db/client';
import { accounts, resourceGroups, users } from '@/db/schema';
import { newId, type Role } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { hashPassword } from './password';

/**
 * Opens an account with its default resource group. For the installation's own tools: `owner` is the database owner's
 * connection, which no request ever holds.
 */
export async function createAccount(
  owner: Database,
  { name, accountId = newAccountUid() }: { name: string; accountId?: string },
): Promise<{ accountId: string; name: string; resourceGroupId: string }> {
  return owner.transaction(async (tx) => {
    const made = await tx.insert(accounts).values({ accountId, name }).onConflictDoNothing().returning();
    if (made.length === 0)
      throw new CrossvaultError('already_exists', `There is an account ${accountId} already.`);
    const resourceGroupId = newId('rg');
    await tx.insert(resourceGroups).values({ accountId, id: resourceGroupId, name: 'default' });
    return { accountId, name, resourceGroupId };
  });
}

export interface NewUser {
  accountId: string;
  email: string;
  name: string;
  role: Role;
  password: string;
}

/** Adds a user to an account; an e-mail belongs to one user in the whole installation. */
export async function createUser(owner: Database, user: NewUser): Promise<{ id: string; email: string }> {
  const { password, ...row } = user;
  const email = row.email.trim().toLowerCase();
  const made = await owner
    .insert(users)
    .values({ ...row, email, id: newId('u'), passwordHash: await hashPassword(password) })
    .onConflictDoNothing({ target: users.email })
    .returning({ id: users.id });
  if (!made[0])
    throw new CrossvaultError('already_exists', `There is a user with the e-mail ${email} already.`);
  return { id: made[0].id, email };
}

/** 16 digits that do not begin with a zero. */
export function newAccountUid(): string {
  return `${randomInt(10_000_000, 100_000_000)}${String(randomInt(100_000_000)).padStart(8, '0')}`;
}
