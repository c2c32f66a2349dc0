import { expect, test } from 'vitest';
import { WaitingReason } from './schemas';
import { nextTryAt, waitingRules } from './waiting';

test.each(WaitingReason.options)('%s is told with its cause and what each side can do', (reason) => {
  const { cause, toDo } = waitingRules[reason];
  for (const text of [cause, toDo.source, toDo.target]) expect(text).toMatch(/^[A-Z].*\.$/);
});

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const waiting = { state: 'active' as const, waitingReason: 'source_key_unavailable', waitingSince: at(0) };

test.each([
  ['at first after five seconds', 0, 5],
  ['then after as long as it has been waiting', 30, 60],
  ['and never later than a minute', 900, 960],
])('it is tried again %s', (_, lastStep, next) => {
  expect(nextTryAt({ ...waiting, lastStepAt: at(lastStep) })).toEqual(at(next));
});

test('what waits for the other account goes on when that has acted, and names no time', () => {
  for (const waitingReason of ['access_revoked', 'target_account_overdue']) {
    expect(nextTryAt({ ...waiting, waitingReason, lastStepAt: at(9) })).toBeNull();
  }
  expect(nextTryAt({ ...waiting, waitingReason: null, lastStepAt: at(9) })).toBeNull();
  expect(nextTryAt({ ...waiting, state: 'stopped', lastStepAt: at(9) })).toBeNull();
});
