import { desc } from 'drizzle-orm';
import { z } from 'zod';
import { kmsKeys } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { selectKeys, toKmsKey } from './internal';

export const listKeys = readVerb({
  action: 'keys.list',
  permission: 'keys.read',
  input: z.object({}),
  async run({ tx }) {
    const rows = await selectKeys(tx).orderBy(desc(kmsKeys.createdAt), desc(kmsKeys.id));
    return { items: rows.map(toKmsKey) };
  },
});
