import { sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { vaultKeys } from '@/db/schema';
import { addVaultKey } from '@/lib/engine/core/vault-keys';
import type { Duty } from '@/lib/engine/ticker/duties';
import { writeAudit } from '@/lib/verb';
import { engineContext } from './engine-context';
import type { VaultEnvironment } from './environment';
import { openVault } from './open-vault';
import { forgetKeys } from './opened-keys';
import { loadVaultRow } from './vault-row';
import { wrappingKeyOf } from './wrapping-key';

/** New versions of vault keys that were asked for. Nothing is rewritten: what is sealed says which version it is under. */
export const keyRotationDuty: Duty = {
  kind: 'rotate_vault_key',
  dueAt: (accountId) =>
    sql`select min(v.key_rotation_at) from vaults v where v.account_id = ${accountId} and v.status = 'created'`,
  async run(environment, accountId) {
    const [due] = await inAccount(environment.db, accountId, (tx) =>
      tx.execute<{ id: string }>(sql`
        select id from vaults where account_id = ${accountId} and status = 'created' and key_rotation_at <= clock_timestamp()
        order by key_rotation_at limit 1`),
    );
    if (!due) return false;
    await rotate(environment, { accountId, vaultId: due.id });
    return true;
  },
};

/** Durable in every zone first, then known: nothing is ever sealed under a key that can be lost. Repeatable. */
async function rotate(
  environment: VaultEnvironment,
  address: { accountId: string; vaultId: string },
): Promise<void> {
  const { accountId, vaultId } = address;
  const row = await loadVaultRow(environment, address);
  const version = row.keyVersion + 1;
  const store = environment.storage.vaultStore(row);
  const wrapping = wrappingKeyOf(row, environment.serviceKey);
  await addVaultKey(store, vaultId, version, wrapping);
  const name = `keys/${String(version).padStart(8, '0')}`;
  const wrapped = Buffer.from(await store.get(name));
  await inAccount(environment.db, accountId, async (tx) => {
    const made = await tx
      .insert(vaultKeys)
      .values({ accountId, vaultId, version, wrapped, wrappedBy: row.kmsKeyId ?? 'service' })
      .onConflictDoNothing()
      .returning({ version: vaultKeys.version });
    await tx.execute(sql`update vaults set key_rotation_at = null where id = ${vaultId}`);
    if (!made[0]) return;
    await writeAudit(engineContext(environment.db, accountId), tx, 'vaults.key_rotated', {
      resourceKind: 'vault',
      resourceId: vaultId,
      resourceName: row.name,
      before: { keyVersion: row.keyVersion },
      after: { keyVersion: version },
    });
  });
  forgetKeys(environment, vaultId);
  await openVault(environment, address);
}
