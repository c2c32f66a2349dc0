import { describe, expect, test } from 'vitest';
import {
  failedSentence,
  judgePrincipal,
  type PrincipalContext,
  type PrincipalFacts,
  principalStatus,
  reasonSentence,
} from './association';

const facts: PrincipalFacts = {
  external: true,
  isEnded: false,
  invitationStatus: 'pending',
  isSettled: true,
};

describe('the state of a principal with its share', () => {
  test.each([
    ['an open invitation', {}, 'associating'],
    ['an accepted invitation', { invitationStatus: 'accepted' }, 'associated'],
    ['a rejected invitation', { invitationStatus: 'rejected' }, 'failed'],
    ['an expired invitation', { invitationStatus: 'expired' }, 'failed'],
    ['an acceptance that failed', { invitationStatus: 'failed' }, 'failed'],
    ['a cancelled invitation', { invitationStatus: 'cancelled' }, 'disassociated'],
    ['nothing to answer inside the directory', { external: false, invitationStatus: null }, 'associated'],
    ['an end that the engine has not seen yet', { isEnded: true, isSettled: false }, 'disassociating'],
    ['an end', { isEnded: true, invitationStatus: 'accepted' }, 'disassociated'],
    [
      'an end inside the directory',
      { external: false, isEnded: true, invitationStatus: null },
      'disassociated',
    ],
  ] satisfies [string, Partial<PrincipalFacts>, string][])('with %s', (_title, given, expected) => {
    expect(principalStatus({ ...facts, ...given })).toBe(expected);
  });

  test('is explained in a sentence once there is something to explain', () => {
    expect(reasonSentence('owner_inactive', null)).toContain('suspended or closed');
    expect(reasonSentence(null, 'left_directory')).toContain('left the resource directory');
    expect(reasonSentence(null, null)).toBeNull();
    expect(failedSentence('expired')).toContain('7 days');
    expect(failedSentence('rejected')).toContain('rejected');
    expect(failedSentence('pending')).toBeNull();
  });
});

describe('who can be named in a share', () => {
  const inside: PrincipalContext = {
    ownerAccountId: '1000000000000001',
    scope: 'any_account',
    directory: {
      isUsable: true,
      id: 'rd-1',
      memberIds: new Set(['1000000000000001', '1000000000000002']),
      folderIds: new Set(['fd-1']),
    },
  };
  const without: PrincipalContext = {
    ...inside,
    directory: { isUsable: false, explanation: 'Enable a directory first.' },
  };
  const only: PrincipalContext = { ...inside, scope: 'directory_only' };
  const account = (id: string) => ({ type: 'account' as const, id });

  test('an account of the directory without an invitation, another with one', () => {
    expect(judgePrincipal(account('1000000000000002'), inside)).toEqual({ isFit: true, external: false });
    expect(judgePrincipal(account('1000000000000003'), inside)).toEqual({ isFit: true, external: true });
    expect(judgePrincipal(account('1000000000000002'), without)).toEqual({ isFit: true, external: true });
  });

  test('never the own account', () => {
    for (const context of [inside, without, only]) {
      expect(judgePrincipal(account('1000000000000001'), context)).toMatchObject({ isFit: false });
    }
  });

  test('nobody outside when the share is for the directory only', () => {
    expect(judgePrincipal(account('1000000000000002'), only)).toEqual({ isFit: true, external: false });
    expect(judgePrincipal(account('1000000000000003'), only)).toMatchObject({
      why: expect.stringContaining('not in the resource directory'),
    });
  });

  test('the own directory and its folders, and nothing of them without a usable directory', () => {
    for (const principal of [
      { type: 'directory', id: 'rd-1' },
      { type: 'folder', id: 'fd-1' },
    ] as const) {
      expect(judgePrincipal(principal, only)).toEqual({ isFit: true, external: false });
      expect(judgePrincipal(principal, without)).toEqual({ isFit: false, why: 'Enable a directory first.' });
    }
    expect(judgePrincipal({ type: 'directory', id: 'rd-2' }, inside)).toMatchObject({ isFit: false });
    expect(judgePrincipal({ type: 'folder', id: 'fd-2' }, inside)).toMatchObject({ isFit: false });
  });
});
