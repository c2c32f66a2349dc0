import { describe, expect, test } from 'vitest';
import {
  cutMiddle,
  formatBothClocks,
  formatBytes,
  formatCount,
  formatDate,
  formatDuration,
  formatExactBytes,
  formatLag,
  formatPercent,
  formatRate,
  formatRelative,
  formatTime,
  formatTimeLeft,
  formatUtc,
  plural,
} from './format';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

describe('sizes', () => {
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [0.2, '1 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [200 * MiB, '200 MiB'],
    [1023.97 * 1024, '1.0 MiB'],
    [99.94 * MiB, '99.9 MiB'],
    [99.96 * MiB, '100 MiB'],
    [1.2 * GiB, '1.2 GiB'],
    [5 * 1024 ** 6, '5.0 EiB'],
    [-3 * MiB, '−3.0 MiB'],
  ])('%d bytes read as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test('a size beyond the safe integers is accepted as a bigint', () => {
    expect(formatBytes(2n ** 60n)).toBe('1.0 EiB');
    expect(formatExactBytes(2n ** 60n)).toBe('1,152,921,504,606,846,976 bytes');
  });

  test('the exact size names a single byte in the singular', () => {
    expect(formatExactBytes(1)).toBe('1 byte');
    expect(formatExactBytes(1234567)).toBe('1,234,567 bytes');
  });

  test('a rate is a size for each second', () => {
    expect(formatRate(12.4 * MiB)).toBe('12.4 MiB/s');
  });
});

describe('spans and times', () => {
  test.each([
    [0, 'under 1 s'],
    [45.9, '45 s'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '1 h'],
    [4350, '1 h 12 min'],
    [86_400, '1 d'],
    [273_600, '3 d 4 h'],
    [-5, 'under 1 s'],
  ])('%d seconds read as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test('the time left is marked as an estimate', () => {
    expect(formatTimeLeft(245)).toBe('about 4 min left');
    expect(formatTimeLeft(0.4)).toBe('almost done');
  });

  const now = new Date('2026-01-12T14:03:22Z');
  test.each([
    ['2026-01-12T14:03:20Z', 'just now'],
    ['2026-01-12T14:03:27Z', 'just now'],
    ['2026-01-12T13:59:00Z', '4 min ago'],
    ['2026-01-12T01:50:00Z', '12 h ago'],
    ['2026-01-15T16:03:22Z', 'in 3 d'],
  ])('%s is %s', (at, text) => {
    expect(formatRelative(new Date(at), now)).toBe(text);
  });

  test('a moment is written in the zone asked for', () => {
    expect(formatTime(now, 'Europe/Madrid')).toBe('12 Jan 2026, 15:03');
    expect(formatDate(new Date('2026-01-12T23:30:00Z'), 'Asia/Shanghai')).toBe('13 Jan 2026');
    expect(formatUtc(now)).toBe('2026-01-12 14:03:22 UTC');
    expect(formatBothClocks(now, 'Asia/Shanghai')).toContain('22:03:22');
    expect(formatBothClocks(now, 'Asia/Shanghai')).toContain('2026-01-12 14:03:22 UTC');
  });
});

describe('counts and shares', () => {
  test('counts are grouped and agree with their noun', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect(plural(1, 'file')).toBe('1 file');
    expect(plural(0, 'entry', 'entries')).toBe('0 entries');
  });

  test.each([
    [0, '0 %'],
    [0.004, '<1 %'],
    [0.429, '42 %'],
    [0.9968, '99.6 %'],
    [0.9999, '99.9 %'],
    [1, '100 %'],
    [1.3, '100 %'],
  ])('a share of %d reads as %s', (fraction, text) => {
    expect(formatPercent(fraction)).toBe(text);
  });
});

describe('lag', () => {
  test('lag names time, points and bytes', () => {
    expect(formatLag({ seconds: 245, points: 2, bytes: 1.2 * GiB })).toBe(
      '4 min behind · 2 points · 1.2 GiB',
    );
  });

  test('nothing missing is up to date', () => {
    expect(formatLag({ seconds: 0, points: 0, bytes: 0 })).toBe('Up to date');
  });
});

describe('ids', () => {
  test('the middle is cut and the ends are kept', () => {
    expect(cutMiddle('v-0003rf9m17pap3ltpqx5')).toBe('v-0003rf…pqx5');
  });

  test('a short id stays whole', () => {
    expect(cutMiddle('v-0003rf9m')).toBe('v-0003rf9m');
  });
});
