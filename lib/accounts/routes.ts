import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { createAccessKey } from './create-access-key';
import { getMe } from './get-me';
import { listAccessKeys } from './list-access-keys';
import { revokeAccessKey } from './revoke-access-key';
import { AccessKey, CreatedAccessKey, Me } from './schemas';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/me',
    tag: 'accounts',
    summary: 'Tell who is signed in',
    verb: getMe,
    response: Me,
  }),
  route({
    method: 'GET',
    path: '/access-keys',
    tag: 'access keys',
    summary: 'List access keys',
    description: "An administrator sees all of the account's keys, others their own.",
    verb: listAccessKeys,
    response: listOf(AccessKey),
  }),
  route({
    method: 'POST',
    path: '/access-keys',
    tag: 'access keys',
    summary: 'Create an access key',
    description:
      'The secret is shown in this answer only. Needs a session: an access key cannot make another.',
    status: 201,
    verb: createAccessKey,
    response: CreatedAccessKey,
  }),
  route({
    method: 'POST',
    path: '/access-keys/{id}/revoke',
    tag: 'access keys',
    summary: 'Revoke an access key',
    verb: revokeAccessKey,
    response: AccessKey,
  }),
];
