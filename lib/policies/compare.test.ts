import { describe, expect, it } from 'vitest';
import { type ComparedPolicy, comparePolicies } from './compare';

const now = new Date('2026-03-10T12:00:00Z');
const policy: ComparedPolicy = {
  name: 'Daily',
  keepsNewest: true,
  replicates: false,
  rules: [
    {
      id: 'pr-1',
      name: 'Nightly',
      schedule: { kind: 'cron', expression: '0 2 * * *', timeZone: 'UTC', startAt: '2026-01-01T00:00:00Z' },
      retention: { days: 30, dailyDays: null, weeklyDays: null, monthlyDays: 365, yearlyDays: null },
      archiveAfterDays: null,
    },
  ],
};
const [rule] = policy.rules;
const withRule = (change: Partial<NonNullable<typeof rule>>) => ({
  ...policy,
  rules: [{ ...rule!, ...change }],
});
const topics = (after: ComparedPolicy) =>
  comparePolicies(policy, after, now).map(({ topic, isWeaker }) => (isWeaker ? `${topic}, weaker` : topic));

describe('the comparison before a change is saved', () => {
  it('is empty when nothing changes', () => {
    expect(comparePolicies(policy, structuredClone(policy), now)).toEqual([]);
  });

  it('says that points that exist keep their dates, and marks what protects less', () => {
    const [change] = comparePolicies(policy, withRule({ retention: { ...rule!.retention, days: 7 } }), now);
    expect(change).toEqual({
      topic: 'retention',
      rule: 'Nightly',
      before: '30 days; first of the month 365 days',
      after: '7 days; first of the month 365 days',
      consequence:
        'Points that exist keep their dates. Only points made from now on are kept by the new rule.',
      isWeaker: true,
    });
    expect(topics(withRule({ retention: { ...rule!.retention, days: 90 } }))).toEqual(['retention']);
    expect(topics(withRule({ retention: { ...rule!.retention, monthlyDays: null } }))).toEqual([
      'retention, weaker',
    ]);
  });

  it('names the next run of a new schedule, and marks one that runs less often', () => {
    const weekly = {
      kind: 'cron',
      expression: '0 4 * * 0',
      timeZone: 'UTC',
      startAt: '2026-01-01T00:00:00Z',
    } as const;
    const [change] = comparePolicies(policy, withRule({ schedule: weekly }), now);
    expect(change).toMatchObject({
      before: 'Every day at 02:00, UTC',
      after: 'On Sunday at 04:00, UTC',
      isWeaker: true,
      consequence: 'The next run is on 2026-03-15 04:00 UTC. A run under way goes on.',
    });
    expect(topics(withRule({ schedule: { ...rule!.schedule, startAt: '2026-06-01T00:00:00Z' } }))).toEqual([
      'schedule',
    ]);
  });

  it('tells rules that come and go', () => {
    const added = { ...rule!, id: undefined, name: 'Hourly' };
    expect(topics({ ...policy, rules: [rule!, added] })).toEqual(['rules']);
    expect(topics({ ...policy, rules: [added] })).toEqual(['rules, weaker', 'rules']);
  });

  it('warns that archiving takes copies away, and that a promise to keep the newest point outlives the policy', () => {
    const [archiving] = comparePolicies(policy, withRule({ archiveAfterDays: 30 }), now);
    expect(archiving!.consequence).toMatch(/copies in a replication target vault are removed/);
    const [keeping] = comparePolicies(policy, { ...policy, keepsNewest: false }, now);
    expect(keeping).toMatchObject({
      isWeaker: true,
      consequence: expect.stringMatching(/stays until it is deleted by hand/),
    });
  });

  it('says that replications go on when the rule is taken out', () => {
    const [change] = comparePolicies({ ...policy, replicates: true }, policy, now);
    expect(change!.consequence).toMatch(/^Replications that run go on/);
  });
});
