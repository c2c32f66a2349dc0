import { z } from 'zod';
import { quotaCounters, trialUses } from '@/db/schema';
import { knownRegions } from '@/lib/regions';
import { readVerb } from '@/lib/verb';
import { completeQuotas } from './quotas';

export const listQuotas = readVerb({
  action: 'quotas.list',
  permission: 'vaults.read',
  input: z.object({}),
  async run({ tx }) {
    const rows = await tx.select().from(quotaCounters);
    const uses = await tx.select().from(trialUses);
    return {
      items: completeQuotas(
        rows,
        uses,
        knownRegions().map((region) => region.id),
      ),
    };
  },
});
