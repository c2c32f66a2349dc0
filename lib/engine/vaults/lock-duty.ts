import { sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { recordVaultLock } from '@/lib/engine/core/facts';
import type { Duty } from '@/lib/engine/ticker/duties';
import { openVault } from './open-vault';

/** Locks are written into the vaults themselves, so that they outlive the database. */
export const lockDuty: Duty = {
  kind: 'record_lock',
  dueAt: (accountId) => sql`select min(v.locked_at) from vaults v
    where v.account_id = ${accountId} and v.locked_at is not null and v.lock_recorded_at is null and v.status = 'created'`,
  async run(environment, accountId) {
    const [locked] = await inAccount(environment.db, accountId, (tx) =>
      tx.execute<{ id: string; locked_at: string }>(sql`
        select id, locked_at from vaults where account_id = ${accountId} and locked_at is not null
          and lock_recorded_at is null and status = 'created' limit 1`),
    );
    if (!locked) return false;
    const { store, keys } = await openVault(environment, { accountId, vaultId: locked.id });
    await recordVaultLock(store, keys, new Date(locked.locked_at));
    await inAccount(environment.db, accountId, (tx) =>
      tx.execute(sql`update vaults set lock_recorded_at = now() where id = ${locked.id}`),
    );
    return true;
  },
};
