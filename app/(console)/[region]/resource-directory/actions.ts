'use server';

import { action } from '@/lib/api/action';
import {
  acceptDirectoryInvitation,
  cancelDirectoryInvitation,
  createFolder,
  createMember,
  declineDirectoryInvitation,
  deleteFolder,
  disableDirectory,
  enableDirectory,
  enableDirectorySharing,
  inviteMember,
  moveMember,
  removeMember,
  renameFolder,
} from '@/lib/directory';

export const acceptDirectoryInvitationAction = action(acceptDirectoryInvitation);
export const cancelDirectoryInvitationAction = action(cancelDirectoryInvitation);
export const createFolderAction = action(createFolder);
export const createMemberAction = action(createMember);
export const declineDirectoryInvitationAction = action(declineDirectoryInvitation);
export const deleteFolderAction = action(deleteFolder);
export const disableDirectoryAction = action(disableDirectory);
export const enableDirectoryAction = action(enableDirectory);
export const enableDirectorySharingAction = action(enableDirectorySharing);
export const inviteMemberAction = action(inviteMember);
export const moveMemberAction = action(moveMember);
export const removeMemberAction = action(removeMember);
export const renameFolderAction = action(renameFolder);
