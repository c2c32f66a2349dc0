import { describe, expect, test } from 'vitest';
import { deletionRefusal, replicatedState } from './rules';

const now = new Date('2026-05-01T12:00:00Z');
const later = new Date('2026-05-02T12:00:00Z');
const vault = { kind: 'standard', lockedAt: null, isReplicating: false } as const;

describe('deleting a point by hand', () => {
  test.each([
    ['of a standard vault', vault],
    ['of a standard vault that is replicated: the copy stays', { ...vault, isReplicating: true }],
    ['of a target whose replication has stopped', { ...vault, kind: 'replication_target' }],
  ] as const)('is allowed %s', (_, given) => {
    expect(deletionRefusal(given, { expiresAt: later }, now)).toBeNull();
  });

  test('is refused at a target while the replication runs', () => {
    const target = { ...vault, kind: 'replication_target', isReplicating: true } as const;
    expect(deletionRefusal(target, { expiresAt: later }, now)).toMatchObject({
      reason: 'replication_active',
    });
  });

  test('is refused under a lock until the very moment of expiry', () => {
    const locked = { ...vault, lockedAt: now };
    expect(deletionRefusal(locked, { expiresAt: new Date(now.getTime() + 1) }, now)).toMatchObject({
      code: 'locked',
    });
    expect(deletionRefusal(locked, { expiresAt: now }, now)).toBeNull();
  });
});

test.each([
  [null, null, 'not_applicable'],
  ['active', null, 'pending'],
  ['active', 'pending', 'pending'],
  ['active', 'copied', 'yes'],
  ['active', 'skipped', 'no'],
  ['active', 'expired', 'no'],
  ['stopped', 'copied', 'yes'],
  ['stopped', 'pending', 'no'],
  ['stopped', null, 'no'],
] as const)(
  'a point of a vault with replication %s and copy %s counts as replicated: %s',
  (state, copy, expected) => {
    expect(replicatedState(state && { state }, copy && { state: copy })).toBe(expected);
  },
);
