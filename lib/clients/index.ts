export { createEnrolmentToken } from './create-enrolment-token';
export { ensureRegionClient } from './ensure-region-client';
export {
  type ClientIdentity,
  type ClientRow,
  clientContext,
  type EngineDoor,
  isHost,
  requireClient,
} from './internal';
export { getClient, listClients } from './list-clients';
export { authenticateClient, credentialRefused, recordHeartbeat } from './record-heartbeat';
export { redeemEnrolmentToken } from './redeem-enrolment-token';
export { revokeClient } from './revoke-client';
export { clientStatus, isOnline, onlineSeconds } from './rules';
export { hashSecret, newSecret } from './secrets';
export { updateClient } from './update-client';
