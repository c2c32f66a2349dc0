import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import { vaults } from '@/db/schema';
import { violates } from '@/db/violations';
import { CrossvaultError } from '@/lib/errors';
import { requireResourceGroup } from '@/lib/resource-groups';
import { writeVerb } from '@/lib/verb';
import { capacityChangeRefusal, gibBytes } from './capacity';
import { getVaultDto, loadVaultForUpdate, nameTaken } from './internal';
import { vaultKinds } from './kinds';
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
      ...capacityOf(vault),
    };
    const after = {
      name: input.name ?? vault.name,
      description: input.description ?? vault.description,
      resourceGroupId: input.resourceGroupId ?? vault.resourceGroupId,
      ...(vault.kind === 'replication_target' && { guardDays: input.guardDays ?? vault.guardDays }),
      ...changedCapacity(vault, input),
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

type Row = Awaited<ReturnType<typeof loadVaultForUpdate>>;

function capacityOf({ kind, capacityBytes, thresholdPercent, isAutoExpanding }: Row) {
  return vaultKinds[kind].hasCapacity ? { capacityBytes, thresholdPercent, isAutoExpanding } : {};
}

/** What the input says of the capacity, over what there is. */
function changedCapacity(vault: Row, input: z.output<typeof UpdateVault>) {
  const { capacityGib, thresholdPercent, isAutoExpanding } = input;
  if (!vaultKinds[vault.kind].hasCapacity) {
    if (capacityGib !== undefined) throw withoutCapacity();
    return {};
  }
  const capacityBytes = capacityGib === undefined ? vault.capacityBytes! : capacityGib * gibBytes;
  const refusal = capacityGib === undefined ? null : capacityChangeRefusal(vault, capacityBytes);
  if (refusal) throw refusal;
  return {
    capacityBytes,
    thresholdPercent: thresholdPercent ?? vault.thresholdPercent,
    isAutoExpanding: isAutoExpanding ?? vault.isAutoExpanding,
  };
}

function withoutCapacity(): CrossvaultError {
  return new CrossvaultError('invalid_input', 'Some fields need another value. Nothing was changed.', {
    fields: { capacityGib: 'A vault of this kind has no capacity to buy.' },
  });
}
