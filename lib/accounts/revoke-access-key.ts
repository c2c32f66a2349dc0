import { and, eq, isNull } from 'drizzle-orm';
import { accessKeys } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { selectAccessKeys, toAccessKey } from './internal';
import { type AccessKey, RevokeAccessKey } from './schemas';

/** Ends a key at once; its next request is refused. */
export const revokeAccessKey = writeVerb({
  action: 'access_keys.revoke',
  permission: 'access_keys.manage',
  activity: 'own',
  input: RevokeAccessKey,
  async run({ ctx, tx, input, now, audit }): Promise<AccessKey> {
    const [found] = await selectAccessKeys(ctx, tx, eq(accessKeys.id, input.id));
    if (!found) throw notFound('access key');
    const [revoked] = await tx
      .update(accessKeys)
      .set({ revokedAt: now })
      .where(and(eq(accessKeys.id, input.id), isNull(accessKeys.revokedAt)))
      .returning();
    if (!revoked) {
      throw new CrossvaultError('state_conflict', 'This access key is revoked already.', {
        reason: 'already_revoked',
      });
    }
    await audit({ resourceKind: 'access_key', resourceId: revoked.id, resourceName: revoked.name });
    return toAccessKey({ key: revoked, userName: found.userName });
  },
});
