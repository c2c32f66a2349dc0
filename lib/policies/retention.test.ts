import { describe, expect, it } from 'vitest';
import { longestDays, planRetention, type RetentionRule } from './retention';

const rule: RetentionRule = { days: 7, dailyDays: 14, weeklyDays: 60, monthlyDays: 365, yearlyDays: 3650 };
const zone = 'Europe/Berlin';

/** The rules that win for points made one after the other. */
function walk(times: string[], given = rule, timeZone = zone): string[] {
  let last: Date | null = null;
  return times.map((time) => {
    const at = new Date(time);
    const plan = planRetention(given, timeZone, at, last);
    last = at;
    return `${plan.by} ${plan.days}`;
  });
}

describe('the retention of a point', () => {
  it('reads like a calendar: the first of a year, month, week or day is kept longest', () => {
    const calendar: [string, string][] = [
      ['2026-01-30T20:00:00Z', 'yearly 3650'],
      ['2026-01-30T22:30:00Z', 'base 7'],
      ['2026-01-30T23:30:00Z', 'daily 14'],
      ['2026-01-31T22:59:00Z', 'base 7'],
      ['2026-01-31T23:00:00Z', 'monthly 365'],
      ['2026-02-01T23:00:00Z', 'weekly 60'],
      ['2026-02-02T23:00:00Z', 'daily 14'],
      ['2026-12-31T22:59:59Z', 'monthly 365'],
      ['2026-12-31T23:00:00Z', 'yearly 3650'],
    ];
    expect(walk(calendar.map(([time]) => time))).toEqual(calendar.map(([, expected]) => expected));
  });

  it('begins a week on Monday in the zone of the rule, also across a new year', () => {
    const weekly = { ...rule, monthlyDays: null, yearlyDays: null, dailyDays: null };
    const times = [
      '2026-12-28T10:00:00Z',
      '2026-12-31T10:00:00Z',
      '2027-01-01T10:00:00Z',
      '2027-01-03T22:59:00Z',
    ];
    expect(walk([...times, '2027-01-03T23:00:00Z'], weekly)).toEqual([
      'weekly 60',
      'base 7',
      'base 7',
      'base 7',
      'weekly 60',
    ]);
  });

  it('counts a period that began without a point from its first one, however late', () => {
    expect(walk(['2026-05-04T00:00:00Z', '2026-07-29T00:00:00Z'])).toEqual(['yearly 3650', 'monthly 365']);
  });

  it('takes the longest rule that applies, and the plainest among equals', () => {
    const odd = { days: 30, dailyDays: 30, weeklyDays: 400, monthlyDays: 90, yearlyDays: null };
    expect(walk(['2026-02-02T00:00:00Z', '2026-02-03T00:00:00Z'], odd)).toEqual(['weekly 400', 'base 30']);
  });

  it('says why in words', () => {
    expect(planRetention(rule, zone, new Date('2026-01-01T05:00:00Z'), null).reason).toBe(
      'The first point of its year is kept 3,650 days.',
    );
  });

  it('is never shorter than the rule for every point, nor than the daily rule for a first of the day, nor longer than the longest', () => {
    let seed = 7;
    const random = (most: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % most;
    };
    const maybe = () => (random(3) === 0 ? null : 1 + random(4000));
    for (let round = 0; round < 400; round++) {
      const given: RetentionRule = {
        days: 1 + random(400),
        dailyDays: maybe(),
        weeklyDays: maybe(),
        monthlyDays: maybe(),
        yearlyDays: maybe(),
      };
      let at = new Date(Date.UTC(2026, random(12), 1 + random(28), random(24)));
      let last: Date | null = null;
      const days = new Set<string>();
      for (let i = 0; i < 40; i++) {
        const plan = planRetention(given, 'UTC', at, last);
        const date = at.toISOString().slice(0, 10);
        expect(plan.days).toBeGreaterThanOrEqual(given.days);
        expect(plan.days).toBeLessThanOrEqual(longestDays(given));
        if (!days.has(date)) expect(plan.days).toBeGreaterThanOrEqual(given.dailyDays ?? 0);
        days.add(date);
        last = at;
        at = new Date(at.getTime() + (1 + random(60)) * 3_600_000);
      }
    }
  });
});
