import { describe, expect, it } from 'vitest';
import { describeMissed, isNews } from './missed-runs';

const missed = {
  count: 1,
  lastAt: new Date('2026-03-10T02:00:00Z'),
  reason: 'client_offline',
  explanation: 'The client fs-1 was offline.',
};
const earlier = (runAt: string, reason = 'client_offline', state = 'missed') => ({
  state,
  reason,
  runAt: new Date(runAt),
});

describe('missed runs', () => {
  it('are told when they begin, when the reason changes, and once a day while they last', () => {
    expect(isNews(missed, null)).toBe(true);
    expect(isNews(missed, earlier('2026-03-10T01:00:00Z', 'client_offline', 'complete'))).toBe(true);
    expect(isNews(missed, earlier('2026-03-10T01:00:00Z', 'vault_not_ready'))).toBe(true);
    expect(isNews(missed, earlier('2026-03-09T23:00:00Z'))).toBe(true);
    expect(isNews(missed, earlier('2026-03-10T01:00:00Z'))).toBe(false);
  });

  it('are told with their number, the reason and what happens next', () => {
    const names = { policy: { name: 'Daily' }, source: { name: 'fs-1' }, vault: { name: 'files' } };
    expect(describeMissed({ ...missed, count: 3 }, names)).toEqual({
      title: '3 runs of the policy Daily for fs-1 were missed',
      body: 'The client fs-1 was offline. Nothing was backed up into files. Missed runs are not made up: the next one is at its time.',
    });
    expect(describeMissed(missed, names).title).toBe('A run of the policy Daily for fs-1 was missed');
  });
});
