/**
 * The process that the campaign torments: `tsx workload.ts <driver> <url>`. Twelve workers run Drizzle transactions in
 * the shapes that product code has, until standard input closes; then one JSON line says what happened. Whoever kills
 * the connections and judges the rows lives outside, so that nothing here can hide a fault.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import { keepStatements } from '../keep-statements';
import { loadDriver, outcomeOf, poolOptions } from './drivers';

export const workloadName = 'driver-workload';

export interface WorkloadReport {
  transactions: number;
  outcomes: Record<string, number>;
  uncaught: number;
  hung: number;
  /** How long the pool took to answer once the torment ended; null when it did not within ten seconds. */
  usableAfterMs: number | null;
}

async function main(driverName: string, url: string): Promise<void> {
  const report: WorkloadReport = { transactions: 0, outcomes: {}, uncaught: 0, hung: 0, usableAfterMs: null };
  const countFault = (error: unknown) => {
    report.uncaught++;
    if (report.uncaught <= 3 && driverName !== 'published') console.error('uncaught', error);
  };
  process.on('uncaughtException', countFault);
  process.on('unhandledRejection', countFault);

  let isOver = false;
  process.stdin.resume().on('end', () => {
    isOver = true;
  });

  const postgres = await loadDriver(driverName);
  const client = postgres(url, { ...poolOptions, max: 6, connection: { application_name: workloadName } });
  const db = drizzle({ client: keepStatements(client) });

  async function worker(): Promise<void> {
    while (!isOver) {
      const id = ++report.transactions;
      const outcome = await outcomeOf(transaction(id), 8000);
      report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1;
      if (outcome === 'HUNG') report.hung++;
      if (outcome === 'ok') process.stdout.write(`ack ${id}\n`);
      else await delay(2);
    }
  }

  /** Two rows in one transaction under one setting: both or neither may be seen, and never without the setting. */
  function transaction(id: number): Promise<void> {
    return db.transaction(async (tx) => {
      const insert = (part: number) =>
        tx.execute(sql`insert into witness values (${id}, ${part}, current_setting('app.account_id', true))`);
      await tx.execute(sql`select set_config('app.account_id', ${`account-${id}`}, true)`);
      await insert(1);
      switch (id % 6) {
        case 0: // work outside the database between two statements
          await delay(20);
          break;
        case 1: // statements in parallel, one of them late
          await Promise.all([
            tx.execute(sql`select pg_sleep(0.003)`),
            delay(10).then(() => tx.execute(sql`select 1`)),
          ]);
          break;
        case 2: // a failure that the caller swallows
          await tx.execute(sql`select pg_sleep(0.01)`).catch(() => {});
          await delay(3);
          break;
        case 3: // a savepoint
          await tx.transaction(async (inner) => {
            await inner.execute(sql`select 1`);
            await delay(5);
          });
          break;
        case 4: // a statement larger than the socket's buffer
          await tx.execute(sql`select length(${'x'.repeat(300_000)})`);
          break;
      }
      await insert(2);
      // a statement that nobody waits for and that comes after the commit
      if (id % 6 === 5) setTimeout(() => insert(3).then(noop, noop), 1);
    });
  }

  await Promise.race([
    Promise.all(Array.from({ length: 12 }, worker)),
    untilOver().then(() => delay(12_000)),
  ]);
  const start = performance.now();
  for (;;) {
    const answer = await outcomeOf(client`select 1`, 5000);
    if (answer === 'ok') report.usableAfterMs = Math.round(performance.now() - start);
    if (answer === 'ok' || performance.now() - start > 10_000) break;
  }
  process.stdout.write(`report ${JSON.stringify(report)}\n`, () => process.exit(0));

  async function untilOver(): Promise<void> {
    while (!isOver) await delay(50);
  }
}

function noop(): void {}

const [, script, driverName, url] = process.argv;
if (script === fileURLToPath(import.meta.url)) await main(driverName!, url!);
