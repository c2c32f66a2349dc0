import { z } from 'zod';
import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import {
  acceptDirectoryInvitation,
  cancelDirectoryInvitation,
  declineDirectoryInvitation,
} from './answer-invitation';
import { createFolder } from './create-folder';
import { createMember } from './create-member';
import { deleteFolder } from './delete-folder';
import { disableDirectory } from './disable-directory';
import { enableDirectory } from './enable-directory';
import { enableDirectorySharing } from './enable-sharing';
import { getDirectory } from './get-directory';
import { inviteMember } from './invite-member';
import { listDirectoryInvitations } from './list-invitations';
import { moveMember } from './move-member';
import { previewMemberChange } from './preview-member-change';
import { removeMember } from './remove-member';
import { renameFolder } from './rename-folder';
import {
  CreatedMember,
  Directory,
  DirectoryFolder,
  DirectoryInvitation,
  DirectoryMember,
  MemberChangePreview,
  OwnDirectory,
} from './schemas';

const tag = 'resource directory';
const onlyId = z.object({ id: z.string() });

const ofDirectory: Route[] = [
  route({
    method: 'GET',
    path: '/directory',
    tag,
    summary: 'Get the resource directory of the account',
    description: 'Folders and accounts by name and id; null when the account is in none.',
    verb: getDirectory,
    response: OwnDirectory,
  }),
  route({
    method: 'POST',
    path: '/directory',
    tag,
    summary: 'Enable a resource directory',
    description: 'The account becomes its management account.',
    status: 201,
    verb: enableDirectory,
    response: Directory,
  }),
  route({
    method: 'POST',
    path: '/directory/enable-sharing',
    tag,
    summary: 'Enable sharing with the resource directory',
    verb: enableDirectorySharing,
    response: Directory,
  }),
  route({
    method: 'DELETE',
    path: '/directory',
    tag,
    summary: 'Disable an empty resource directory',
    description: '`confirm` is the id of the directory.',
    verb: disableDirectory,
    response: onlyId,
  }),
];

const ofFolders: Route[] = [
  route({
    method: 'POST',
    path: '/directory/folders',
    tag,
    summary: 'Create a folder',
    description: 'Up to five levels below the root.',
    status: 201,
    verb: createFolder,
    response: DirectoryFolder,
  }),
  route({
    method: 'PATCH',
    path: '/directory/folders/{id}',
    tag,
    summary: 'Rename a folder',
    verb: renameFolder,
    response: DirectoryFolder,
  }),
  route({
    method: 'DELETE',
    path: '/directory/folders/{id}',
    tag,
    summary: 'Delete an empty folder',
    verb: deleteFolder,
    response: onlyId,
  }),
];

const ofMembers: Route[] = [
  route({
    method: 'POST',
    path: '/directory/members',
    tag,
    summary: 'Create an account inside the directory',
    description: "The first administrator's password is shown in this answer only.",
    status: 201,
    verb: createMember,
    response: CreatedMember,
  }),
  route({
    method: 'POST',
    path: '/directory/members/{accountId}/move',
    tag,
    summary: 'Move a member to another folder',
    verb: moveMember,
    response: DirectoryMember,
  }),
  route({
    method: 'GET',
    path: '/directory/members/{accountId}/preview',
    tag,
    summary: 'Tell which replications a move or a removal would pause',
    description: 'With `folderId` for a move, without for a removal.',
    verb: previewMemberChange,
    response: MemberChangePreview,
  }),
  route({
    method: 'DELETE',
    path: '/directory/members/{accountId}',
    tag,
    summary: 'Remove a member',
    description: '`confirm` is the name of the account. What was shared inside the directory ends at once.',
    verb: removeMember,
    response: DirectoryMember,
  }),
];

const answers = { tag, response: DirectoryInvitation };
const ofInvitations: Route[] = [
  route({
    method: 'GET',
    path: '/directory/invitations',
    tag,
    summary: 'List directory invitations received or sent',
    verb: listDirectoryInvitations,
    response: listOf(DirectoryInvitation),
  }),
  route({
    ...answers,
    method: 'POST',
    path: '/directory/invitations',
    summary: 'Invite an account into the directory',
    status: 201,
    verb: inviteMember,
  }),
  route({
    ...answers,
    method: 'POST',
    path: '/directory/invitations/{id}/accept',
    summary: 'Join the directory of an invitation',
    verb: acceptDirectoryInvitation,
  }),
  route({
    ...answers,
    method: 'POST',
    path: '/directory/invitations/{id}/decline',
    summary: 'Decline a directory invitation',
    verb: declineDirectoryInvitation,
  }),
  route({
    ...answers,
    method: 'POST',
    path: '/directory/invitations/{id}/cancel',
    summary: 'Cancel a directory invitation that was sent',
    verb: cancelDirectoryInvitation,
  }),
];

export const routes: Route[] = [...ofDirectory, ...ofFolders, ...ofMembers, ...ofInvitations];
