import { describe, expect, test } from 'vitest';
import { answeredAlready, effectiveStatus, invitationExpiry, sharingRefusal } from './rules';

const now = new Date('2026-05-01T12:00:00Z');

describe('an invitation', () => {
  test('lives for seven days', () => {
    expect(invitationExpiry(now).toISOString()).toBe('2026-05-08T12:00:00.000Z');
  });

  test.each([
    ['pending', -1, 'expired'],
    ['pending', 0, 'expired'],
    ['pending', 1, 'pending'],
    ['accepted', -1, 'accepted'],
    ['rejected', -1, 'rejected'],
    ['cancelled', -1, 'cancelled'],
  ] as const)('%s with %i ms left counts as %s', (status, left, expected) => {
    expect(effectiveStatus({ status, expiresAt: new Date(now.getTime() + left) }, now)).toBe(expected);
  });

  test.each([
    ['accepted', 'state_conflict', 'already_accepted'],
    ['rejected', 'state_conflict', 'already_rejected'],
    ['cancelled', 'state_conflict', 'already_cancelled'],
    ['failed', 'state_conflict', 'acceptance_failed'],
    ['expired', 'expired', 'invitation_expired'],
  ] as const)('that is %s tells the next one who answers so', (status, code, reason) => {
    expect(answeredAlready(status)).toMatchObject({ code, reason });
  });
});

describe('a vault', () => {
  test('of kind replication target can be shared in every state but deleting', () => {
    for (const status of ['initializing', 'created', 'error'] as const) {
      expect(sharingRefusal({ kind: 'replication_target', status })).toBeNull();
    }
    expect(sharingRefusal({ kind: 'replication_target', status: 'deleting' })).toMatchObject({
      reason: 'vault_deleting',
    });
  });

  test('of kind standard is refused with what to do instead', () => {
    const refusal = sharingRefusal({ kind: 'standard', status: 'created' });
    expect(refusal).toMatchObject({ code: 'not_eligible', reason: 'not_a_replication_target' });
    expect(refusal?.message).toContain('Create one');
  });
});
