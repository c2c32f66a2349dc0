import { expect, test } from 'vitest';
import { stopConsequences } from './stop-rules';

const side = { accountId: '1', accountName: 'a', vaultId: 'v', region: 'cn-hangzhou' };
const given = {
  source: { ...side, vaultName: 'files' },
  target: { ...side, vaultName: 'copy' },
  lag: { points: 1, bytes: 0, seconds: 0 },
  history: { pointsTotal: 5, pointsDone: 3, bytesTotal: 0, bytesDone: 0, percent: 60, completedAt: null },
};

test('stopping names what will be missing, what stays, and that there is no way back', () => {
  const lines = stopConsequences(given);
  expect(lines[0]).toContain('cannot be resumed');
  expect(lines[1]).toBe('3 backup points have not arrived and will not be copied any more.');
  expect(lines.join(' ')).toMatch(/copy stays restorable.*files can then be deleted/);
});

test('stopping a replication that is up to date warns of nothing missing', () => {
  const lines = stopConsequences({
    ...given,
    lag: { ...given.lag, points: 0 },
    history: { ...given.history, pointsDone: 5 },
  });
  expect(lines).toHaveLength(3);
});
