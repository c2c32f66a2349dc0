import { describe, expect, it } from 'vitest';
import { type DueTimer, planDueRun } from './due-run';
import type { Schedule } from './schedule';

const daily: Schedule = {
  kind: 'cron',
  expression: '0 2 * * *',
  timeZone: 'UTC',
  startAt: '2026-01-01T00:00:00Z',
};
const hourly: Schedule = { ...daily, expression: '0 * * * *' };
const dueAt = new Date('2026-03-10T02:00:00Z');
const timer: DueTimer = { schedule: daily, dueAt, waitingFor: null };
const offline = { reason: 'client_offline', explanation: 'The client is offline.' };
const at = (time: string) => new Date(`2026-03-${time}:00Z`);

describe('a run whose time has come', () => {
  it('starts, and the next one is that of the schedule', () => {
    expect(planDueRun(timer, at('10T02:00'), null)).toEqual({
      missed: null,
      startAt: dueAt,
      next: { runAt: at('11T02:00'), lookAt: at('11T02:00'), waitingFor: null },
    });
  });

  it('still starts within the hour', () => {
    expect(planDueRun(timer, at('10T03:00'), null).startAt).toEqual(dueAt);
  });

  it('is missed later than that, and not made up: the next one runs at its own time', () => {
    expect(planDueRun(timer, at('10T03:01'), null)).toMatchObject({
      missed: { count: 1, lastAt: dueAt, reason: 'not_started_in_time' },
      startAt: null,
      next: { runAt: at('11T02:00') },
    });
  });

  it('waits for what stands in its way and is looked at again within a minute', () => {
    expect(planDueRun(timer, at('10T02:10'), offline)).toEqual({
      missed: null,
      startAt: null,
      next: { runAt: dueAt, lookAt: at('10T02:11'), waitingFor: offline },
    });
  });

  it('is missed with that reason when the hour is over', () => {
    const waiting = { ...timer, waitingFor: offline };
    expect(planDueRun(waiting, at('10T03:01'), offline)).toMatchObject({
      missed: { count: 1, reason: 'client_offline' },
      startAt: null,
      next: { runAt: at('11T02:00'), waitingFor: null },
    });
    expect(planDueRun(waiting, at('10T02:59'), null).startAt).toEqual(dueAt);
  });

  it('gives way to the next one of its schedule: only the last of several starts', () => {
    const waiting = { schedule: hourly, dueAt, waitingFor: offline };
    expect(planDueRun(waiting, at('10T03:00'), null)).toMatchObject({
      missed: { count: 1, lastAt: dueAt, reason: 'client_offline' },
      startAt: at('10T03:00'),
      next: { runAt: at('10T04:00') },
    });
    expect(planDueRun(waiting, at('10T03:00'), offline)).toMatchObject({
      missed: { count: 1 },
      startAt: null,
      next: { runAt: at('10T03:00'), waitingFor: offline },
    });
  });

  it('tells a long silence as one row of missed runs', () => {
    const plan = planDueRun(timer, at('20T10:00'), null);
    expect(plan).toMatchObject({
      missed: { count: 11, lastAt: at('20T02:00'), reason: 'not_started_in_time' },
      startAt: null,
      next: { runAt: at('21T02:00') },
    });
    const years = planDueRun({ ...timer, schedule: hourly }, new Date('2028-01-01T00:30:00Z'), null);
    expect(years.missed?.count).toBe(1001);
    expect(years.next?.runAt).toEqual(new Date('2028-01-01T01:00:00Z'));
  });

  it('is looked at no later than the next one is due', () => {
    const late = planDueRun({ ...timer, schedule: hourly }, at('10T02:59'), offline);
    expect(late.next?.lookAt).toEqual(at('10T03:00'));
  });
});
