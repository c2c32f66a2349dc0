import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { quotaCounters, trialUses, vaults } from '@/db/schema';
import { violates } from '@/db/violations';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { requireEnabledKey } from '@/lib/keys';
import { type Region, requireRegion } from '@/lib/regions';
import { requireResourceGroup } from '@/lib/resource-groups';
import { writeVerb } from '@/lib/verb';
import { defaultThresholdPercent, gibBytes } from './capacity';
import { getVaultDto, nameTaken } from './internal';
import { completeQuotas, limitReached } from './quotas';
import { redundancyIn } from './rules';
import { CreateVault, type Vault } from './schemas';

/** Orders a vault of any kind; the engine makes its keys and folder and sets it to `created`. */
export const createVault = writeVerb({
  action: 'vaults.create',
  permission: 'vaults.create',
  input: CreateVault,
  async run({ ctx, tx, input, now, audit }): Promise<Vault> {
    const region = requireOffered(input);
    await requireResourceGroup(tx, input.resourceGroupId);
    const key = input.kmsKey ? await requireEnabledKey(tx, input.kmsKey) : null;
    const { kind, name, description, encryption, guardDays } = input;
    const row = {
      accountId: ctx.accountId,
      id: newId(kind === 'replication_target' ? 'r' : 'v'),
      kind,
      name,
      description,
      region: region.id,
      resourceGroupId: input.resourceGroupId,
      encryption,
      kmsKeyId: key?.id ?? null,
      redundancy: redundancyIn(region),
      ...(kind === 'replication_target' && { guardDays }),
      ...(input.capacityGib !== undefined && {
        capacityBytes: input.capacityGib * gibBytes,
        thresholdPercent: input.thresholdPercent ?? defaultThresholdPercent,
        isAutoExpanding: input.isAutoExpanding ?? false,
      }),
      createdAt: now,
    };
    await insertVault(tx, row);
    const { accountId: _, createdAt: __, ...after } = row;
    await audit({ resourceKind: 'vault', resourceId: row.id, resourceName: name, after });
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    return getVaultDto(tx, row.id, ctx.accountId, now);
  },
});

/** The counters are read before, because nothing can be read in a transaction once its constraint has refused. */
async function insertVault(tx: Tx, row: typeof vaults.$inferInsert): Promise<void> {
  const quotas = completeQuotas(await tx.select().from(quotaCounters), await tx.select().from(trialUses), [
    row.region,
  ]);
  const target = [vaults.accountId, vaults.region, vaults.name];
  let made: { id: string }[];
  try {
    made = await tx.insert(vaults).values(row).onConflictDoNothing({ target }).returning({ id: vaults.id });
  } catch (error) {
    if (violates(error, 'trial_used_once')) throw limitReached(quotas, row.kind, row.region, row.kind);
    if (violates(error, 'quota_exceeded')) throw limitReached(quotas, row.kind, row.region);
    throw error;
  }
  if (made.length === 0) throw nameTaken(row.name);
}

function requireOffered({ region, kind }: z.output<typeof CreateVault>): Region {
  const found = requireRegion(region);
  if (kind === 'replication_target' && !found.vaultReplication) {
    throw new CrossvaultError('not_eligible', `${found.name} does not take part in vault replication.`, {
      reason: 'region_without_replication',
      fields: { region: 'Choose a region with vault replication.' },
    });
  }
  return found;
}
