import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import type { Fault } from '@/lib/engine/core/store/fault-store';
import { Campaign, seed } from './campaign';
import { FaultyWorld } from './faulty-world';

const database = await testDatabase();

/** Faults between two looks at everything. */
const faultsBetweenLooks = 10;
/** A world grows old; a new one begins after so many faults. */
const faultsPerWorld = 200;

/** Injects faults by `injectOne` until the campaign's share is done, and looks at everything again and again. */
async function run(
  campaign: Campaign,
  injectOne: (world: FaultyWorld) => Promise<boolean>,
): Promise<string[]> {
  const { tally } = campaign;
  const findings: string[] = [];
  while (!campaign.isOver && findings.length === 0) {
    const world = await FaultyWorld.create(database, campaign.random);
    for (let i = 0; i < 3; i++) await world.backUp();
    for (let inWorld = 0; inWorld < faultsPerWorld && !campaign.isOver && findings.length === 0; ) {
      for (let i = 0; i < faultsBetweenLooks; ) {
        if (!(await injectOne(world))) continue;
        tally.faults++;
        inWorld++;
        i++;
      }
      world.restart();
      const startedAt = performance.now();
      if (!(await world.settle())) tally.hung++;
      campaign.recoveredIn(performance.now() - startedAt);
      findings.push(...(await world.examine()));
      tally.acknowledged += world.told.size;
      await world.expireCopies();
    }
  }
  campaign.found(findings);
  return findings;
}

describe('a store that fails', () => {
  const campaign = new Campaign('store calls', 0.1);

  it('loses nothing, at whatever call', { timeout: 7_200_000 }, async () => {
    const findings = await run(campaign, async (world) => {
      let left = campaign.random.int(8);
      let isInjected = false;
      const kind = campaign.random.pick<Fault>(['before', 'after', 'rot']);
      world.plan = (operation) => {
        if (isInjected || left-- > 0 || (kind === 'rot' && operation !== 'get')) return null;
        isInjected = true;
        return kind;
      };
      await world.act().catch(() => {});
      world.plan = null;
      return isInjected;
    });
    expect(findings, `seed ${seed}`).toEqual([]);
    expect(campaign.tally.hung).toBe(0);
  });

  it('would be found out if it lost what it took', async () => {
    const world = await FaultyWorld.create(database, campaign.random);
    world.plan = (operation, name) =>
      operation === 'putIfAbsent' && name.startsWith('packs/') ? 'lost' : null;
    await world.backUp();
    world.plan = null;
    world.restart();
    expect(await world.examine()).not.toEqual([]);
  });
});

describe('a database that drops its connections', () => {
  const campaign = new Campaign('database connections', 0.05);

  it('loses nothing, at whatever moment', { timeout: 7_200_000 }, async () => {
    const findings = await run(campaign, async (world) => {
      let isDone = false;
      const acting = world
        .act()
        .catch(() => {})
        .finally(() => {
          isDone = true;
        });
      await delay(campaign.random.int(40));
      const wasRunning = !isDone;
      const cut = await world.cutConnections();
      await acting;
      return wasRunning && cut > 0;
    });
    expect(findings, `seed ${seed}`).toEqual([]);
    expect(campaign.tally.hung).toBe(0);
  });

  it('would be found out if success were told before the commit', async () => {
    const world = await FaultyWorld.create(database, campaign.random);
    for (let tries = 0; ; tries++) {
      expect(tries, 'no connection was cut in time').toBeLessThan(50);
      let isDone = false;
      const acting = world.backUp({ tellsTooEarly: true }).then(
        () => {
          isDone = true;
        },
        () => {},
      );
      await delay(tries % 20);
      await world.cutConnections();
      await acting;
      if (!isDone) break;
    }
    expect((await world.examine()).join()).toMatch(/lost/);
  });
});
