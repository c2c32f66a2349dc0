import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startThrowaway, type ThrowawayCluster } from '../embedded/throwaway';
import { outcomeOf, poolOptions } from './drivers';
import { type WorkloadReport, workloadName } from './workload';

let cluster: ThrowawayCluster;
let admin: Sql;

beforeAll(async () => {
  cluster = await startThrowaway({ durable: true });
  admin = postgres(cluster.ownerUrl(), { ...poolOptions, max: 1 });
});

afterAll(async () => {
  await admin?.end({ timeout: 2 });
  await cluster?.remove();
});

beforeEach(async () => {
  await admin`drop table if exists witness`;
  await admin`create table witness (id int, part int, context text)`;
});

interface Verdict extends Omit<WorkloadReport, 'outcomes' | 'transactions'> {
  /** Transactions of which only one of the two rows is there. */
  halfWritten: number;
  /** Rows that were written without their transaction's setting, or after its end. */
  outside: number;
  /** Transactions that were reported as committed and have no rows. */
  acknowledgedLost: number;
}

const flawless: Omit<Verdict, 'usableAfterMs'> = {
  halfWritten: 0,
  outside: 0,
  acknowledgedLost: 0,
  uncaught: 0,
  hung: 0,
};

describe('a pool whose connections are killed inside their transactions', () => {
  test.each(['repaired-esm', 'repaired-cjs'])(
    '%s: 500 kills leave nothing outside, half, hung or lost',
    async (driver) => {
      const workload = startWorkload(driver);
      const kills = await killInsideTransactions(500, 120_000);
      const { usableAfterMs, ...verdict } = await workload.finish();
      expect(kills).toBeGreaterThanOrEqual(500);
      expect(verdict).toEqual(flawless);
      expect(usableAfterMs).toBeLessThan(5000);
    },
  );

  test('the driver as published fails the same campaign', async () => {
    const workload = startWorkload('published');
    // Its pool is soon stuck, and then there is nothing left to kill
    await killInsideTransactions(40, 8_000);
    const { halfWritten, outside, uncaught, hung } = await workload.finish();
    expect(halfWritten + outside + uncaught + hung).toBeGreaterThan(0);
  });
});

test('20 immediate stops of PostgreSQL leave nothing outside, half, hung or lost, and the pool returns each time', async () => {
  const workload = startWorkload('repaired-esm');
  for (let stop = 0; stop < 20; stop++) {
    await delay(250);
    await cluster.restart();
    const back = performance.now();
    expect(await committedSince(back)).toBeLessThan(5000);
  }
  const { usableAfterMs, ...verdict } = await workload.finish();
  expect(verdict).toEqual(flawless);
  expect(usableAfterMs).toBeLessThan(5000);
});

/** Ends backends that are in the middle of a transaction, as an administrator or an out-of-memory killer would. */
async function killInsideTransactions(wanted: number, limitMs: number): Promise<number> {
  let kills = 0;
  const deadline = performance.now() + limitMs;
  while (kills < wanted && performance.now() < deadline) {
    const killed = await admin`
      select pg_terminate_backend(pid) from (
        select pid from pg_stat_activity
        where application_name = ${workloadName} and backend_xid is not null order by random() limit 2
      ) victims`;
    kills += killed.length;
    await delay(5 + Math.random() * 25);
  }
  return kills;
}

/** Milliseconds until the workload has committed again. */
async function committedSince(start: number): Promise<number> {
  let before: number | undefined;
  while (performance.now() - start < 10_000) {
    const rows = await admin<{ count: number }[]>`select count(*)::int as count from witness`.catch(() => []);
    if (rows[0] && before !== undefined && rows[0].count > before) break;
    before ??= rows[0]?.count;
    await delay(10);
  }
  return performance.now() - start;
}

function startWorkload(driver: string) {
  const script = fileURLToPath(new URL('./workload.ts', import.meta.url));
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', script, driver, cluster.ownerUrl()],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const acknowledged = new Set<number>();
  let report: WorkloadReport | undefined;
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (line.startsWith('ack ')) acknowledged.add(Number(line.slice(4)));
    if (line.startsWith('report ')) report = JSON.parse(line.slice(7));
  });

  return {
    async finish(): Promise<Verdict> {
      child.stdin!.end();
      const ended = await outcomeOf(once(child, 'close'), 40_000);
      if (ended === 'HUNG') child.kill('SIGKILL');
      if (!report) throw new Error('The workload died without a report');
      const { uncaught, hung, usableAfterMs, outcomes, transactions } = report;
      const verdict = { ...(await judge(acknowledged)), uncaught, hung, usableAfterMs };
      console.info(
        driver,
        JSON.stringify({ transactions, acknowledged: acknowledged.size, outcomes, ...verdict }),
      );
      return verdict;
    },
  };
}

async function judge(acknowledged: Set<number>) {
  const [counts] = await admin<[{ half: number; outside: number }]>`
    select
      (select count(*)::int from (
        select id from witness where part in (1, 2) group by id having count(*) <> 2) partial) as half,
      (select count(*)::int from witness
        where context is distinct from 'account-' || id or part = 3) as outside`;
  const present = new Set((await admin`select distinct id from witness where part = 1`).map((row) => row.id));
  return {
    halfWritten: counts.half,
    outside: counts.outside,
    acknowledgedLost: [...acknowledged].filter((id) => !present.has(id)).length,
  };
}
