import { asc } from 'drizzle-orm';
import { z } from 'zod';
import { resourceGroups } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { toResourceGroup } from './internal';

export const listResourceGroups = readVerb({
  action: 'resource_groups.list',
  permission: 'account.read',
  input: z.object({}),
  async run({ tx }) {
    const rows = await tx
      .select()
      .from(resourceGroups)
      .orderBy(asc(resourceGroups.createdAt), asc(resourceGroups.id));
    return { items: rows.map(toResourceGroup) };
  },
});
