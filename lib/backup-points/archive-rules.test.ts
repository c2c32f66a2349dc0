import { describe, expect, it } from 'vitest';
import { archiveAfterRefusal, archiveVaultRefusal, archivingRefusal } from './archive-rules';

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
    expect(archiveAfterRefusal(89, 30)).toMatch(
      /at least 90 days: 30 in the standard tier and 60 in the archive/,
    );
  });
});

describe('archiving by hand', () => {
  const now = new Date('2026-06-30T12:00:00Z');
  const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
  const vault = { kind: 'standard', lockedAt: null } as const;
  const point = { tier: 'standard', createdAt: days(-30), expiresAt: days(60), archiveAt: null } as const;

  it('is allowed from the thirtieth day on, up to sixty days before the end', () => {
    expect(archivingRefusal(vault, point, now)).toBe(null);
  });

  it.each([
    ['too_young_to_archive', vault, { ...point, createdAt: days(-29) }, 'from 2026-07-01 on'],
    ['too_late_to_archive', vault, { ...point, expiresAt: days(59) }, 'expires on 2026-08-28'],
    ['already_archived', vault, { ...point, tier: 'archive' as const }, 'in the archive already'],
    ['archiving_under_way', vault, { ...point, archiveAt: days(-1) }, 'on its way'],
    ['replica_follows_source', { ...vault, kind: 'replication_target' as const }, point, 'This is a copy'],
    ['kind_without_archiving', { ...vault, kind: 'database' as const }, point, 'standard vaults'],
  ])('is refused with %s', (reason, of, what, words) => {
    const refusal = archivingRefusal(of, what, now);
    expect(refusal).toMatchObject({ code: 'not_eligible', reason });
    expect(refusal!.message).toContain(words);
  });

  it('says of a young point that it expires before it could be archived', () => {
    const refusalOf = (expiresAt: Date) =>
      archivingRefusal(vault, { ...point, createdAt: days(-1), expiresAt }, now)?.message;
    expect(refusalOf(days(88))).toMatch(/from 2026-07-29 on\. .* 60 days, but it expires on 2026-09-26\.$/);
    expect(refusalOf(days(89))).toMatch(/from 2026-07-29 on\.$/);
  });

  it('moves nothing out of a locked vault, but archives inside it', () => {
    const locked = { ...vault, lockedAt: days(-5) };
    expect(archivingRefusal(locked, point, now)).toBe(null);
    expect(archivingRefusal(locked, point, now, true)).toMatchObject({ code: 'locked' });
  });

  it('may come before the date that a policy set', () => {
    expect(archivingRefusal(vault, { ...point, archiveAt: days(5) }, now)).toBe(null);
  });
});

describe('an archive vault', () => {
  const from = { region: 'eu-west-1', encryption: 'service' } as const;
  const to = { id: 'v-1', kind: 'archive', status: 'created', ...from } as const;

  it('takes points of its own region and encryption method', () => {
    expect(archiveVaultRefusal(from, to)).toBe(null);
  });

  it.each([
    [{ ...to, kind: 'standard' as const }, /Choose an archive vault/],
    [{ ...to, region: 'cn-hangzhou' }, /same region/],
    [{ ...to, encryption: 'kms' as const }, /same encryption method/],
    [{ ...to, status: 'initializing' }, /not ready/],
  ])('refuses %o', (vault, words) => {
    expect(archiveVaultRefusal(from, vault)).toMatch(words);
  });
});
