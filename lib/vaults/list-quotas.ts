import { z } from 'zod';
import { quotaCounters } from '@/db/schema';
import { knownRegions } from '@/lib/regions';
import { readVerb } from '@/lib/verb';
import { completeQuotas } from './quotas';

export const listQuotas = readVerb({
  action: 'quotas.list',
  permission: 'vaults.read',
  input: z.object({}),
  async run({ tx }) {
    const rows = await tx.select().from(quotaCounters);
    return {
      items: completeQuotas(
        rows,
        knownRegions().map((region) => region.id),
      ),
    };
  },
});
