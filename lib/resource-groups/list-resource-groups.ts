import { z } from 'zod';
import { readVerb } from '@/lib/verb';
import { selectGroups } from './internal';

export const listResourceGroups = readVerb({
  action: 'resource_groups.list',
  permission: 'account.read',
  input: z.object({}),
  run: async ({ tx }) => ({ items: await selectGroups(tx) }),
});
