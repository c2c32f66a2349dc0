import { describe, expect, test } from 'vitest';
import { buildStatement, type MeteredVault, type StatementInput, type UsageRow } from './build-statement';
import { defaultPriceList } from './default-price-list';
import type { Meter } from './meters';
import { toStatementCsv } from './statement-csv';

const gib = 2n ** 30n;
const micro = 1_000_000n;
const hourStart = (day: number, hour = 0) => new Date(Date.UTC(2026, 5, day, hour));

const own: MeteredVault = {
  vaultId: 'v-own',
  name: 'own',
  kind: 'standard',
  region: 'cn-hangzhou',
  source: null,
  isDeleted: false,
};
const replica: MeteredVault = {
  vaultId: 'r-copy',
  name: '=copy',
  kind: 'replication_target',
  region: 'cn-beijing',
  isDeleted: true,
  source: {
    accountId: '1000000000000001',
    accountName: 'Source',
    vaultId: 'v-far',
    vaultName: 'far',
    region: 'cn-hangzhou',
  },
};

const stored = (vaultId: string, meter: Meter, gibs: bigint, startsAt: Date): UsageRow => ({
  vaultId,
  meter,
  startsAt,
  quantityMicro: gibs * gib * 3600n * micro,
});
const sent = (vaultId: string, meter: Meter, gibs: bigint, startsAt: Date): UsageRow => ({
  vaultId,
  meter,
  startsAt,
  quantityMicro: gibs * gib * micro,
});

/** Thirty days with 10 GiB of its own and a copy of 5 GiB that cost 5 GiB of traffic; 2 GiB were restored. */
function june(given: Partial<StatementInput> = {}): StatementInput {
  const usage = Array.from({ length: 720 }, (_, hour) => [
    stored('v-own', 'storage_standard', 10n, hourStart(1, hour)),
    stored('r-copy', 'storage_replication_target', 5n, hourStart(1, hour)),
  ]).flat();
  usage.push(sent('r-copy', 'replication_traffic', 5n, hourStart(2)));
  usage.push(sent('r-copy', 'restore_internet', 2n, hourStart(3)));
  usage.push(sent('r-copy', 'restore_vpn', 2n, hourStart(3)));
  return {
    month: '2026-06',
    now: new Date('2026-07-05T00:00:00Z'),
    vaults: [own, replica],
    usage,
    spanSeconds: 3600,
    levels: [],
    plans: [],
    lists: [{ list: defaultPriceList, inForceAt: new Date(0) }],
    ...given,
  };
}
const amounts = (input: StatementInput) =>
  Object.fromEntries(buildStatement(input).lines.map((line) => [line.meter, line.amountMicros]));

describe('a statement', () => {
  test('charges storage by time, traffic by bytes, and free things with nothing', () => {
    const statement = buildStatement(june());
    expect(amounts(june())).toEqual({
      storage_standard: 200_000,
      storage_replication_target: 100_000,
      replication_traffic: 250_000,
      restore_internet: 200_000,
      restore_vpn: 0,
    });
    expect(statement).toMatchObject({
      totalMicros: 750_000,
      currency: 'USD',
      isComplete: true,
      forecastMicros: null,
      measuredUntil: '2026-07-01T00:00:00.000Z',
    });
  });

  test('names whose copy a vault took, and keeps vaults that are deleted', () => {
    const { lines } = buildStatement(june());
    const traffic = lines.find(({ meter }) => meter === 'replication_traffic');
    expect(traffic).toMatchObject({
      isDeleted: true,
      quantity: Number(5n * gib),
      source: { accountId: '1000000000000001', vaultName: 'far' },
    });
  });

  test('adds up over its days', () => {
    const { days } = buildStatement(june());
    expect(days).toHaveLength(30);
    expect(days[0]).toEqual({
      day: '2026-06-01',
      storageMicros: 10_000,
      replicationMicros: 0,
      restoreMicros: 0,
    });
    expect(days[1]).toMatchObject({ replicationMicros: 250_000 });
    expect(days[2]).toMatchObject({ restoreMicros: 200_000 });
  });

  test('takes capacity plans off storage for the days they cover, and never off traffic', () => {
    const plan = {
      region: null,
      startsAt: hourStart(1),
      endsAt: hourStart(16),
      capacityBytes: Number(15n * gib),
    };
    expect(amounts(june({ plans: [plan] }))).toMatchObject({
      storage_standard: 100_000,
      storage_replication_target: 50_000,
      replication_traffic: 250_000,
      restore_internet: 200_000,
    });
    const line = buildStatement(june({ plans: [plan] })).lines.find(
      ({ meter }) => meter === 'storage_standard',
    )!;
    expect(line.coveredQuantity).toBe(line.quantity / 2);
  });

  test('charges every hour at the prices that were in force when it began', () => {
    const dearer = {
      ...defaultPriceList,
      default: {
        ...defaultPriceList.default,
        storagePerGibMonthMicros: { ...defaultPriceList.default.storagePerGibMonthMicros, standard: 40_000 },
      },
    };
    const lists = [
      { list: dearer, inForceAt: hourStart(16) },
      { list: defaultPriceList, inForceAt: new Date('2026-06-05T00:00:00Z') },
    ];
    expect(amounts(june({ lists }))).toMatchObject({ storage_standard: 100_000 + 200_000 });
  });

  test('foretells the rest of the month from what is stored now and the traffic so far', () => {
    const { usage } = june();
    const now = hourStart(16);
    const half = buildStatement(
      june({
        now,
        usage: usage.filter(({ startsAt }) => startsAt < now),
        levels: [{ vaultId: 'v-own', meter: 'storage_standard', storedBytes: Number(20n * gib) }],
      }),
    );
    expect(half.totalMicros).toBe(150_000 + 450_000);
    expect(half.forecastMicros).toBe(600_000 + 200_000 + 450_000);
  });

  test('of an account that used nothing is zero', () => {
    expect(buildStatement(june({ usage: [] }))).toMatchObject({ totalMicros: 0, lines: [], days: [] });
  });

  test('goes into a file line by line, with names that no spreadsheet runs', () => {
    const csv = [...toStatementCsv(buildStatement(june()))];
    expect(csv).toHaveLength(6);
    expect(csv[0]).toMatch(/^month,vault_id,/);
    expect(csv.find((line) => line.includes('replication_traffic'))).toContain(
      `2026-06,r-copy,'=copy,replication_target,true,cn-beijing,1000000000000001,Source,v-far,replication_traffic,bytes,${5n * gib},0,0.050000,0.250000,USD`,
    );
  });
});
