import { and, eq, gt, lt, ne, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { capacityPlans, meteredVaults, openMeters } from '@/db/schema';
import { type MeteredVault, monthSpan, type StatementInput, type UsageRow } from './build-statement';
import { defaultPriceList } from './default-price-list';
import type { Meter } from './meters';
import { loadPriceLists } from './record-price-list';

const daySeconds = 86_400;
const hourSeconds = 3600;

/** Everything a statement of one month is made from, read behind the walls of the account. */
export async function loadStatementInput(
  tx: Tx,
  accountId: string,
  month: string,
  now: Date,
): Promise<StatementInput> {
  const span = monthSpan(month);
  const [vaults, plans, recorded, levels] = [
    await loadMeteredVaults(tx, accountId),
    await loadPlans(tx, accountId, span),
    await loadPriceLists(tx),
    await loadLevels(tx, accountId),
  ];
  const lists = recorded.length > 0 ? recorded : [{ list: defaultPriceList, inForceAt: new Date(0) }];
  const hasNewPrices = lists
    .slice(0, -1)
    .some(({ inForceAt }) => inForceAt > span.startsAt && inForceAt < span.endsAt);
  const spanSeconds = plans.length > 0 || hasNewPrices ? hourSeconds : daySeconds;
  const usage = await loadUsage(tx, accountId, span, spanSeconds);
  return { month, now, vaults, usage, spanSeconds, levels, plans, lists };
}

export async function loadMeteredVaults(tx: Tx, accountId: string): Promise<MeteredVault[]> {
  const rows = await tx.select().from(meteredVaults).where(eq(meteredVaults.accountId, accountId));
  return rows.map((row) => ({
    vaultId: row.vaultId,
    name: row.name,
    kind: row.kind,
    region: row.region,
    isDeleted: row.deletedAt !== null,
    source: row.sourceAccountId
      ? {
          accountId: row.sourceAccountId,
          accountName: row.sourceAccountName ?? '',
          vaultId: row.sourceVaultId ?? '',
          vaultName: row.sourceVaultName ?? '',
          region: row.sourceRegion ?? '',
        }
      : null,
  }));
}

function loadPlans(tx: Tx, accountId: string, { startsAt, endsAt }: { startsAt: Date; endsAt: Date }) {
  return tx
    .select()
    .from(capacityPlans)
    .where(
      and(
        eq(capacityPlans.accountId, accountId),
        lt(capacityPlans.startsAt, endsAt),
        gt(capacityPlans.endsAt, startsAt),
      ),
    );
}

export async function loadLevels(tx: Tx, accountId: string): Promise<StatementInput['levels']> {
  const rows = await tx
    .select({ vaultId: openMeters.vaultId, meter: openMeters.meter, storedBytes: openMeters.storedBytes })
    .from(openMeters)
    .where(and(eq(openMeters.accountId, accountId), ne(openMeters.storedBytes, 0)));
  return rows.map((row) => ({ ...row, meter: row.meter as Meter }));
}

async function loadUsage(
  tx: Tx,
  accountId: string,
  span: { startsAt: Date; endsAt: Date },
  spanSeconds: number,
): Promise<UsageRow[]> {
  const unit = spanSeconds === daySeconds ? 'day' : 'hour';
  const rows = await tx.execute<{ vault_id: string; meter: Meter; start_ms: string; quantity: string }>(sql`
    select vault_id, meter, extract(epoch from date_trunc(${unit}, hour, 'UTC'))::bigint * 1000 as start_ms,
      (sum(quantity) * 1000000)::numeric(38, 0)::text as quantity
    from usage_so_far
    where account_id = ${accountId} and hour >= ${span.startsAt.toISOString()}::timestamptz
      and hour < ${span.endsAt.toISOString()}::timestamptz
    group by 1, 2, 3`);
  return rows.map((row) => ({
    vaultId: row.vault_id,
    meter: row.meter,
    startsAt: new Date(Number(row.start_ms)),
    quantityMicro: BigInt(row.quantity),
  }));
}
