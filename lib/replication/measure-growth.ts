import { and, eq, sql } from 'drizzle-orm';
import { backupPoints, replications, vaults } from '@/db/schema';
import { notFound } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { growthPerDay, growthWindowDays } from './growth';
import { MeasureGrowth, type VaultGrowth } from './schemas';

/**
 * Stored size and growth of one vault, or of every target of the account that holds a replica: what an estimate of costs
 * starts from. The vault's first point is left out, because it brings what was there before.
 */
export const measureGrowth = readVerb({
  action: 'replications.measure_growth',
  permission: 'vaults.read',
  input: MeasureGrowth,
  async run({ ctx, tx, input, now }) {
    const { accountId, id, name, region, kind, storedBytes } = vaults;
    const since = new Date(now.getTime() - growthWindowDays * 86_400_000);
    const firstPointAt = sql<string | null>`(select to_json(min(p.created_at)) #>> '{}' from ${backupPoints} p
      where p.vault_id = vaults.id and p.status = 'visible')`;
    const rows = await tx
      .select({
        vaultId: id,
        vaultName: name,
        region,
        storedBytes,
        sourceRegion: sql<
          string | null
        >`(select r.source_region from ${replications} r where r.target_vault_id = vaults.id)`,
        firstPointAt,
        addedBytes: sql<string>`(select coalesce(sum(p.added_bytes), 0) from ${backupPoints} p
          where p.vault_id = vaults.id and p.status = 'visible' and p.created_at > ${since.toISOString()}::timestamptz
            and p.created_at > (select min(f.created_at) from ${backupPoints} f
              where f.vault_id = vaults.id and f.status = 'visible'))`,
      })
      .from(vaults)
      .where(
        and(
          eq(accountId, ctx.accountId),
          input.vaultId === undefined
            ? and(eq(kind, 'replication_target'), sql`${vaults.pointCount} > 0`)
            : eq(id, input.vaultId),
        ),
      );
    if (input.vaultId !== undefined && rows.length === 0) throw notFound('vault');
    const items = rows.map(
      ({ addedBytes, firstPointAt: first, ...row }): VaultGrowth => ({
        ...row,
        growthBytesPerDay: growthPerDay(
          { addedBytes: Number(addedBytes), firstPointAt: first === null ? null : new Date(first) },
          now,
        ),
      }),
    );
    return { items };
  },
});
