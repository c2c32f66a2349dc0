import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { resourceShareVaults } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import type { lockSharedVault, ShareRow } from './internal';
import { sharingRefusal } from './rules';

type VaultRow = Awaited<ReturnType<typeof lockSharedVault>>;

/** Puts a vault into a share, again after it was taken out. Both are locked by the caller. */
export async function associateVault(tx: Tx, share: ShareRow, vault: VaultRow, now: Date): Promise<void> {
  const refusal = sharingRefusal(vault);
  if (refusal) throw refusal;
  const added = await tx
    .insert(resourceShareVaults)
    .values({ accountId: share.accountId, shareId: share.id, vaultId: vault.id, createdAt: now })
    .onConflictDoUpdate({
      target: [resourceShareVaults.shareId, resourceShareVaults.vaultId],
      set: { disassociatedAt: null, createdAt: now },
      setWhere: sql`${resourceShareVaults.disassociatedAt} is not null`,
    })
    .returning({ vaultId: resourceShareVaults.vaultId });
  if (added.length > 0) return;
  throw new CrossvaultError(
    'already_exists',
    `${vault.name} is in the resource share ${share.name} already.`,
    {
      fields: { shareId: 'The vault is in this resource share already.' },
      reason: 'vault_shared_already',
    },
  );
}
