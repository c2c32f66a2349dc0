import { and, eq, sql } from 'drizzle-orm';
import { kmsKeys } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { getKeyDetail, loadKeyForUpdate } from './internal';
import { type KmsKeyDetail, SetKmsKeyState } from './schemas';

/** Enables or disables a key. While it is disabled nothing under it can be read or written; enabling heals that. */
export const setKeyState = writeVerb({
  action: 'keys.set_state',
  permission: 'keys.manage',
  input: SetKmsKeyState,
  async run({ ctx, tx, input, audit }): Promise<KmsKeyDetail> {
    const key = await loadKeyForUpdate(tx, input.id);
    const from = input.state === 'enabled' ? 'disabled' : 'enabled';
    if (key.state !== from) {
      throw new CrossvaultError(
        'state_conflict',
        `Only a key that is ${from} can be ${input.state}. It is ${key.state}.`,
        {
          reason: `key_${key.state}`,
        },
      );
    }
    await tx
      .update(kmsKeys)
      .set({ state: input.state })
      .where(and(eq(kmsKeys.id, key.id), eq(kmsKeys.state, from)));
    await audit({
      resourceKind: 'key',
      resourceId: key.id,
      resourceName: key.alias ?? undefined,
      before: { state: from },
      after: { state: input.state },
    });
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    return getKeyDetail(tx, key.id);
  },
});
