export {
  acceptDirectoryInvitation,
  cancelDirectoryInvitation,
  declineDirectoryInvitation,
} from './answer-invitation';
export { createFolder } from './create-folder';
export { createMember } from './create-member';
export { deleteFolder } from './delete-folder';
export { disableDirectory } from './disable-directory';
export { enableDirectory } from './enable-directory';
export { enableDirectorySharing } from './enable-sharing';
export { getDirectory } from './get-directory';
export { findDirectory } from './internal';
export { inviteMember } from './invite-member';
export { listDirectoryInvitations } from './list-invitations';
export { moveMember } from './move-member';
export { previewMemberChange } from './preview-member-change';
export { removeMember } from './remove-member';
export { renameFolder } from './rename-folder';
export { sharingUse } from './rules';
