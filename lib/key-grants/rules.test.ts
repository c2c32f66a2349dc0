import { describe, expect, it } from 'vitest';
import { checkGrantable, checkGrantee, checkRetirable, findCoveringGrant } from './rules';

const key = { id: 'key-1', alias: null, deletionAt: null };

describe('a key', () => {
  it.each(['creating', 'disabled', 'scheduled', 'destroyed'] as const)(
    'that is %s is not shared',
    (state) => {
      expect(() => checkGrantable({ ...key, state })).toThrow(
        expect.objectContaining({ code: 'key_unavailable', reason: `key_${state}` }),
      );
    },
  );

  it('that is enabled is shared, but not with its own account and not with nobody', () => {
    expect(() => checkGrantable({ ...key, state: 'enabled' })).not.toThrow();
    const own = { accountId: '1'.repeat(16) };
    expect(() => checkGrantee({ accountId: own.accountId, name: 'Me' }, own)).toThrow(
      expect.objectContaining({ reason: 'own_account' }),
    );
    expect(() => checkGrantee({ accountId: '', name: null }, own)).toThrow(
      expect.objectContaining({ reason: 'unknown_grantee' }),
    );
    expect(() => checkGrantee({ accountId: '2'.repeat(16), name: 'You' }, own)).not.toThrow();
  });

  it('is given back once', () => {
    expect(() => checkRetirable({ retiredAt: null })).not.toThrow();
    expect(() => checkRetirable({ retiredAt: new Date() })).toThrow(
      expect.objectContaining({ reason: 'grant_retired' }),
    );
  });
});

describe('a grant covers', () => {
  const grant = (projectId: string | null, status: 'active' | 'retired' = 'active') => ({
    key: { id: 'key-1', alias: null },
    grantee: { accountId: 'B', name: 'B', projectId },
    status,
  });
  const wanted = { keyId: 'key-1', accountId: 'B', projectId: 'p1' };

  it('every project of the account it names, or the one project it names', () => {
    expect(findCoveringGrant([grant(null)], wanted)).not.toBeNull();
    expect(findCoveringGrant([grant('p1')], wanted)).not.toBeNull();
    expect(findCoveringGrant([grant('p2')], wanted)).toBeNull();
  });

  it('nothing of another key or account, and nothing once retired', () => {
    expect(findCoveringGrant([grant(null)], { ...wanted, keyId: 'key-2' })).toBeNull();
    expect(findCoveringGrant([grant(null)], { ...wanted, accountId: 'C' })).toBeNull();
    expect(findCoveringGrant([grant(null, 'retired')], wanted)).toBeNull();
  });
});
