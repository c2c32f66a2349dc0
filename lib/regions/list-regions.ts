import { z } from 'zod';
import { readVerb } from '@/lib/verb';
import { regions } from './schemas';

export const listRegions = readVerb({
  action: 'regions.list',
  permission: 'account.read',
  input: z.object({}),
  run: async () => ({ items: [...regions] }),
});
