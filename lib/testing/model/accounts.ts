import { eq } from 'drizzle-orm';
import { accounts } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import type { Context } from '@/lib/context';
import type { World as EngineWorld } from '@/lib/engine/transfer/test-world';
import { testEnvironment } from '@/lib/engine/vaults/test-environment';
import { createKey } from '@/lib/keys';
import { type TestAccount, testAccount } from '@/lib/testing/world';

export interface Member extends TestAccount {
  /** An enabled key of the account, for vaults with KMS encryption. */
  keyId: string;
}

export interface World {
  database: TestDatabase;
  environment: EngineWorld['environment'];
  members: Map<string, Member>;
  as(accountId: string): Context;
}

export async function makeWorld(database: TestDatabase): Promise<World> {
  const environment = await testEnvironment(database);
  const members = new Map<string, Member>();
  for (const alias of ['alias/a', 'alias/b', 'alias/c']) {
    const account = await testAccount(database);
    const { id: keyId } = await createKey(account.as('administrator'), { alias, description: '' });
    members.set(account.id, { ...account, keyId });
  }
  return {
    database,
    environment,
    members,
    as: (accountId) => members.get(accountId)!.as('administrator'),
  };
}

export async function setStanding({ database }: World, accountId: string, state: 'active' | 'overdue') {
  await database.owner.update(accounts).set({ state }).where(eq(accounts.accountId, accountId));
}
