import { resourceGroups } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { toResourceGroup } from './internal';
import { CreateResourceGroup, type ResourceGroup } from './schemas';

export const createResourceGroup = writeVerb({
  action: 'resource_groups.create',
  permission: 'account.manage',
  input: CreateResourceGroup,
  async run({ ctx, tx, input, now, audit }): Promise<ResourceGroup> {
    const [made] = await tx
      .insert(resourceGroups)
      .values({ accountId: ctx.accountId, id: newId('rg'), name: input.name, createdAt: now })
      .onConflictDoNothing({ target: [resourceGroups.accountId, resourceGroups.name] })
      .returning();
    if (!made) {
      throw new CrossvaultError('already_exists', `There is a resource group ${input.name} already.`, {
        fields: { name: 'Choose another name.' },
      });
    }
    await audit({ resourceKind: 'resource_group', resourceId: made.id, resourceName: made.name });
    return toResourceGroup(made);
  },
});
