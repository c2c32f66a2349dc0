import { z } from 'zod';
import { readVerb } from '@/lib/verb';
import { selectAccessKeys, toAccessKey } from './internal';

export const listAccessKeys = readVerb({
  action: 'access_keys.list',
  permission: 'access_keys.manage',
  input: z.object({}),
  run: async ({ ctx, tx }) => ({ items: (await selectAccessKeys(ctx, tx)).map(toAccessKey) }),
});
