import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { addPrincipal } from './add-principal';
import { addShareKeys } from './add-share-keys';
import { addShareVaults } from './add-share-vaults';
import { acceptInvitation, rejectInvitation } from './answer-invitation';
import { cancelInvitation } from './cancel-invitation';
import { checkPrincipal } from './check-principal';
import { deleteResourceShare } from './delete-resource-share';
import { leaveShare } from './leave-share';
import { listInvitations } from './list-invitations';
import { getResourceShare, listResourceShares } from './list-resource-shares';
import { previewLeave, previewShareChange } from './preview-share-change';
import { listReceivedShares } from './received-shares';
import { removePrincipal } from './remove-principal';
import { removeShareKey } from './remove-share-key';
import { removeShareVault } from './remove-share-vault';
import { renameResourceShare } from './rename-resource-share';
import { CheckedPrincipal, Invitation, ReceivedShare, ResourceShare, SharePreview } from './schemas';
import { shareKey } from './share-key';
import { shareVault } from './share-vault';

const shares = { tag: 'resource shares', response: ResourceShare };
const invitations = { tag: 'invitations', response: Invitation };

const ofShares: Route[] = [
  route({
    ...shares,
    method: 'GET',
    path: '/resource-shares',
    summary: 'List the resource shares of the account',
    verb: listResourceShares,
    response: listOf(ResourceShare),
  }),
  route({
    ...shares,
    method: 'GET',
    path: '/resource-shares/{id}',
    summary: 'Get a resource share',
    verb: getResourceShare,
  }),
  route({
    ...shares,
    method: 'POST',
    path: '/resource-shares',
    summary: 'Put a vault into a new or an existing resource share',
    verb: shareVault,
    status: 201,
  }),
  route({
    ...shares,
    method: 'POST',
    path: '/resource-shares/{shareId}/principals',
    summary: 'Add a principal to a resource share',
    description: 'An account outside the directory is invited; inside it access begins at once.',
    verb: addPrincipal,
    status: 201,
  }),
  route({
    ...shares,
    method: 'DELETE',
    path: '/resource-shares/{id}',
    summary: 'Delete a resource share',
    description: 'Ends access at once. Running replications into its vaults stand still; copies stay.',
    verb: deleteResourceShare,
  }),
  route({
    tag: 'resource shares',
    method: 'GET',
    path: '/principals/{accountId}',
    summary: 'Get the name behind an account UID',
    verb: checkPrincipal,
    response: CheckedPrincipal,
  }),
];

const ofAssociations: Route[] = [
  route({
    ...shares,
    method: 'PATCH',
    path: '/resource-shares/{id}',
    summary: 'Rename a resource share',
    verb: renameResourceShare,
  }),
  route({
    ...shares,
    method: 'POST',
    path: '/resource-shares/{shareId}/vaults',
    summary: 'Put up to five vaults into a resource share',
    verb: addShareVaults,
  }),
  route({
    ...shares,
    method: 'DELETE',
    path: '/resource-shares/{shareId}/vaults/{vaultId}',
    summary: 'Take a vault out of a resource share',
    verb: removeShareVault,
  }),
  route({
    ...shares,
    method: 'POST',
    path: '/keys/{keyId}/resource-shares',
    summary: 'Put a KMS key into a new or an existing resource share',
    description:
      'Its principals may have backups opened with the key that were shared with them under it, as by a key grant.',
    verb: shareKey,
    status: 201,
  }),
  route({
    ...shares,
    method: 'POST',
    path: '/resource-shares/{shareId}/keys',
    summary: 'Put up to five KMS keys into a resource share',
    verb: addShareKeys,
  }),
  route({
    ...shares,
    method: 'DELETE',
    path: '/resource-shares/{shareId}/keys/{keyId}',
    summary: 'Take a KMS key out of a resource share',
    description: 'Shared backups under it that are still to be copied wait until it is shared again.',
    verb: removeShareKey,
  }),
  route({
    ...shares,
    method: 'DELETE',
    path: '/resource-shares/{shareId}/principals/{type}/{id}',
    summary: 'Remove a principal from a resource share',
    description: 'Its access ends at once, and replications that rest on it stand still.',
    verb: removePrincipal,
  }),
  route({
    ...shares,
    method: 'GET',
    path: '/resource-shares/{id}/preview',
    summary: 'Tell which replications and shared backups a change would pause',
    description:
      'With a vault, a key or a principal when that is taken out, with none when the share is deleted.',
    verb: previewShareChange,
    response: SharePreview,
  }),
];

const received = { tag: 'received shares', response: ReceivedShare };
const ofReceived: Route[] = [
  route({
    ...received,
    method: 'GET',
    path: '/received-shares',
    summary: 'List the resource shares that reach the account',
    verb: listReceivedShares,
    response: listOf(ReceivedShare),
  }),
  route({
    ...received,
    method: 'GET',
    path: '/received-shares/{id}/preview',
    summary: 'Tell what leaving a share would pause',
    verb: previewLeave,
    response: SharePreview,
  }),
  route({
    ...received,
    method: 'POST',
    path: '/received-shares/{id}/leave',
    summary: 'Leave a resource share',
    description:
      'For an account that accepted it from outside the directory. `confirm` is the name of the share.',
    verb: leaveShare,
  }),
];

const ofInvitations: Route[] = [
  route({
    ...invitations,
    method: 'GET',
    path: '/invitations',
    summary: 'List invitations received or sent',
    verb: listInvitations,
    response: listOf(Invitation),
  }),
  route({
    ...invitations,
    method: 'POST',
    path: '/invitations/{id}/accept',
    summary: 'Accept an invitation',
    verb: acceptInvitation,
  }),
  route({
    ...invitations,
    method: 'POST',
    path: '/invitations/{id}/reject',
    summary: 'Reject an invitation',
    verb: rejectInvitation,
  }),
  route({
    ...invitations,
    method: 'POST',
    path: '/invitations/{id}/cancel',
    summary: 'Cancel an invitation that was sent',
    verb: cancelInvitation,
  }),
];

export const routes: Route[] = [...ofShares, ...ofAssociations, ...ofReceived, ...ofInvitations];
