import { describe, expect, it } from 'vitest';
import type { Outcome } from './run';
import { judge, nameOf, targets, verdictOf } from './targets';

const own = 'Crossvault on Node 20';

function outcome(
  contender: string,
  run: number,
  seconds: number,
  facts: Record<string, number> = {},
): Outcome {
  const measured = { 'first backup': { seconds } };
  return { dataset: 'large', contender, run, measured, facts, failure: null };
}

function firstBackup(outcomes: Outcome[], column = own) {
  return judge(outcomes, column).find(({ target }) => nameOf(target) === 'first backup, against restic')!;
}

describe('What the benchmark makes of its figures', () => {
  it('divides by the figure of the same run, and takes the median of the ratios', () => {
    // The machine was three times as slow in the second run; a ratio of medians would be 6 : 20
    const outcomes = [
      ...[outcome(own, 0, 5), outcome('restic', 0, 10)],
      ...[outcome(own, 1, 27), outcome('restic', 1, 30)],
      ...[outcome(own, 2, 6), outcome('restic', 2, 20)],
    ];
    const { figure, verdict } = firstBackup(outcomes);
    expect(figure).toEqual({ median: 0.5, least: 0.3, most: 0.9, runs: 3 });
    expect(verdict).toBe('reached');
  });

  it('leaves out a run that either of the two did not finish', () => {
    const failed: Outcome = { ...outcome('restic', 1, 0), measured: {}, failure: 'first backup: no space' };
    const outcomes = [outcome(own, 0, 8), outcome('restic', 0, 10), outcome(own, 1, 1), failed];
    expect(firstBackup(outcomes)).toMatchObject({
      figure: { median: 0.8, least: 0.8, most: 0.8, runs: 1 },
      verdict: 'missed',
    });
  });

  it('says that nothing was measured, not that it is good, where the peer is missing', () => {
    expect(firstBackup([outcome(own, 0, 1)])).toMatchObject({ figure: null, verdict: 'not measured' });
  });

  it('keeps contenders of two Nodes apart', () => {
    const other = 'Crossvault on Node 24';
    const outcomes = [outcome(own, 0, 8), outcome(other, 0, 3), outcome('restic', 0, 10)];
    expect(firstBackup(outcomes).verdict).toBe('missed');
    expect(firstBackup(outcomes, other)).toMatchObject({ figure: { median: 0.3 }, verdict: 'aim reached' });
  });

  it('takes the highest peak of all steps as the memory of a process', () => {
    const measured: Outcome['measured'] = {
      'first backup': { seconds: 1, peakBytes: { engine: 300 * 1024 ** 2 } },
      'first replication': { seconds: 1, peakBytes: { engine: 410 * 1024 ** 2 } },
    };
    const judged = judge([{ ...outcome(own, 0, 1), measured }], own);
    const memory = judged.find(({ target }) => target.work === 'peak memory of the engine');
    expect(memory).toMatchObject({ figure: { median: 410 }, verdict: 'missed' });
  });

  it('compares what is stored as a part of what restic stores', () => {
    const outcomes = [
      outcome(own, 0, 1, { storedBytes: 102 }),
      outcome('restic', 0, 1, { storedBytes: 100 }),
    ];
    const stored = judge(outcomes, own).find(({ target }) => target.work === 'stored size');
    expect(stored).toMatchObject({ figure: { median: 1.02 }, verdict: 'reached' });
  });

  it.each([
    [0.5, 'aim reached'],
    [0.4, 'aim reached'],
    [0.500001, 'reached'],
    [0.7, 'reached'],
    [0.700001, 'missed'],
    [undefined, 'not measured'],
  ] as const)('calls %s of 0.7 and 0.5 %s', (value, verdict) => {
    expect(verdictOf({ must: 0.7, aim: 0.5 }, value)).toBe(verdict);
  });

  it('misses what is only aimed for when it is not reached', () => {
    expect(verdictOf({ must: null, aim: 1 }, 1.01)).toBe('missed');
  });

  it('aims for no less than it must reach', () => {
    for (const { must, aim } of targets) expect(aim).toBeLessThanOrEqual(must ?? aim);
  });
});
