import { sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import type { Duty } from '@/lib/engine/ticker/duties';
import { checkVault } from './check-vault';
import type { VaultEnvironment } from './environment';

const everyMinutes = 5;

/** Whether storage and key of each vault answer, looked at every few minutes and at once when its key changes. */
export const healthDuty: Duty = {
  kind: 'check_health',
  dueAt: (accountId) =>
    sql`select min(v.health_due_at) from vaults v where v.account_id = ${accountId} and v.status = 'created'`,
  async run(environment: VaultEnvironment, accountId: string): Promise<boolean> {
    const [vault] = await inAccount(environment.db, accountId, (tx) =>
      tx.execute<{ id: string }>(sql`
        update vaults set health_due_at = now() + make_interval(mins => ${everyMinutes})
        where id = (select id from vaults where account_id = ${accountId} and status = 'created'
          and health_due_at <= clock_timestamp() order by health_due_at limit 1) returning id`),
    );
    if (!vault) return false;
    await checkVault(environment, { accountId, vaultId: vault.id });
    return true;
  },
};
