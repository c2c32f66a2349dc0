import { CrossvaultError } from '@/lib/errors';
import { type KmsKey, keyTrouble } from '@/lib/keys/schemas';
import type { KeyGrant } from './schemas';

/** Only a key that can be used can be shared. */
export function checkGrantable(key: {
  id: string;
  alias: string | null;
  state: KmsKey['state'];
  deletionAt: Date | null;
}): void {
  const trouble = keyTrouble(key);
  if (!trouble) return;
  throw new CrossvaultError(
    'key_unavailable',
    `The key ${key.alias ?? key.id} ${trouble.what}. Only an enabled key can be shared.`,
    { reason: `key_${key.state}` },
  );
}

/** What whoever is named may not be. */
export function checkGrantee(
  grantee: { accountId: string; name: string | null },
  own: { accountId: string },
): void {
  const refuse = (why: string, reason: string) =>
    new CrossvaultError('invalid_input', why, { reason, fields: { grantee: why } });
  if (grantee.name === null)
    throw refuse('No account has this id. Check it with its administrator.', 'unknown_grantee');
  if (grantee.accountId === own.accountId)
    throw refuse('This is your own account. Its keys need no grant here.', 'own_account');
}

export function checkRetirable(grant: { retiredAt: Date | null }): void {
  if (grant.retiredAt === null) return;
  throw new CrossvaultError('state_conflict', 'This grant is retired already.', { reason: 'grant_retired' });
}

/**
 * By which way a key is shared with a project: a grant to its account or to the project itself, or a resource share that
 * holds the key and reaches the account; null when it is not. The database's `reaches_project` decides the same.
 */
export function findKeyAccess(
  ways: {
    grants: readonly Pick<KeyGrant, 'key' | 'grantee' | 'status'>[];
    shares: readonly { keyIds: readonly string[]; reachedAccountIds: readonly string[] }[];
  },
  wanted: { keyId: string; accountId: string; projectId: string },
): 'grant' | 'resource_share' | null {
  if (findCoveringGrant(ways.grants, wanted)) return 'grant';
  const isReached = ways.shares.some(
    ({ keyIds, reachedAccountIds }) =>
      keyIds.includes(wanted.keyId) && reachedAccountIds.includes(wanted.accountId),
  );
  return isReached ? 'resource_share' : null;
}

/** The grant that lets a project's engine work open what is sealed under a key, or null. */
export function findCoveringGrant<G extends Pick<KeyGrant, 'key' | 'grantee' | 'status'>>(
  grants: readonly G[],
  wanted: { keyId: string; accountId: string; projectId: string },
): G | null {
  return (
    grants.find(
      ({ key, grantee, status }) =>
        status === 'active' &&
        key.id === wanted.keyId &&
        grantee.accountId === wanted.accountId &&
        (grantee.projectId === null || grantee.projectId === wanted.projectId),
    ) ?? null
  );
}
