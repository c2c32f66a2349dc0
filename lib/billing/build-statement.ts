import { type Cover, coverSpan, isCoverable, type Plan } from './cover';
import { groupBy } from './group-by';
import { type Meter, type MeterGroup, meterGroupOf, meterPriceMicros } from './meters';
import { bytesPerGib, chargeMicros, monthSeconds } from './money';
import type { PriceList } from './price-list';
import type { Statement, StatementDay, StatementLine } from './statement-schemas';

/** A month's use as the meters counted it, and all that its price depends on. Pure; the time is an argument. */
export interface StatementInput {
  month: string;
  now: Date;
  vaults: readonly MeteredVault[];
  /** By hour, or by day when no plan and no second price list is concerned. */
  usage: readonly UsageRow[];
  spanSeconds: number;
  /** What is stored now. */
  levels: readonly { vaultId: string; meter: Meter; storedBytes: number }[];
  plans: readonly Plan[];
  /** Newest first; an hour has the prices that were in force when it began, the oldest before there were any. */
  lists: readonly { list: PriceList; inForceAt: Date }[];
}

export interface MeteredVault {
  vaultId: string;
  name: string;
  kind: string;
  region: string;
  source: (NonNullable<StatementLine['source']> & { region: string }) | null;
  isDeleted: boolean;
}

export interface UsageRow {
  vaultId: string;
  meter: Meter;
  startsAt: Date;
  /** Millionths of byte-seconds or of bytes. */
  quantityMicro: bigint;
}

const micro = 1_000_000n;
const groupMicros = {
  storage: 'storageMicros',
  replication: 'replicationMicros',
  restore: 'restoreMicros',
} as const;

export function monthSpan(month: string): { startsAt: Date; endsAt: Date } {
  const startsAt = new Date(`${month}-01T00:00:00Z`);
  return { startsAt, endsAt: new Date(Date.UTC(startsAt.getUTCFullYear(), startsAt.getUTCMonth() + 1, 1)) };
}

export const monthOf = (at: Date) => at.toISOString().slice(0, 7);

export function buildStatement(input: StatementInput): Statement {
  const { month, now, lists } = input;
  const { endsAt } = monthSpan(month);
  const isComplete = now >= endsAt;
  const priced = priceUsage(input);
  const lines = sumLines(input, priced);
  const totalMicros = lines.reduce((sum, { amountMicros }) => sum + amountMicros, 0);
  return {
    month,
    currency: lists[0]!.list.currency,
    measuredUntil: (isComplete ? endsAt : now).toISOString(),
    isComplete,
    totalMicros,
    forecastMicros: isComplete ? null : totalMicros + forecastRest(input, lines),
    lines,
    days: sumDays(priced),
  };
}

interface PricedRow extends UsageRow {
  coveredMicro: bigint;
  priceMicros: number;
}

function priceUsage(input: StatementInput): PricedRow[] {
  const vaults = new Map(input.vaults.map((vault) => [vault.vaultId, vault]));
  const spans = groupBy(
    input.usage.filter(({ vaultId }) => vaults.has(vaultId)),
    ({ startsAt }) => startsAt.getTime(),
  );
  return [...spans].flatMap(([startMs, rows]) => {
    const startsAt = new Date(startMs);
    const elapsed = (input.now.getTime() - startMs) / 1000;
    const list = listAt(input.lists, startsAt);
    const { coveredMicro } = cover(
      { startsAt, seconds: Math.min(input.spanSeconds, Math.max(0, elapsed)) },
      rows,
      vaults,
      input.plans,
    );
    return rows.map((row, at) => ({
      ...row,
      coveredMicro: coveredMicro[at]!,
      priceMicros: meterPriceMicros(list, row.meter, placeOf(vaults.get(row.vaultId)!)),
    }));
  });
}

function cover(
  span: { startsAt: Date; seconds: number },
  rows: readonly { vaultId: string; meter: Meter; quantityMicro: bigint }[],
  vaults: ReadonlyMap<string, MeteredVault>,
  plans: readonly Plan[],
): Cover {
  const placed = rows.map((row) => ({ ...row, region: vaults.get(row.vaultId)!.region }));
  return coverSpan({ ...span, rows: placed }, plans);
}

const placeOf = ({ region, source }: MeteredVault) => ({ region, sourceRegion: source?.region ?? null });

export function listAt(lists: StatementInput['lists'], at: Date): PriceList {
  return (lists.find(({ inForceAt }) => inForceAt <= at) ?? lists.at(-1)!).list;
}

