import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import { accessKeys } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError, invariant } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { accessKeyPrefix, hashAccessKeySecret } from './authenticate';
import { selectAccessKeys, toAccessKey } from './internal';
import { CreateAccessKey, type CreatedAccessKey } from './schemas';

/** Makes a key that acts as its maker. The secret is in the answer and nowhere else: the database keeps its hash. */
export const createAccessKey = writeVerb({
  action: 'access_keys.create',
  permission: 'access_keys.manage',
  input: CreateAccessKey,
  isAnswerSecret: true,
  async run({ ctx, tx, input, now, audit }): Promise<z.output<typeof CreatedAccessKey>> {
    // A stolen key must not be able to make itself a successor.
    if (ctx.actor.kind !== 'user') {
      throw new CrossvaultError(
        'forbidden',
        'An access key cannot create access keys. Sign in to the console.',
        {
          reason: 'user_session_required',
        },
      );
    }
    const id = newId('ak');
    const secret = `${accessKeyPrefix}${randomBytes(32).toString('base64url')}`;
    const expiresAt =
      input.expiresInDays === null ? null : new Date(now.getTime() + input.expiresInDays * 86_400_000);
    await tx.insert(accessKeys).values({
      accountId: ctx.accountId,
      id,
      userId: ctx.actor.userId,
      name: input.name,
      secretHash: hashAccessKeySecret(secret),
      createdAt: now,
      expiresAt,
    });
    await audit({
      resourceKind: 'access_key',
      resourceId: id,
      resourceName: input.name,
      after: { expiresAt },
    });
    const [made] = await selectAccessKeys(ctx, tx, eq(accessKeys.id, id));
    invariant(made, 'the new access key is visible to its maker');
    return { accessKey: toAccessKey(made), secret };
  },
});
