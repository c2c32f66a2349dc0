import { sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { settleDebt } from '@/lib/engine/vaults';
import { bringObject } from './bring-object';
import type { ZoneWork } from './heal-zones';

/** Objects of one step; each is at most a pack. */
const debtsAtATime = 8;

/** Pays some of a zone's debts. @returns whether there were any. @throws `storage_unavailable`. */
export async function payDebts(work: ZoneWork): Promise<boolean> {
  const { environment, accountId, vaultId, zone } = work;
  const debts = await inAccount(environment.db, accountId, (tx) =>
    tx.execute<{ object_name: string; kind: 'put' | 'delete'; reason: string }>(sql`
      select object_name, kind, reason from zone_debts
      where vault_id = ${vaultId} and zone = ${zone} order by attempts, created_at limit ${debtsAtATime}`),
  );
  for (const { object_name: name, kind, reason } of debts) {
    const debt = { vaultId, zone, name };
    try {
      if (kind === 'delete') await work.own.delete(name);
      else if ((await bringObject(work, name, reason === 'corrupt')) === null && reason === 'corrupt') {
        await giveUp(work, name);
        continue;
      }
    } catch (error) {
      await inAccount(environment.db, accountId, (tx) =>
        tx.execute(sql`
          update zone_debts set attempts = attempts + 1, last_error = ${(error as Error).message.slice(0, 1000)}
          where vault_id = ${vaultId} and zone = ${zone} and object_name = ${name}`),
      );
      throw error;
    }
    await inAccount(environment.db, accountId, (tx) => settleDebt(tx, debt));
  }
  return debts.length > 0;
}

/** No zone has a good copy: that is not this zone's debt any more but damage of the vault, which verifying looks into. */
async function giveUp({ environment, accountId, vaultId, zone }: ZoneWork, name: string): Promise<void> {
  await inAccount(environment.db, accountId, async (tx) => {
    await tx.execute(sql`
      delete from zone_debts where vault_id = ${vaultId} and zone = ${zone} and object_name = ${name}`);
    await tx.execute(sql`
      insert into vault_damages (account_id, vault_id, object_name, kind, found_by)
      values (${accountId}, ${vaultId}, ${name}, 'corrupt', 'read') on conflict do nothing`);
  });
}
