import { describe, expect, test } from 'vitest';
import {
  answeredAlready,
  directoryInvitationExpiry,
  disablingRefusal,
  effectiveStatus,
  folderDeletionRefusal,
  folderPath,
  foldersWithin,
  membersWithin,
  nestingRefusal,
  sharingUse,
} from './rules';
import type { Directory } from './schemas';

const now = new Date('2026-05-01T12:00:00Z');
const folder = (id: string, parentId: string | null, depth: number) => ({ id, parentId, name: id, depth });
const member = (accountId: string, folderId: string | null) => ({
  accountId,
  name: accountId,
  folderId,
  joinedBy: folderId === null ? ('management' as const) : ('invited' as const),
  joinedAt: now.toISOString(),
});
const tree = {
  folders: [
    folder('root', null, 0),
    folder('units', 'root', 1),
    folder('retail', 'units', 2),
    folder('it', 'root', 1),
  ],
  members: [member('m', null), member('a', 'retail'), member('b', 'units'), member('c', 'root')],
};

describe('an invitation into a directory', () => {
  test('lives for fourteen days and is over at its expiry', () => {
    const expiresAt = directoryInvitationExpiry(now);
    expect(expiresAt.toISOString()).toBe('2026-05-15T12:00:00.000Z');
    expect(effectiveStatus({ status: 'pending', expiresAt }, new Date(expiresAt.getTime() - 1))).toBe(
      'pending',
    );
    expect(effectiveStatus({ status: 'pending', expiresAt }, expiresAt)).toBe('expired');
    expect(effectiveStatus({ status: 'declined', expiresAt }, expiresAt)).toBe('declined');
  });

  test.each([
    ['accepted', 'state_conflict'],
    ['declined', 'state_conflict'],
    ['cancelled', 'state_conflict'],
    ['expired', 'expired'],
  ] as const)('that is %s says so to the one who comes second', (status, code) => {
    expect(answeredAlready(status)).toMatchObject({ code });
  });
});

describe('folders', () => {
  test('nest five levels below the root', () => {
    expect([0, 4, 5].map((depth) => nestingRefusal({ depth }) === null)).toEqual([true, true, false]);
  });

  test('are deleted only when nothing is in them', () => {
    expect(folderDeletionRefusal(tree, 'root')).toContain('root cannot be deleted');
    expect(folderDeletionRefusal(tree, 'units')).toContain('holds folders');
    expect(folderDeletionRefusal(tree, 'retail')).toContain('holds members');
    expect(folderDeletionRefusal(tree, 'it')).toBeNull();
  });

  test('are told by the names from the root', () => {
    expect(folderPath(tree.folders, 'retail')).toEqual(['root', 'units', 'retail']);
    expect(folderPath(tree.folders, null)).toEqual([]);
  });

  test('mean all that lies in them, in whatever order they come', () => {
    expect([...foldersWithin([...tree.folders].reverse(), 'units')].sort()).toEqual(['retail', 'units']);
    const names = (id: string) => membersWithin(tree, id, 'rd').map(({ accountId }) => accountId);
    expect(names('units')).toEqual(['a', 'b']);
    expect(names('it')).toEqual([]);
    expect(names('rd')).toEqual(['a', 'b', 'c']);
  });
});

test('a directory is disabled only when it is empty', () => {
  const empty = { folders: [folder('root', null, 0)], members: [member('m', null)] };
  expect(disablingRefusal(empty, 0)).toBeNull();
  expect(disablingRefusal(empty, 1)).toContain('open invitations');
  expect(disablingRefusal({ ...empty, folders: tree.folders }, 0)).toContain('folders');
  expect(disablingRefusal(tree, 0)).toContain('members');
});

test('sharing without invitations needs a directory and its management account’s leave, and says how to get them', () => {
  const directory: Pick<Directory, 'id' | 'sharingEnabledAt' | 'management' | 'role'> = {
    id: 'rd-1',
    sharingEnabledAt: null,
    management: { accountId: '1', name: 'Group IT' },
    role: 'member',
  };
  expect(sharingUse(null)).toMatchObject({ isUsable: false, reason: 'no_directory' });
  expect(sharingUse(directory)).toMatchObject({
    reason: 'sharing_not_enabled',
    explanation: expect.stringContaining('Group IT'),
  });
  expect(sharingUse({ ...directory, role: 'management' })).toMatchObject({ reason: 'sharing_not_enabled' });
  expect(sharingUse({ ...directory, sharingEnabledAt: now.toISOString() })).toEqual({
    isUsable: true,
    directoryId: 'rd-1',
  });
});
