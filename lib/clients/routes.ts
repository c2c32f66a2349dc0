import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { createEnrolmentToken } from './create-enrolment-token';
import { getClient, listClients } from './list-clients';
import { revokeClient } from './revoke-client';
import { BackupClient, CreatedEnrolmentToken } from './schemas';
import { updateClient } from './update-client';

const clients = { tag: 'clients', response: BackupClient };

export const routes: Route[] = [
  route({
    ...clients,
    method: 'GET',
    path: '/clients',
    summary: 'List backup clients',
    verb: listClients,
    response: listOf(BackupClient),
  }),
  route({
    ...clients,
    method: 'GET',
    path: '/clients/{id}',
    summary: 'Get a backup client',
    verb: getClient,
  }),
  route({
    ...clients,
    method: 'PATCH',
    path: '/clients/{id}',
    summary: 'Rename a backup client or change its connection',
    verb: updateClient,
  }),
  route({
    ...clients,
    method: 'POST',
    path: '/clients/{id}/revoke',
    summary: 'Revoke a backup client',
    description: 'Its credential stops working and its open jobs fail. Its backup points stay.',
    verb: revokeClient,
  }),
  route({
    tag: 'clients',
    method: 'POST',
    path: '/enrolment-tokens',
    summary: 'Create a token that enrols one host within the hour',
    verb: createEnrolmentToken,
    response: CreatedEnrolmentToken,
    status: 201,
  }),
];
