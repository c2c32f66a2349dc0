import { eq, sql } from 'drizzle-orm';
import { kmsKeys } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { notify } from '@/lib/notifications';
import { writeVerb } from '@/lib/verb';
import { getKeyDetail, loadKeyForUpdate, requireNoLockedPoints } from './internal';
import { DestroyKmsKey, type KmsKeyDetail } from './schemas';

/**
 * Destroys a key's material at once and for ever, and frees its alias. The vaults in the answer can no longer be read;
 * copies of them in other vaults, under other keys, can.
 */
export const destroyKey = writeVerb({
  action: 'keys.destroy',
  permission: 'keys.manage',
  input: DestroyKmsKey,
  async run({ ctx, tx, input, now, audit }): Promise<KmsKeyDetail> {
    const key = await loadKeyForUpdate(tx, input.id);
    if (input.confirm !== key.id) {
      throw new CrossvaultError(
        'invalid_input',
        'Type the id of the key to destroy it. Nothing was changed.',
        {
          fields: { confirm: `Type ${key.id}.` },
        },
      );
    }
    if (key.state === 'creating' || key.state === 'destroyed') {
      const why =
        key.state === 'creating'
          ? 'The key is still being created. Try again in a moment.'
          : 'The key is destroyed already.';
      throw new CrossvaultError('state_conflict', why, { reason: `key_${key.state}` });
    }
    await requireNoLockedPoints(tx, key.id);
    const { vaults } = await getKeyDetail(tx, key.id);
    await tx
      .update(kmsKeys)
      .set({ state: 'destroyed', alias: null, wrappedMaterial: null, destroyedAt: now })
      .where(eq(kmsKeys.id, key.id));
    await audit({
      resourceKind: 'key',
      resourceId: key.id,
      resourceName: key.alias ?? undefined,
      before: { state: key.state, alias: key.alias },
      after: { state: 'destroyed', unreadableVaults: vaults.map((vault) => vault.id) },
    });
    if (vaults.length > 0) {
      await notify(tx, ctx.accountId, {
        kind: 'keys.destroyed',
        severity: 'warning',
        title: `Key ${key.alias ?? key.id} was destroyed`,
        body: `No longer readable: ${vaults.map((vault) => vault.name).join(', ')}.`,
      });
    }
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    return getKeyDetail(tx, key.id);
  },
});
