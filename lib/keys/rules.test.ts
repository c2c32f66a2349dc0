import { describe, expect, test } from 'vitest';
import { deletionDate, planDeletion } from './rules';
import { type KmsKey, keyTrouble, vaultTrouble } from './schemas';

const start = new Date('2026-03-01T09:00:00Z');
const deletionAt = deletionDate(start, 30);
const later = (days: number) => new Date(start.getTime() + days * 86_400_000);

describe('a key that waits for its deletion', () => {
  test('is warned of a week and a day before, once each, and destroyed at its time', () => {
    const calendar = [0, 22, 23, 24, 28, 29, 29.5, 30, 31].map((day) => {
      const told = day < 23 ? 0 : day === 23 ? 0 : day < 29 ? 1 : day === 29 ? 1 : 2;
      return [day, planDeletion({ deletionAt, told }, later(day))];
    });
    expect(calendar).toEqual([
      [0, null],
      [22, null],
      [23, { kind: 'warn', told: 1 }],
      [24, null],
      [28, null],
      [29, { kind: 'warn', told: 2 }],
      [29.5, null],
      [30, { kind: 'destroy' }],
      [31, { kind: 'destroy' }],
    ]);
  });

  test('gets the last warning only after a pause that missed both', () => {
    expect(planDeletion({ deletionAt, told: 0 }, later(29.5))).toEqual({ kind: 'warn', told: 2 });
  });
});

test.each<[KmsKey['state'], string]>([
  ['creating', 'Wait a moment.'],
  ['disabled', 'Enable the key under Keys'],
  ['scheduled', 'Cancel the deletion under Keys'],
  ['destroyed', 'A second copy under another key still can'],
])('a vault under a key that is %s says the way out', (state, wayOut) => {
  expect(vaultTrouble('ledger', 'alias/books', { state, deletionAt })).toContain(wayOut);
});

test('an enabled key is no trouble', () => {
  expect(keyTrouble({ state: 'enabled', deletionAt: null })).toBeNull();
});
