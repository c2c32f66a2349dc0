import { count, isNull } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { accounts, users, vaults } from '@/db/schema';
import type { AccountState } from '@/lib/account-states';

export interface AccountSummary {
  accountId: string;
  name: string;
  state: AccountState;
  users: number;
  vaults: number;
}

/** All accounts of the installation, for its operator. @param owner as for `setAccountState`. */
export async function listAccounts(owner: Database): Promise<AccountSummary[]> {
  const rows = await owner.select().from(accounts).orderBy(accounts.name, accounts.accountId);
  const userCounts = await owner
    .select({ accountId: users.accountId, count: count() })
    .from(users)
    .where(isNull(users.disabledAt))
    .groupBy(users.accountId);
  const vaultCounts = await owner
    .select({ accountId: vaults.accountId, count: count() })
    .from(vaults)
    .groupBy(vaults.accountId);
  const of = (counts: typeof userCounts, id: string) =>
    counts.find(({ accountId }) => accountId === id)?.count ?? 0;
  return rows.map(({ accountId, name, state }) => ({
    accountId,
    name,
    state,
    users: of(userCounts, accountId),
    vaults: of(vaultCounts, accountId),
  }));
}
