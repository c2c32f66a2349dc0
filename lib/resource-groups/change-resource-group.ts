import { eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { resourceGroups } from '@/db/schema';
import { violates } from '@/db/violations';
import { CrossvaultError, notFound } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { nameTaken, selectGroups } from './internal';
import { deleteRefusal, renameRefusal } from './rules';
import { DeleteResourceGroup, type ResourceGroup, UpdateResourceGroup } from './schemas';

export const updateResourceGroup = writeVerb({
  action: 'resource_groups.update',
  permission: 'account.manage',
  input: UpdateResourceGroup,
  async run({ tx, input: { id, name }, audit }): Promise<ResourceGroup> {
    const group = await loadForUpdate(tx, id);
    requireNone(renameRefusal(group), 'default_group');
    try {
      await tx.update(resourceGroups).set({ name }).where(eq(resourceGroups.id, id));
    } catch (error) {
      throw violates(error, 'resource_groups_account_id_name_key') ? nameTaken(name) : error;
    }
    await audit({
      resourceKind: 'resource_group',
      resourceId: id,
      resourceName: name,
      before: { name: group.name },
      after: { name },
    });
    return { ...group, name };
  },
});

/** Only an empty group goes. A vault that is put into it meanwhile waits for the row's lock and then finds no group. */
export const deleteResourceGroup = writeVerb({
  action: 'resource_groups.delete',
  permission: 'account.manage',
  input: DeleteResourceGroup,
  async run({ tx, input: { id }, audit }) {
    const group = await loadForUpdate(tx, id);
    requireNone(deleteRefusal(group), group.vaultCount > 0 ? 'group_not_empty' : 'default_group');
    await tx.delete(resourceGroups).where(eq(resourceGroups.id, id));
    await audit({ resourceKind: 'resource_group', resourceId: id, resourceName: group.name, before: group });
    return { id };
  },
});

async function loadForUpdate(tx: Tx, id: string): Promise<ResourceGroup> {
  const locked = await tx.select().from(resourceGroups).where(eq(resourceGroups.id, id)).for('update');
  if (locked.length === 0) throw notFound('resource group');
  const [group] = await selectGroups(tx, id);
  return group!;
}

function requireNone(refusal: string | null, reason: string): void {
  if (refusal) throw new CrossvaultError('state_conflict', refusal, { reason });
}
