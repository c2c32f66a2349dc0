import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeReplication, makeShare, makeVault } from '@/db/factories';
import { accounts, type vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { testAccount } from '@/lib/testing/world';
import { VaultKind } from '@/lib/vaults/schemas';
import { type CandidateTarget, evaluateTarget, type RegionOffers, type SourceVault } from './evaluate-target';
import { IneligibleReason } from './schemas';

const database = await testDatabase();
const { owner } = database;

type Row = typeof vaults.$inferSelect;

const regions = { here: 'cn-hangzhou', there: 'eu-central-1', without: 'us-west-1' };
const offers: RegionOffers = (region) => ({ vaultReplication: region !== regions.without });
const statuses = ['initializing', 'created', 'error', 'deleting'] as const;
const encryptions = ['service', 'kms'] as const;

/** One real vault for each fact that other rows decide; all else of it is varied beside. */
async function furnish() {
  const [starter, active, overdue] = [
    await testAccount(database),
    await testAccount(database),
    await testAccount(database),
  ];
  await owner.execute(sql`insert into region_offers values (${regions.without}, false, true)`);
  const make = (account: typeof starter, kind: 'standard' | 'replication_target') =>
    makeVault(owner, {
      accountId: account.id,
      resourceGroupId: account.groupId,
      kind,
      region: kind === 'standard' ? regions.here : regions.there,
    });
  const sources = [
    await make(starter, 'standard'),
    await make(starter, 'standard'),
    await make(overdue, 'standard'),
  ] as const;
  await makeReplication(owner, {
    source: sources[1],
    target: await make(active, 'replication_target'),
  });
  const targets: { row: Row; isUsed: boolean; isOwnerActive: boolean; isAccessible: boolean }[] = [];
  for (const keeper of [starter, active, overdue]) {
    for (const isUsed of [false, true]) {
      for (const isShared of keeper === starter ? [true] : [true, false]) {
        const row = await make(keeper, 'replication_target');
        if (isShared && keeper !== starter) {
          const share = { accountId: keeper.id, vaultId: row.id, recipientAccountId: starter.id };
          await makeShare(owner, { ...share, status: 'accepted' });
        }
        if (isUsed) {
          const other = await make(active, 'standard');
          await (await makeReplication(owner, { source: other, target: row })).stop();
        }
        targets.push({ row, isUsed, isOwnerActive: keeper !== overdue, isAccessible: isShared });
      }
    }
    // A target quota of five a region holds in this test too.
    await owner.execute(sql`update quota_counters set maximum = 1000`);
  }
  await owner.execute(sql`update ${accounts} set state = 'overdue' where account_id = ${overdue.id}`);
  return { starter, sources, targets };
}

interface Case {
  source: SourceVault;
  candidate: CandidateTarget;
  sourceRow: unknown;
  targetRow: unknown;
}

function combine({ sources, targets }: Awaited<ReturnType<typeof furnish>>): Case[] {
  const vary = (kinds: readonly VaultKind[]) =>
    kinds.flatMap((kind) =>
      statuses.flatMap((status) =>
        Object.values(regions).flatMap((region) =>
          encryptions.map((encryption) => ({ kind, status, region, encryption })),
        ),
      ),
    );
  const ofSources = sources.flatMap((row, index) =>
    vary(VaultKind.options)
      // Of the other kinds one example each is enough.
      .filter(({ kind, status }) => kind === 'standard' || status === 'created')
      .map((part) => ({ row, part, isReplicating: index === 1, isOwnerActive: index !== 2 })),
  );
  const ofTargets = targets.flatMap((target) =>
    vary(['replication_target', 'standard'])
      .filter(({ kind, status }) => kind === 'replication_target' || status === 'created')
      .map((part) => ({ ...target, part })),
  );
  return ofSources.flatMap(({ row, part, isReplicating, isOwnerActive }) =>
    ofTargets.map((target) => ({
      source: { id: row.id, accountId: row.accountId, ...part, isReplicating, isOwnerActive },
      candidate: {
        vaultId: target.row.id,
        ownerAccountId: target.row.accountId,
        ...target.part,
        isUsed: target.isUsed,
        isOwnerActive: target.isOwnerActive,
        isAccessible: target.isAccessible,
      },
      sourceRow: { id: row.id, account_id: row.accountId, ...part },
      targetRow: { id: target.row.id, account_id: target.row.accountId, ...target.part },
    })),
  );
}

async function askDatabase(cases: Case[], starter: string): Promise<(string | null)[]> {
  const pairs = cases.map(({ sourceRow, targetRow }) => [sourceRow, targetRow]);
  const rows = await owner.execute<{ refusal: string | null }>(sql`
    select replication_refusal(jsonb_populate_record(null::vaults, pair -> 0),
      jsonb_populate_record(null::vaults, pair -> 1), ${starter}) as refusal
    from jsonb_array_elements(${JSON.stringify(pairs)}::text::jsonb) with ordinality as given (pair, no) order by no`);
  return rows.map((row) => row.refusal);
}

test('the evaluator and the database give the same answer, and the same first reason, for every combination', async () => {
  const world = await furnish();
  const cases = combine(world);
  const [own] = cases;
  cases.push({
    ...own!,
    candidate: { ...own!.candidate, vaultId: own!.source.id },
    targetRow: own!.sourceRow,
  });
  expect(cases.length).toBeGreaterThan(20_000);
  const answers = await askDatabase(cases, world.starter.id);
  const told = cases.map(({ source, candidate }) => evaluateTarget(source, candidate, offers));
  const disagreeing = cases
    .map((one, index) => ({ ...one, database: answers[index], evaluator: told[index] }))
    .filter(({ database: said, evaluator }) => (evaluator!.eligible ? null : evaluator!.reason) !== said);
  expect(disagreeing.slice(0, 3)).toEqual([]);
  expect(disagreeing).toHaveLength(0);
  // No case was idle: every reason came up, and so did yes.
  expect(new Set(answers)).toEqual(new Set([null, ...IneligibleReason.options]));
});
