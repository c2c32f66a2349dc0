import { EventEmitter, once } from 'node:events';
import { eq, sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { backupPoints, kmsKeys, replicationSamples, tickers, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { noise } from '@/lib/engine/core/test-bytes';
import { makeAccount, makeKey, makeVaultRow, testEnvironment } from '@/lib/engine/vaults/test-environment';
import {
  backUp,
  hashesOf,
  makeWorld,
  readPoint,
  replicatedPoints,
  replicationOf,
  type World,
} from '../transfer/test-world';
import { TickerQueue } from './queue';
import { startTicker, type Ticker, type TickerOptions } from './ticker';

const database = await testDatabase();
const { owner, engine } = database;
// All engines of this file see all its accounts, so they share one place for the vaults.
const environment = await testEnvironment(database);
const world = () => makeWorld(database, { environment });
const manyFiles = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, noise(1024 * 1024, i + 1)]));
const running: Ticker[] = [];
afterEach(() => Promise.all(running.splice(0).map((ticker) => ticker.stop())));

const wake = (accountId: string, at = 'now()') =>
  owner.execute(sql.raw(`select wake_ticker('${accountId}', ${at})`));

/** A ticker whose ticks can be waited for. */
function start(environment: TickerOptions['environment'], given: Partial<TickerOptions> = {}) {
  const ticks = new EventEmitter();
  const errors: unknown[] = [];
  const ticker = startTicker({
    environment,
    pollMs: 200,
    collectionIntervalSeconds: 0,
    ...given,
    events: { tick: ({ accountId }) => ticks.emit(accountId), error: (error) => errors.push(error) },
  });
  running.push(ticker);
  return { ticker, errors, tickOf: (accountId: string) => once(ticks, accountId) };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 25));
}

const copies = ({ target }: World) =>
  owner.select().from(backupPoints).where(eq(backupPoints.vaultId, target.vaultId));

describe('the queue', () => {
  const queue = (owner: string, leaseSeconds = 30) => new TickerQueue(engine, { owner, leaseSeconds });

  it('gives an account to one engine at a time, until the lease runs out', async () => {
    const { accountId } = await makeAccount(owner);
    await wake(accountId);
    const claims = await Promise.all([
      queue('a', 0.2).claim(10),
      queue('b', 0.2).claim(10),
      queue('c', 0.2).claim(10),
    ]);
    const mine = claims.flat().filter((lease) => lease.accountId === accountId);
    expect(mine).toHaveLength(1);
    await until(async () => (await queue('d').claim(10)).some((lease) => lease.accountId === accountId));
    const [row] = await owner.select().from(tickers).where(eq(tickers.accountId, accountId));
    expect(row).toMatchObject({ leaseOwner: 'd', fence: mine[0]!.fence + 1 });
    // The first holder can neither prolong its lease nor end the other's tick.
    for (const name of ['a', 'b', 'c']) {
      expect((await queue(name).renew(mine)).size).toBe(0);
      expect(await queue(name).release(mine[0]!, { dueInMs: null, error: null })).toBe(false);
    }
  });

  it('keeps a wake that comes during a tick, and forgets a tick that needs no other', async () => {
    const { accountId } = await makeAccount(owner);
    await wake(accountId);
    const mine = (await queue('a').claim(100)).find((lease) => lease.accountId === accountId)!;
    await wake(accountId);
    expect((await queue('b').claim(100)).some((lease) => lease.accountId === accountId)).toBe(false);
    await queue('a').release(mine, { dueInMs: null, error: 'it broke' });
    const [row] = await owner.select().from(tickers).where(eq(tickers.accountId, accountId));
    expect(row).toMatchObject({ leaseOwner: null, lastError: 'it broke' });
    const again = (await queue('b').claim(100)).find((lease) => lease.accountId === accountId)!;
    await queue('b').release(again, { dueInMs: null, error: null });
    const [after] = await owner.select().from(tickers).where(eq(tickers.accountId, accountId));
    expect(after).toMatchObject({ dueAt: null, lastError: null });
  });

  it('passes over accounts that are due later', async () => {
    const { accountId } = await makeAccount(owner);
    await wake(accountId, "now() + interval '1 hour'");
    expect((await queue('a').claim(100)).some((lease) => lease.accountId === accountId)).toBe(false);
  });
});

