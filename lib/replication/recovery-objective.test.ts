import { describe, expect, test } from 'vitest';
import { judge, objectiveState, settlingSeconds, type Watched } from './recovery-objective';

const start = new Date('2026-05-01T00:00:00Z');
const at = (minutes: number) => new Date(start.getTime() + minutes * 60_000);
const quiet: Watched = {
  objectiveSeconds: 3600,
  silenceDays: 7,
  lagSince: null,
  lagPoints: 0,
  newestPointAt: start,
  historyPointsTotal: 3,
  historyCompletedAt: start,
  createdAt: start,
  missedSince: null,
  recoveringSince: null,
  silentSince: null,
};
const behind = (minutes: number) => ({ lagSince: at(minutes), lagPoints: 1 });

/** Looks every minute from one to another, as the engine does; tells what was told, and when. */
function watch(until: number, stateAt: (minute: number) => Partial<Watched>): [number, string][] {
  let row = quiet;
  const told: [number, string][] = [];
  for (let minute = 0; minute <= until; minute++) {
    row = { ...row, lagSince: null, lagPoints: 0, ...stateAt(minute) };
    const { events, ...judged } = judge(row, at(minute));
    row = { ...row, ...judged };
    for (const event of events) told.push([minute, event]);
  }
  return told;
}

describe('the recovery point objective', () => {
  test('is missed when the oldest waiting point is older than it, and once', () => {
    expect(watch(600, () => behind(10))).toEqual([[70, 'missed']]);
  });

  test('says since when: from the moment it was passed, not from the look that found it', () => {
    const found = judge({ ...quiet, ...behind(0) }, at(300));
    expect(found).toMatchObject({ missedSince: at(60), events: ['missed'] });
  });

  test('is met again only after it has been met for twice its span', () => {
    const told = watch(400, (minute) => (minute < 100 ? behind(0) : {}));
    expect(told).toEqual([
      [60, 'missed'],
      [220, 'met'],
    ]);
  });

  test('does not flap: points that each take a little too long are one incident', () => {
    // Every 70 minutes a new point, of which each takes 65; between them nothing waits for five minutes.
    const told = watch(1000, (minute) => {
      const inTurn = minute % 70;
      return inTurn < 65 ? behind(minute - inTurn) : {};
    });
    expect(told).toEqual([[60, 'missed']]);
  });

  test('without a first point counts from the start of the replication', () => {
    const first = { ...quiet, newestPointAt: null, historyCompletedAt: null };
    expect(judge(first, at(59)).events).toEqual([]);
    expect(judge(first, at(60)).events).toEqual(['missed']);
    // A source without any backup is not behind.
    expect(judge({ ...first, historyPointsTotal: 0 }, at(60)).events).toEqual([]);
  });

  test('that was taken away ends the incident without a word', () => {
    const missed = { ...quiet, missedSince: at(60), objectiveSeconds: null };
    expect(judge(missed, at(99))).toMatchObject({ missedSince: null, events: [] });
  });

  test.each([
    [60, 600],
    [3600, 7200],
    [86_400, 86_400],
    [31_536_000, 86_400],
  ])('of %i seconds has to be met for %i', (objective, seconds) => {
    expect(settlingSeconds(objective)).toBe(seconds);
  });

  test('shows as missed when it is, before the engine has looked', () => {
    expect(objectiveState({ ...quiet, ...behind(0) }, at(61))).toEqual({
      state: 'missed',
      missedSince: at(60),
    });
    expect(objectiveState({ ...quiet, ...behind(0) }, at(59)).state).toBe('met');
    expect(objectiveState({ ...quiet, missedSince: at(60) }, at(99)).state).toBe('recovering');
    expect(objectiveState({ ...quiet, objectiveSeconds: null, ...behind(0) }, at(999)).state).toBe('none');
  });
});

describe('silence', () => {
  const day = 24 * 60;

  test('is told once, after as many days as were named, and so is its end', () => {
    const told = watch(10 * day, (minute) => (minute < 9 * day ? {} : { newestPointAt: at(9 * day) }));
    expect(told).toEqual([
      [7 * day, 'silent'],
      [9 * day, 'heard'],
    ]);
  });

  test('is none while a point waits: that the source has made it is known', () => {
    expect(judge({ ...quiet, ...behind(7 * day - 1), objectiveSeconds: null }, at(8 * day)).events).toEqual(
      [],
    );
  });

  test('counts from the start where history is older than the replication', () => {
    const old = { ...quiet, newestPointAt: at(-100 * day) };
    expect(judge(old, at(6 * day)).events).toEqual([]);
    expect(judge(old, at(7 * day)).events).toEqual(['silent']);
  });

  test('is not watched for where no days are named', () => {
    expect(judge({ ...quiet, silenceDays: null }, at(900 * day)).events).toEqual([]);
  });
});

test('judging twice at one moment tells nothing twice', () => {
  const row = { ...quiet, ...behind(0) };
  const first = judge(row, at(61));
  expect(judge({ ...row, ...first }, at(61)).events).toEqual([]);
});
