import { describe, expect, it } from 'vitest';
import { RuleInput } from '@/lib/policies/schemas';
import {
  checkBindings,
  checkRules,
  checkTargets,
  choosePreset,
  newDraft,
  plannedRules,
  toPolicyInput,
} from './draft';
import { presets } from './presets';
import { checkRule, fromRule, newRule, toRuleInput } from './rule-draft';

const now = new Date('2026-03-10T12:34:56Z');
const zone = 'Europe/Berlin';
const rule = (change = {}) => newRule('1', zone, change);

describe('a rule that is entered', () => {
  it.each([
    [{ rhythm: 'daily', time: '23:05' }, '5 23 * * *'],
    [{ rhythm: 'weekly', time: '04:00', weekdays: [6, 1] }, '0 4 * * 1,6'],
    [{ rhythm: 'monthly', time: '00:30', dayOfMonth: '15' }, '30 0 15 * *'],
    [{ rhythm: 'cron', expression: '0 4 * * 1#1' }, '0 4 * * 1#1'],
  ])('%j becomes %s and comes back as it was', (change, expression) => {
    const input = RuleInput.parse(toRuleInput(rule(change), now));
    expect(input.schedule).toMatchObject({ kind: 'cron', expression, startAt: '2026-03-10T12:34:00.000Z' });
    const back = fromRule({ ...input, id: 'pr-1' });
    const { weekdays = [0], ...same } = change as { weekdays?: number[] };
    expect(back).toMatchObject({ ...same, weekdays: [...weekdays].sort() });
    expect(RuleInput.parse(toRuleInput(back, new Date()))).toEqual({ ...input, id: 'pr-1' });
  });

  it('keeps the start of a rule to the second unless it is changed', () => {
    const startAt = '2026-01-01T01:02:03.000Z';
    const saved = { ...RuleInput.parse(toRuleInput(rule(), now)), id: 'pr-1' };
    const draft = fromRule({ ...saved, schedule: { ...saved.schedule, startAt } });
    expect(toRuleInput(draft, now).schedule.startAt).toBe(startAt);
    expect(toRuleInput({ ...draft, start: '2026-05-01T02:00' }, now).schedule.startAt).not.toBe(startAt);
  });

  it('tells each problem at its field', () => {
    const fields = (change: object) => Object.keys(checkRule(rule(change), now));
    expect(fields({})).toEqual([]);
    expect(fields({ days: 'x' })).toEqual(['days']);
    expect(fields({ days: '' })).toEqual(['days']);
    expect(fields({ rhythm: 'cron', expression: 'x' })).toEqual(['expression']);
    expect(fields({ rhythm: 'weekly', weekdays: [] })).toEqual(['weekdays']);
    expect(fields({ rhythm: 'interval', every: '0' })).toEqual(['every']);
    expect(fields({ archives: true })).toEqual(['archiveAfterDays']);
    expect(fields({ archives: true, days: '90' })).toEqual([]);
    expect(fields({ timeZone: 'Nowhere' })).toEqual(['timeZone']);
    expect(fields({ hasLonger: true, yearlyDays: '0' })).toEqual(['yearlyDays']);
    expect(fields({ hasLonger: false, yearlyDays: '0' })).toEqual([]);
  });
});

describe('the draft of a policy', () => {
  it.each(presets.map((preset) => [preset.id, preset] as const))('%s can be saved as it is', (id) => {
    const draft = choosePreset(newDraft(zone), id, zone);
    expect(checkRules(draft, now)).toEqual([]);
    expect(plannedRules(draft.rules, now)).not.toBeNull();
    expect(toPolicyInput(draft, now).name).toBe(draft.name);
  });

  it('keeps a name that was entered when another preset is chosen', () => {
    expect(choosePreset({ ...newDraft(zone), name: 'Mine' }, 'weekly', zone).name).toBe('Mine');
    expect(choosePreset(newDraft(zone), 'weekly', zone).name).toBe('Weekly, 90 days');
  });

  it('says what is missing of a binding that was begun, and of no other', () => {
    expect(checkBindings(newDraft(zone))).toEqual([]);
    const draft = newDraft(zone, 'ds-1');
    expect(checkBindings(draft)).toEqual([
      'Choose a vault and at least one folder for number 1, or take it out.',
    ]);
  });

  it('asks for a target for each vault that has none, when the policy replicates', () => {
    const missing = [{ id: 'v-1', name: 'one' }];
    expect(checkTargets(newDraft(zone), missing)).toEqual([]);
    expect(checkTargets({ ...newDraft(zone), replicates: true }, missing)).toEqual([
      'Choose a replication target for one.',
    ]);
    expect(checkTargets({ ...newDraft(zone), replicates: true, targets: { 'v-1': 'r-1' } }, missing)).toEqual(
      [],
    );
  });
});
