import { eq, sql } from 'drizzle-orm';
import { kmsKeys } from '@/db/schema';
import { notify } from '@/lib/notifications';
import { writeVerb } from '@/lib/verb';
import { getKeyDetail, loadKeyForUpdate } from './internal';
import { checkState } from './rules';
import { type KmsKeyDetail, SetKmsKeyState } from './schemas';
import { shutVaults } from './shut-vaults';

/** Enables or disables a key. While it is disabled nothing under it can be read or written; enabling heals that. */
export const setKeyState = writeVerb({
  action: 'keys.set_state',
  permission: 'keys.manage',
  input: SetKmsKeyState,
  async run({ ctx, tx, input: { id, state }, audit }): Promise<KmsKeyDetail> {
    const key = await loadKeyForUpdate(tx, id);
    checkState(key.state, state);
    await tx.update(kmsKeys).set({ state }).where(eq(kmsKeys.id, key.id));
    if (state === 'disabled') await shutVaults(tx, { ...key, state });
    const detail = await getKeyDetail(tx, key.id);
    await audit({
      resourceKind: 'key',
      resourceId: key.id,
      resourceName: key.alias ?? undefined,
      before: { state: key.state },
      after: { state },
    });
    if (state === 'disabled' && detail.vaults.length > 0) {
      await notify(tx, ctx.accountId, {
        kind: 'keys.disabled',
        severity: 'warning',
        title: `Key ${key.alias ?? key.id} was disabled`,
        body: `By ${ctx.actor.name}. Shut until it is enabled: ${detail.vaults.map(({ name }) => name).join(', ')}.`,
      });
    }
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    return detail;
  },
});
