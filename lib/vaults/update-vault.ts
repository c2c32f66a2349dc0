import { eq } from 'drizzle-orm';
import { vaults } from '@/db/schema';
import { violates } from '@/db/violations';
import { requireResourceGroup } from '@/lib/resource-groups';
import { writeVerb } from '@/lib/verb';
import { getVaultDto, loadVaultForUpdate, nameTaken } from './internal';
import { checkUpdate } from './rules';
import { UpdateVault, type Vault } from './schemas';

/** Changes name, description, resource group or guard days; what is left out stays. */
export const updateVault = writeVerb({
  action: 'vaults.update',
  permission: 'vaults.manage',
  input: UpdateVault,
  async run({ ctx, tx, input, now, audit }): Promise<Vault> {
    const vault = await loadVaultForUpdate(tx, input.id);
    checkUpdate(vault);
    if (input.resourceGroupId !== undefined) await requireResourceGroup(tx, input.resourceGroupId);
    const before = {
      name: vault.name,
      description: vault.description,
      resourceGroupId: vault.resourceGroupId,
      ...(vault.kind === 'replication_target' && { guardDays: vault.guardDays }),
    };
    const after = {
      name: input.name ?? vault.name,
      description: input.description ?? vault.description,
      resourceGroupId: input.resourceGroupId ?? vault.resourceGroupId,
      ...(vault.kind === 'replication_target' && { guardDays: input.guardDays ?? vault.guardDays }),
    };
    try {
      await tx.update(vaults).set(after).where(eq(vaults.id, vault.id));
    } catch (error) {
      throw violates(error, 'vaults_account_id_region_name_key') ? nameTaken(after.name) : error;
    }
    await audit({ resourceKind: 'vault', resourceId: vault.id, resourceName: after.name, before, after });
    return getVaultDto(tx, vault.id, ctx.accountId, now);
  },
});
