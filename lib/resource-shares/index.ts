export { addPrincipal } from './add-principal';
export { acceptInvitation, rejectInvitation } from './answer-invitation';
export { cancelInvitation } from './cancel-invitation';
export { checkPrincipal } from './check-principal';
export { deleteResourceShare } from './delete-resource-share';
export { listInvitations } from './list-invitations';
export { getResourceShare, listResourceShares } from './list-resource-shares';
export { shareVault } from './share-vault';
