import { describe, expect, test } from 'vitest';
import { planTrial, type TrialStep } from './plan-trial';
import { checkKeep } from './rules';
import { trialDates } from './trials';

const made = new Date('2026-03-01T10:00:00Z');
const dates = trialDates(made);
const day = (days: number) => new Date(made.getTime() + days * 86_400_000);

/** What a trial goes through when the engine looks at it at these days, and remembers what it told. */
function lives(days: number[], isKept = false): [number, TrialStep['kind']][] {
  let told = 0;
  return days.flatMap((at) => {
    const step = planTrial({ ...dates, isKept, told }, day(at));
    if (step && 'told' in step) told = step.told;
    return step ? [[at, step.kind] as [number, TrialStep['kind']]] : [];
  });
}

describe('the life of a trial', () => {
  test('warns a week and a day before its end, ends, and is released a week later', () => {
    expect(lives([0, 22.9, 23, 24, 28.9, 29, 29.9, 30, 31, 36.9, 37])).toEqual([
      [23, 'warn'],
      [29, 'warn'],
      [30, 'end'],
      [37, 'release'],
    ]);
  });

  test('after a pause of the engine goes on with what counts now', () => {
    expect(lives([29.5])).toEqual([[29.5, 'warn']]);
    expect(lives([33])).toEqual([[33, 'end']]);
    expect(lives([40])).toEqual([[40, 'release']]);
  });

  test('that is to be kept becomes a standard vault at its end, and never goes', () => {
    expect(lives([23, 29], true)).toEqual([
      [23, 'warn'],
      [29, 'warn'],
    ]);
    expect(lives([30], true)).toEqual([[30, 'keep']]);
    expect(lives([90], true)).toEqual([[90, 'keep']]);
  });
});

describe('keeping a trial', () => {
  const vault = {
    kind: 'trial_oss',
    status: 'created',
    trialEndsAt: dates.endsAt,
    trialReleasesAt: dates.releasesAt,
  } as const;

  test('is a choice until its end, and at once a standard vault from then until its release', () => {
    expect(checkKeep(vault, true, day(29.9))).toBe('choice');
    expect(checkKeep(vault, false, day(29.9))).toBe('choice');
    expect(checkKeep(vault, true, day(30))).toBe('standard');
    expect(checkKeep(vault, true, day(36.9))).toBe('standard');
  });

  test.each([
    ['not to keep it after its end', vault, false, day(30), 'trial_ended'],
    ['at its release', vault, true, day(37), 'trial_over'],
    ['of a vault that is deleted', { ...vault, status: 'deleting' }, true, day(1), 'vault_deleting'],
    [
      'of a vault that is no trial',
      { ...vault, trialEndsAt: null, trialReleasesAt: null },
      true,
      day(1),
      'not_a_trial',
    ],
  ] as const)('is refused: %s', (_, given, isKept, now, reason) => {
    expect(() => checkKeep(given, isKept, now)).toThrow(expect.objectContaining({ reason }));
  });
});
