import { resourceGroups } from '@/db/schema';
import { newId } from '@/lib/context';
import { writeVerb } from '@/lib/verb';
import { nameTaken, selectGroups } from './internal';
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
    if (!made) throw nameTaken(input.name);
    await audit({ resourceKind: 'resource_group', resourceId: made.id, resourceName: made.name });
    return (await selectGroups(tx, made.id))[0]!;
  },
});
