import { eq, sql } from 'drizzle-orm';
import { kmsKeys } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { getKeyDetail, loadKeyForUpdate } from './internal';
import { checkCancel } from './rules';
import { CancelKeyDeletion, type KmsKeyDetail } from './schemas';

/** Ends the wait: the key is again what it was before its deletion was scheduled. */
export const cancelKeyDeletion = writeVerb({
  action: 'keys.cancel_deletion',
  permission: 'keys.manage',
  input: CancelKeyDeletion,
  async run({ ctx, tx, input, audit }): Promise<KmsKeyDetail> {
    const key = await loadKeyForUpdate(tx, input.id);
    checkCancel(key.state);
    const after = {
      state: key.stateBefore ?? 'disabled',
      deletionAt: null,
      stateBefore: null,
      deletionTold: 0,
    };
    await tx.update(kmsKeys).set(after).where(eq(kmsKeys.id, key.id));
    await audit({
      resourceKind: 'key',
      resourceId: key.id,
      resourceName: key.alias ?? undefined,
      before: { state: key.state, deletionAt: key.deletionAt },
      after: { state: after.state },
    });
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    return getKeyDetail(tx, key.id);
  },
});
