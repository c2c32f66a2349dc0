import { describe, expect, it } from 'vitest';
import { nextRunAfter, nextRuns, type Schedule, scheduleProblem } from './schedule';

const zone = 'Europe/Berlin';
const cron = (expression: string, timeZone = zone, startAt = '2026-01-01T00:00:00Z'): Schedule => ({
  kind: 'cron',
  expression,
  timeZone,
  startAt,
});
const every = (
  count: number,
  unit: 'hour' | 'day' | 'week',
  startAt = '2026-01-01T01:00:00Z',
  timeZone = zone,
): Schedule => ({ kind: 'interval', every: count, unit, timeZone, startAt });
const runs = (schedule: Schedule, after: string, count: number) =>
  nextRuns(schedule, new Date(after), count).map((at) => at.toISOString().slice(0, 16));

describe('a schedule', () => {
  it.each<[string, Schedule, string, string[]]>([
    [
      'runs daily at the same local time, one hour of UTC earlier once summer time has begun',
      cron('0 3 * * *'),
      '2026-03-27T12:00:00Z',
      ['2026-03-28T02:00', '2026-03-29T01:00', '2026-03-30T01:00'],
    ],
    [
      'runs when the clock has jumped, if its local time is left out that day',
      cron('30 2 * * *'),
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    [
      'runs once, the first time, when its local time comes twice',
      cron('30 2 * * *'),
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'treats each of several fixed times like that',
      cron('30 2,14 * * *'),
      '2026-03-28T20:00:00Z',
      ['2026-03-29T01:00', '2026-03-29T12:30', '2026-03-30T00:30'],
    ],
    [
      'passes over months that have no such day',
      cron('0 0 31 * *', 'UTC'),
      '2026-01-31T12:00:00Z',
      ['2026-03-31T00:00', '2026-05-31T00:00', '2026-07-31T00:00'],
    ],
    [
      'finds the leap day',
      cron('0 0 29 2 *', 'UTC'),
      '2026-01-01T00:00:00Z',
      ['2028-02-29T00:00', '2032-02-29T00:00'],
    ],
    [
      'counts hours as elapsed time, through both changes of the clocks',
      every(6, 'hour', '2026-03-28T18:00:00Z'),
      '2026-03-28T18:00:00Z',
      ['2026-03-29T00:00', '2026-03-29T06:00', '2026-03-29T12:00'],
    ],
    [
      'counts days by the wall clock, so that 02:00 stays 02:00',
      every(2, 'day'),
      '2026-03-26T12:00:00Z',
      ['2026-03-28T01:00', '2026-03-30T00:00', '2026-04-01T00:00'],
    ],
    [
      'keeps to its days across the end of summer time',
      every(3, 'day', '2026-10-22T00:30:00Z'),
      '2026-10-22T00:30:00Z',
      ['2026-10-25T00:30', '2026-10-28T01:30'],
    ],
    [
      'counts weeks from its start',
      every(2, 'week'),
      '2026-01-01T01:00:00Z',
      ['2026-01-15T01:00', '2026-01-29T01:00', '2026-02-12T01:00'],
    ],
    [
      'shifts by half an hour where clocks do',
      cron('0 2 * * *', 'Australia/Lord_Howe'),
      '2026-04-03T00:00:00Z',
      ['2026-04-03T15:00', '2026-04-04T15:30', '2026-04-05T15:30'],
    ],
  ])('%s', (_, schedule, after, expected) => {
    expect(runs(schedule, after, expected.length)).toEqual(expected);
  });

  it('begins with its start and not before', () => {
    expect(runs(every(1, 'day', '2026-05-04T03:15:00Z'), '2026-01-01T00:00:00Z', 2)).toEqual([
      '2026-05-04T03:15',
      '2026-05-05T03:15',
    ]);
    expect(runs(every(1, 'hour', '2026-05-04T03:15:30Z'), '2026-05-04T03:15:30Z', 1)).toEqual([
      '2026-05-04T04:15',
    ]);
    expect(runs(cron('0 * * * *', zone, '2026-05-04T03:00:00Z'), '2026-01-01T00:00:00Z', 1)).toEqual([
      '2026-05-04T03:00',
    ]);
  });

  it('never finds a run at or before the moment it is asked about', () => {
    const schedules = [
      cron('30 2 * * *'),
      cron('0 */3 * * 1-5'),
      every(5, 'hour'),
      every(3, 'day'),
      every(1, 'week'),
    ];
    for (const schedule of schedules) {
      let at = new Date('2025-12-30T00:00:00Z');
      for (let i = 0; i < 400; i++) {
        const next = nextRunAfter(schedule, at);
        expect(next!.getTime()).toBeGreaterThan(at.getTime());
        // From any moment before it, it is still the next one.
        const between = new Date(at.getTime() + Math.floor((next!.getTime() - at.getTime()) / 2));
        if (at >= new Date(schedule.startAt)) expect(nextRunAfter(schedule, between)).toEqual(next);
        at = next!;
      }
    }
  });
});

describe('what is wrong with a schedule', () => {
  it.each([
    [cron('61 2 * * *'), 'expression'],
    [cron('every night'), 'expression'],
    [cron('0 0 2 * * *'), 'expression'],
    [cron('0 0 30 2 *'), 'expression'],
    [cron('*/10 * * * *'), 'expression'],
    [cron('0,30 2 * * *'), 'expression'],
    [cron('0 2 * * *', 'Europe/Atlantis'), 'timeZone'],
  ])('%j is told at its field', (schedule, field) => {
    expect(scheduleProblem(schedule)?.field).toBe(field);
  });

  it('nothing, for hourly runs and for the first Monday of a month', () => {
    expect(scheduleProblem(cron('0 * * * *'))).toBeNull();
    expect(scheduleProblem(cron('15 4 * * 1#1'))).toBeNull();
    expect(scheduleProblem(every(1, 'hour'))).toBeNull();
  });
});