/** Rounded once, so that a line is exact and the lines add up to the total. */
function chargeRows(rows: readonly PricedRow[], meter: Meter): number {
  const weighted = rows.reduce(
    (sum, { quantityMicro, coveredMicro, priceMicros }) =>
      sum + (quantityMicro - coveredMicro) * BigInt(priceMicros),
    0n,
  );
  const per = meterGroupOf(meter) === 'storage' ? bytesPerGib * BigInt(monthSeconds) : bytesPerGib;
  return chargeMicros(weighted > 0n ? weighted : 0n, per * micro, 1);
}

function sumLines({ vaults, lists }: StatementInput, priced: readonly PricedRow[]): StatementLine[] {
  const byId = new Map(vaults.map((vault) => [vault.vaultId, vault]));
  const groups = groupBy(priced, ({ vaultId, meter }) => `${vaultId} ${meter}`);
  const total = (rows: readonly PricedRow[], key: 'quantityMicro' | 'coveredMicro') =>
    Number(rows.reduce((sum, row) => sum + row[key], 0n)) / Number(micro);
  const lines = [...groups.values()].map((rows): StatementLine => {
    const { vaultId, meter } = rows[0]!;
    const vault = byId.get(vaultId)!;
    const { name, kind, region, source, isDeleted } = vault;
    return {
      vaultId,
      vaultName: name,
      vaultKind: kind,
      region,
      isDeleted,
      source: source && {
        accountId: source.accountId,
        accountName: source.accountName,
        vaultId: source.vaultId,
        vaultName: source.vaultName,
      },
      meter,
      quantity: total(rows, 'quantityMicro'),
      coveredQuantity: total(rows, 'coveredMicro'),
      priceMicros: meterPriceMicros(lists[0]!.list, meter, placeOf(vault)),
      amountMicros: chargeRows(rows, meter),
    };
  });
  return lines.filter(({ quantity }) => quantity > 0).sort((a, b) => b.amountMicros - a.amountMicros);
}

function sumDays(priced: readonly PricedRow[]): StatementDay[] {
  const days = groupBy(priced, ({ startsAt }) => startsAt.toISOString().slice(0, 10));
  return [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, rows]) => {
      const sums: StatementDay = { day, storageMicros: 0, replicationMicros: 0, restoreMicros: 0 };
      for (const [meter, ofMeter] of groupBy(rows, (row) => row.meter)) {
        sums[groupMicros[meterGroupOf(meter) as MeterGroup]] += chargeRows(ofMeter, meter);
      }
      return sums;
    });
}

/** The rest of the month: what is stored now stays, and traffic goes on at the rate of the month so far. */
function forecastRest(input: StatementInput, lines: readonly StatementLine[]): number {
  const { now, lists, levels } = input;
  const { startsAt, endsAt } = monthSpan(input.month);
  const restSeconds = Math.floor((endsAt.getTime() - now.getTime()) / 1000);
  const elapsedSeconds = Math.max(1, (now.getTime() - startsAt.getTime()) / 1000);
  const vaults = new Map(input.vaults.map((vault) => [vault.vaultId, vault]));
  const rows = levels
    .filter(({ vaultId }) => vaults.has(vaultId))
    .map(({ storedBytes, ...row }) => ({
      ...row,
      startsAt: now,
      quantityMicro: BigInt(storedBytes) * BigInt(restSeconds) * micro,
    }));
  const { coveredMicro } = cover({ startsAt: now, seconds: restSeconds }, rows, vaults, input.plans);
  const storage = rows.reduce((sum, row, at) => {
    const priceMicros = meterPriceMicros(lists[0]!.list, row.meter, placeOf(vaults.get(row.vaultId)!));
    return sum + chargeRows([{ ...row, coveredMicro: coveredMicro[at]!, priceMicros }], row.meter);
  }, 0);
  const traffic = lines
    .filter(({ meter }) => meterGroupOf(meter) !== 'storage')
    .reduce((sum, { amountMicros }) => sum + amountMicros, 0);
  return storage + Math.round((traffic * restSeconds) / elapsedSeconds);
}

/** How much of each plan is used by what is stored now, in the order of the plans. */
export function planUse(input: Pick<StatementInput, 'now' | 'levels' | 'plans' | 'vaults'>): number[] {
  const vaults = new Map(input.vaults.map((vault) => [vault.vaultId, vault]));
  const rows = input.levels
    .filter(({ vaultId, meter }) => vaults.has(vaultId) && isCoverable(meter))
    .map(({ storedBytes, ...row }) => ({ ...row, quantityMicro: BigInt(storedBytes) * micro }));
  return cover({ startsAt: input.now, seconds: 1 }, rows, vaults, input.plans).usedFraction;
}
