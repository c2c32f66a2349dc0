import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { createKey } from './create-key';
import { destroyKey } from './destroy-key';
import { getKey } from './get-key';
import { listKeys } from './list-keys';
import { KmsKey, KmsKeyDetail } from './schemas';
import { setKeyState } from './set-key-state';

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
    method: 'POST',
    path: '/keys/{id}/destroy',
    tag,
    summary: 'Destroy a KMS key for ever',
    description: 'The vaults in the answer can no longer be read.',
    verb: destroyKey,
    response: KmsKeyDetail,
  }),
];
