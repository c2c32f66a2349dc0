import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { createKeyGrant } from './create-key-grant';
import { listKeyGrants } from './list-key-grants';
import { retireKeyGrant } from './retire-key-grant';
import { KeyGrant } from './schemas';

const tag = 'keys';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/key-grants',
    tag,
    summary: 'List key grants, given or received',
    verb: listKeyGrants,
    response: listOf(KeyGrant),
  }),
  route({
    method: 'POST',
    path: '/key-grants',
    tag,
    summary: 'Share a KMS key with another account',
    description:
      'The grantee is an account UID or a project id. The grant lets the engine open backups that were shared under the key while it copies them, and nothing else.',
    status: 201,
    verb: createKeyGrant,
    response: KeyGrant,
  }),
  route({
    method: 'DELETE',
    path: '/key-grants/{id}',
    tag,
    summary: 'Retire a key grant',
    description: 'The owner and the grantee may. What was copied before is not touched.',
    verb: retireKeyGrant,
    response: KeyGrant,
  }),
];
