import { randomUUID } from 'node:crypto';
import { desc, eq, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { makeAccount, makeUser } from '@/db/factories';
import { auditEvents } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import { type Context, createContext, type Role } from '@/lib/context';

export interface TestAccount {
  id: string;
  name: string;
  /** Its default resource group. */
  groupId: string;
  owner: Database;
  /** A context of the web process for a user of this role; further fields override. */
  as(role: Role, overrides?: Partial<Context>): Context;
}

/** An account with one user of each role, in the suite's own database. */
export async function testAccount({ owner, app }: TestDatabase): Promise<TestAccount> {
  const { account, group } = await makeAccount(owner);
  const users = new Map<Role, Context['actor']>();
  for (const role of ['administrator', 'operator', 'auditor'] as const) {
    const { id, name } = await makeUser(owner, { accountId: account.accountId, role });
    users.set(role, { kind: 'user', id, name, userId: id, role });
  }
  return {
    id: account.accountId,
    name: account.name,
    groupId: group.id,
    owner,
    as: (role, overrides = {}) =>
      createContext({
        accountId: account.accountId,
        actor: users.get(role)!,
        db: app,
        requestId: randomUUID(),
        ...overrides,
      }),
  };
}

/** Nobody can delete an audit row; a test that begins with a clean audit switches the database's triggers off. */
export async function clearAudit(owner: Database, accountId?: string): Promise<void> {
  await owner.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    for (const table of ['audit_events', 'audit_chain', 'audit_heads', 'audit_signed_heads']) {
      const only = accountId ? sql`where account_id = ${accountId}` : sql``;
      await tx.execute(sql`delete from ${sql.identifier(table)} ${only}`);
    }
  });
}

/** The account's audit rows, newest first, seen past the walls. */
export function auditOf(owner: Database, accountId: string) {
  return owner
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.accountId, accountId))
    .orderBy(desc(auditEvents.id));
}
