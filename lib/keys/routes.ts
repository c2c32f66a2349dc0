import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { cancelKeyDeletion } from './cancel-key-deletion';
import { createKey } from './create-key';
import { getKey } from './get-key';
import { listKeys } from './list-keys';
import { scheduleKeyDeletion } from './schedule-key-deletion';
import { KmsKey, KmsKeyDetail } from './schemas';
import { setKeyState } from './set-key-state';
import { updateKey } from './update-key';

const tag = 'keys';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/keys',
    tag,
    summary: 'List KMS keys',
    verb: listKeys,
    response: listOf(KmsKey),
  }),
  route({
    method: 'GET',
    path: '/keys/{id}',
    tag,
    summary: 'Get a KMS key with the vaults under it',
    verb: getKey,
    response: KmsKeyDetail,
  }),
  route({
    method: 'POST',
    path: '/keys',
    tag,
    summary: 'Create a KMS key',
    description: 'It is in state `creating` until the engine has made its material.',
    status: 201,
    verb: createKey,
    response: KmsKey,
  }),
  route({
    method: 'PUT',
    path: '/keys/{id}/state',
    tag,
    summary: 'Enable or disable a KMS key',
    verb: setKeyState,
    response: KmsKeyDetail,
  }),
  route({
    method: 'PATCH',
    path: '/keys/{id}',
    tag,
    summary: 'Change alias or description of a KMS key',
    description: 'Null takes the alias away. Vaults stay with the key that they were made with.',
    verb: updateKey,
    response: KmsKeyDetail,
  }),
  route({
    method: 'POST',
    path: '/keys/{id}/deletion',
    tag,
    summary: 'Schedule the deletion of a KMS key',
    description:
      'The key is shut at once and its material destroyed after 7 to 30 days; the vaults in the answer can then no longer be read. `confirm` is its id.',
    verb: scheduleKeyDeletion,
    response: KmsKeyDetail,
  }),
  route({
    method: 'DELETE',
    path: '/keys/{id}/deletion',
    tag,
    summary: 'Cancel the deletion of a KMS key',
    verb: cancelKeyDeletion,
    response: KmsKeyDetail,
  }),
];
