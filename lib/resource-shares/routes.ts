import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { addPrincipal } from './add-principal';
import { acceptInvitation, rejectInvitation } from './answer-invitation';
import { cancelInvitation } from './cancel-invitation';
import { checkPrincipal } from './check-principal';
import { deleteResourceShare } from './delete-resource-share';
import { listInvitations } from './list-invitations';
import { getResourceShare, listResourceShares } from './list-resource-shares';
import { CheckedPrincipal, Invitation, ResourceShare } from './schemas';
import { shareVault } from './share-vault';

const shares = { tag: 'resource shares', response: ResourceShare };
const invitations = { tag: 'invitations', response: Invitation };

export const routes: Route[] = [
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
    summary: 'Invite an account to a resource share',
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
