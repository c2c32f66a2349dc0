import { expect, test } from 'vitest';
import { summarise } from './summarise';

const now = new Date('2026-05-01T12:00:00Z');
const upToDate = {
  state: 'active' as const,
  lagPoints: 0,
  lagBytes: 0,
  lagSince: null,
  historyPointsTotal: 4,
  historyPointsDone: 4,
  historyBytesTotal: 100,
  historyBytesDone: 100,
  historyCompletedAt: now,
  currentPointId: null,
};

test('an account with everything up to date is behind in nothing', () => {
  expect(summarise([upToDate, upToDate], now)).toEqual({
    behind: { replications: 0, points: 0, bytes: 0, seconds: 0 },
    inFlight: 0,
  });
});

test('history and new points add up, and the worst lag counts', () => {
  const history = {
    ...upToDate,
    historyPointsDone: 1,
    historyBytesDone: 40,
    historyCompletedAt: null,
    currentPointId: 's-1',
  };
  const lagging = { ...upToDate, lagPoints: 2, lagBytes: 7, lagSince: new Date('2026-05-01T11:59:00Z') };
  const worse = { ...lagging, lagSince: new Date('2026-05-01T11:50:00Z') };
  expect(summarise([upToDate, history, lagging, worse], now)).toEqual({
    behind: { replications: 3, points: 3 + 2 + 2, bytes: 60 + 7 + 7, seconds: 600 },
    inFlight: 1,
  });
});
