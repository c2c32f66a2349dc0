import { CrossvaultError } from '@/lib/errors';
import type { Directory, DirectoryFolder, DirectoryInvitation } from './schemas';

export const directoryInvitationDays = 14;
/** Levels of folders below the root. */
export const maximumDepth = 5;

type Tree = Pick<Directory, 'folders' | 'members'>;
type InvitationStatus = DirectoryInvitation['status'];

export function directoryInvitationExpiry(now: Date): Date {
  return new Date(now.getTime() + directoryInvitationDays * 86_400_000);
}

/** An open invitation is over at its expiry, whether or not anyone has written that down yet. */
export function effectiveStatus(
  invitation: { status: InvitationStatus; expiresAt: Date },
  now: Date,
): InvitationStatus {
  return invitation.status === 'pending' && invitation.expiresAt <= now ? 'expired' : invitation.status;
}

/** Why no folder can be made inside this one, or null. */
export function nestingRefusal(parent: Pick<DirectoryFolder, 'depth'>): string | null {
  return parent.depth < maximumDepth
    ? null
    : `Folders nest ${maximumDepth} levels deep. Choose a folder further up.`;
}

/** Why a folder cannot be deleted, or null. */
export function folderDeletionRefusal(tree: Tree, folderId: string): string | null {
  const folder = tree.folders.find(({ id }) => id === folderId);
  if (folder?.parentId === null) return 'The root cannot be deleted. It goes with the directory.';
  if (tree.folders.some(({ parentId }) => parentId === folderId)) {
    return 'It holds folders. Delete them first.';
  }
  const members = tree.members.filter((member) => member.folderId === folderId).length;
  return members > 0 ? 'It holds members. Move them to another folder first.' : null;
}

/** Why the directory cannot be disabled, or null. */
export function disablingRefusal(tree: Tree, openInvitations: number): string | null {
  if (tree.members.some(({ joinedBy }) => joinedBy !== 'management')) {
    return 'It has members. Remove them first.';
  }
  if (tree.folders.some(({ parentId }) => parentId !== null)) return 'It has folders. Delete them first.';
  return openInvitations > 0 ? 'It has open invitations. Cancel them first.' : null;
}

/** What the one who comes second is told. */
export function answeredAlready(status: Exclude<InvitationStatus, 'pending'>): CrossvaultError {
  if (status === 'expired') {
    return new CrossvaultError(
      'expired',
      `This invitation expired after ${directoryInvitationDays} days. Ask for a new one.`,
      { reason: 'invitation_expired' },
    );
  }
  const words = {
    accepted: 'This invitation has been accepted already.',
    declined: 'This invitation has been declined. Ask for a new one.',
    cancelled: 'This invitation was withdrawn. Ask for a new one.',
  };
  return new CrossvaultError('state_conflict', words[status], { reason: `already_${status}` });
}

/** The names from the root to a folder. */
export function folderPath(folders: readonly DirectoryFolder[], folderId: string | null): string[] {
  const names: string[] = [];
  let at = folders.find(({ id }) => id === folderId);
  while (at) {
    names.unshift(at.name);
    const { parentId } = at;
    at = parentId === null ? undefined : folders.find(({ id }) => id === parentId);
  }
  return names;
}

/** A folder with all that lie in it. */
export function foldersWithin(folders: readonly DirectoryFolder[], folderId: string): Set<string> {
  const within = new Set([folderId]);
  // Parents come before their children when sorted by depth.
  for (const folder of [...folders].sort((a, b) => a.depth - b.depth)) {
    if (folder.parentId !== null && within.has(folder.parentId)) within.add(folder.id);
  }
  return within;
}

/** The members that a directory or folder as principal means: the management account stands beside the tree. */
export function membersWithin(tree: Tree, principalId: string, directoryId: string) {
  const within = principalId === directoryId ? null : foldersWithin(tree.folders, principalId);
  return tree.members.filter(
    ({ folderId }) => folderId !== null && (within === null || within.has(folderId)),
  );
}

export type DirectoryUse =
  | { isUsable: true; directoryId: string }
  | { isUsable: false; reason: 'no_directory' | 'sharing_not_enabled'; explanation: string };

/** Whether shares can reach into a directory without invitations, and if not, why and the way out. */
export function sharingUse(
  directory: Pick<Directory, 'id' | 'sharingEnabledAt' | 'management' | 'role'> | null,
): DirectoryUse {
  if (!directory) {
    return {
      isUsable: false,
      reason: 'no_directory',
      explanation:
        'This account is in no resource directory. Enable one under Resource directory, or accept the invitation of another account.',
    };
  }
  if (directory.sharingEnabledAt !== null) return { isUsable: true, directoryId: directory.id };
  return {
    isUsable: false,
    reason: 'sharing_not_enabled',
    explanation:
      directory.role === 'management'
        ? 'Sharing with the resource directory is not enabled. Enable it under Resource directory.'
        : `Sharing with the resource directory is not enabled. Its management account, ${directory.management.name}, enables it.`,
  };
}