describe('the ticker', () => {
  it('makes keys, initialises and deletes vaults that the console asked for', async () => {
    const account = await makeAccount(owner);
    const keyId = await makeKey(owner, account.accountId);
    const vaultId = await makeVaultRow(owner, account);
    await wake(account.accountId);
    const { errors } = start(environment);
    const statusOf = async () => (await owner.select().from(vaults).where(eq(vaults.id, vaultId)))[0]?.status;
    await until(async () => (await statusOf()) === 'created');
    expect((await owner.select().from(kmsKeys).where(eq(kmsKeys.id, keyId)))[0]!.state).toBe('enabled');
    await owner.update(vaults).set({ status: 'deleting' }).where(eq(vaults.id, vaultId));
    await wake(account.accountId);
    await until(async () => (await statusOf()) === undefined);
    expect(errors).toEqual([]);
  });

  it('serves a wake within a second of the notification, and replicates with nobody signed in', async () => {
    const one = await world();
    const { errors } = start(environment, { pollMs: 60_000 });
    const files = { a: noise(100_000) };
    const id = await backUp(one, one.source, files);
    await wake(one.target.accountId);
    await until(async () => (await copies(one)).length === 1);
    const copy = (await replicatedPoints(one)).get(id)!;
    expect(await readPoint(one, one.target, copy.targetPointId!)).toEqual(hashesOf(files));
    const samples = await owner
      .select()
      .from(replicationSamples)
      .where(eq(replicationSamples.replicationId, one.replicationId));
    expect(samples.length).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  it('lets points expire when nobody wakes it: the tick before asked for that time', async () => {
    const one = await world();
    const id = await backUp(one, one.source, { a: noise(1000) }, { expiresAt: new Date(Date.now() + 1500) });
    const { tickOf } = start(environment);
    const ticked = tickOf(one.source.accountId);
    await wake(one.source.accountId);
    await ticked;
    expect(await owner.select().from(backupPoints).where(eq(backupPoints.id, id))).toHaveLength(1);
    await until(
      async () => (await owner.select().from(backupPoints).where(eq(backupPoints.id, id))).length === 0,
    );
  });

  it('two engines at once copy each point once', async () => {
    const one = await world();
    for (let i = 0; i < 6; i++) await backUp(one, one.source, { a: noise(50_000, i + 1) });
    const first = start(environment, { leaseSeconds: 1 });
    const second = start({ ...environment }, { leaseSeconds: 1 });
    await wake(one.target.accountId);
    await until(async () => (await copies(one)).length === 6);
    expect(await replicationOf(one)).toMatchObject({ lagPoints: 0, waitingReason: null });
    expect([...first.errors, ...second.errors]).toEqual([]);
  });

  it('one account’s large copy does not hold up another’s small one', { timeout: 60_000 }, async () => {
    const [large, small] = [await world(), await world()];
    await backUp(large, large.source, manyFiles(150));
    await backUp(small, small.source, { a: noise(10_000) });
    start(environment, { parallelism: 1 });
    await wake(large.target.accountId);
    await until(async () => (await replicationOf(large)).currentPointId !== null);
    await wake(small.target.accountId);
    await until(async () => (await copies(small)).length === 1);
    expect(await copies(large)).toEqual([]);
    await until(async () => (await copies(large)).length === 1);
  });

  it('stops within seconds in the middle of a copy, gives the lease back, and another engine goes on', {
    timeout: 60_000,
  }, async () => {
    const one = await world();
    const files = Object.fromEntries(
      Array.from({ length: 80 }, (_, i) => [`f${i}`, noise(1024 * 1024, i + 1)]),
    );
    const id = await backUp(one, one.source, files);
    const { ticker } = start(environment);
    await wake(one.target.accountId);
    await until(async () => (await replicationOf(one)).currentPointId !== null);
    const startedAt = performance.now();
    await ticker.stop();
    expect(performance.now() - startedAt).toBeLessThan(5000);
    const [row] = await owner.select().from(tickers).where(eq(tickers.accountId, one.target.accountId));
    expect(row).toMatchObject({ leaseOwner: null, lastError: null });
    expect(row!.dueAt).not.toBeNull();
    expect(await copies(one)).toEqual([]);
    start(environment);
    await until(async () => (await copies(one)).length === 1);
    const copy = (await replicatedPoints(one)).get(id)!;
    expect(await readPoint(one, one.target, copy.targetPointId!)).toEqual(hashesOf(files));
  });
});
