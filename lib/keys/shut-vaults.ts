import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { vaults } from '@/db/schema';
import type { KeyRow } from './internal';
import { vaultTrouble } from './schemas';

/**
 * Puts the vaults under a key that cannot be used any more in error, in the transaction that changed it: nothing that begins
 * later finds them well. The engine finds them well again when the key is.
 */
export async function shutVaults(tx: Tx, key: KeyRow): Promise<void> {
  const open = await tx
    .select({ id: vaults.id, name: vaults.name })
    .from(vaults)
    .where(and(eq(vaults.kmsKeyId, key.id), eq(vaults.status, 'created')));
  for (const { id, name } of open) {
    await tx
      .update(vaults)
      .set({ status: 'error', statusReason: vaultTrouble(name, key.alias ?? key.id, key) })
      .where(and(eq(vaults.id, id), eq(vaults.status, 'created')));
  }
}
