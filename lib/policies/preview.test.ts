import { describe, expect, it } from 'vitest';
import { estimateHeldBytes, type PlannedRule, planNextRuns, planSample } from './preview';

const daily: PlannedRule = {
  schedule: { kind: 'cron', expression: '0 2 * * *', timeZone: 'UTC', startAt: '2026-01-01T00:00:00Z' },
  retention: { days: 30, dailyDays: null, weeklyDays: null, monthlyDays: null, yearlyDays: null },
  archiveAfterDays: null,
};
const from = new Date('2026-01-01T00:00:00Z');
const totalsOf = (rule: PlannedRule) =>
  Object.fromEntries(planSample(rule, from).totals.map(({ by, made, held }) => [by, [made, held]]));

describe('a year of a rule', () => {
  it('holds thirty points when each is kept thirty days', () => {
    const sample = planSample(daily, from);
    expect(sample.points).toHaveLength(365);
    expect(sample.heldPoints).toBe(30);
    expect(sample.points[0]).toMatchObject({
      days: 30,
      by: 'base',
      expiresAt: new Date('2026-01-31T02:00:00Z'),
      archiveAt: null,
    });
  });

  it('says how many each rule makes and holds: yearly, monthly and weekly points among the daily ones', () => {
    const retention = { days: 7, dailyDays: null, weeklyDays: 28, monthlyDays: 365, yearlyDays: 3650 };
    // 52 Mondays in 2026; 1 June is one of them, and belongs to the month.
    expect(totalsOf({ ...daily, retention })).toEqual({
      base: [302, 6],
      weekly: [51, 4],
      monthly: [11, 11],
      yearly: [1, 10],
    });
  });

  it('counts the points that a rule would have archived', () => {
    const retention = { ...daily.retention, days: 120 };
    const sample = planSample({ ...daily, retention, archiveAfterDays: 30 }, from);
    expect([sample.heldPoints, sample.heldArchived]).toEqual([120, 90]);
    expect(sample.points[0]!.archiveAt).toEqual(new Date('2026-01-31T02:00:00Z'));
  });

  it('covers a year of hourly points', () => {
    const schedule = {
      kind: 'interval',
      every: 1,
      unit: 'hour',
      timeZone: 'UTC',
      startAt: from.toISOString(),
    } as const;
    const sample = planSample({ ...daily, schedule, retention: { ...daily.retention, days: 2 } }, from);
    expect(sample.points).toHaveLength(8761);
    expect(sample.heldPoints).toBe(48);
  });
});

describe('the next runs of several rules', () => {
  it('come in the order of time', () => {
    const weekly = {
      ...daily,
      schedule: { ...daily.schedule, kind: 'cron' as const, expression: '0 4 * * 0' },
    };
    const found = planNextRuns([daily, weekly], new Date('2026-01-03T12:00:00Z'), 3);
    expect(found.map(({ at, rule }) => [at.toISOString(), rule === weekly])).toEqual([
      ['2026-01-04T02:00:00.000Z', false],
      ['2026-01-04T04:00:00.000Z', true],
      ['2026-01-05T02:00:00.000Z', false],
    ]);
  });
});

describe('what held points come to', () => {
  const point = (sourceBytes: number, addedBytes: number) => ({ sourceBytes, addedBytes });

  it('is the data once and what a further point added so far', () => {
    expect(estimateHeldBytes(30, [point(1000, 10), point(1000, 20), point(990, 990)])).toBe(1000 + 29 * 15);
  });

  it('is the data alone with one point, and unknown without any', () => {
    expect(estimateHeldBytes(30, [point(1000, 1000)])).toBe(1000);
    expect(estimateHeldBytes(30, [])).toBeNull();
  });
});
