import { eq, sql } from 'drizzle-orm';
import { vaults } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { getVaultDto, loadFacts, loadVaultForUpdate } from './internal';
import { checkDelete } from './rules';
import { DeleteVault, type Vault } from './schemas';

/** Takes a vault out of use at once; the engine then removes its points, its bytes and at last its row. */
export const deleteVault = writeVerb({
  action: 'vaults.delete',
  permission: 'vaults.delete',
  input: DeleteVault,
  async run({ ctx, tx, input, now, audit }): Promise<Vault> {
    // Backups shared from it go from their recipients' vaults too: all of them are locked in one order.
    await tx.execute(sql`select hold_vaults_of_shares(array[]::text[], ${input.id})`);
    const vault = await loadVaultForUpdate(tx, input.id);
    checkDelete(await loadFacts(tx, vault, now), input.confirm);
    await tx.update(vaults).set({ status: 'deleting', statusReason: null }).where(eq(vaults.id, vault.id));
    await audit({
      resourceKind: 'vault',
      resourceId: vault.id,
      resourceName: vault.name,
      before: { status: vault.status, pointCount: vault.pointCount, storedBytes: vault.storedBytes },
      after: { status: 'deleting' },
    });
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    return getVaultDto(tx, vault.id, ctx.accountId, now);
  },
});
