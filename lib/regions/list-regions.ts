import { z } from 'zod';
import { readVerb } from '@/lib/verb';
import { knownRegions } from './schemas';

export const listRegions = readVerb({
  action: 'regions.list',
  permission: 'account.read',
  input: z.object({}),
  run: async () => ({ items: [...knownRegions()] }),
});
