import { describe, expect, it } from 'vitest';
import { archiveAfterRefusal } from './archive-rules';

describe('archiving by a policy', () => {
  it.each([
    [90, 30],
    [365, 305],
    [3650, 31],
  ])('takes points of %i days after %i', (retention, after) => {
    expect(archiveAfterRefusal(retention, after)).toBe(null);
  });

  it.each([
    [365, 29],
    [365, 0],
    [365, 30.5],
  ])('refuses less than 30 whole days in the standard tier (%i after %d)', (retention, after) => {
    expect(archiveAfterRefusal(retention, after)).toMatch(/standard tier for at least 30 days/);
  });

  it('refuses less than 60 days in the archive, and says the latest day', () => {
    expect(archiveAfterRefusal(365, 306)).toMatch(/at least 60 days.*after 305 days at the latest\.$/);
  });

  it('says so when a retention is too short for any archiving', () => {
    expect(archiveAfterRefusal(89, 30)).toMatch(/after 29 days at the latest, which is too early/);
  });
});
