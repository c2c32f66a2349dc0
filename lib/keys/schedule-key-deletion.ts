import { eq, sql } from 'drizzle-orm';
import { kmsKeys } from '@/db/schema';
import { notify } from '@/lib/notifications';
import { warningsDue } from '@/lib/notifications/schemas';
import { writeVerb } from '@/lib/verb';
import { getKeyDetail, loadKeyForUpdate, requireNoLockedPoints } from './internal';
import { checkSchedule, deletionDate } from './rules';
import { deletionWarningDays, type KmsKeyDetail, ScheduleKeyDeletion } from './schemas';
import { shutVaults } from './shut-vaults';

/** Shuts a key at once and has its material destroyed when the waiting time is over. Until then it can be cancelled. */
export const scheduleKeyDeletion = writeVerb({
  action: 'keys.schedule_deletion',
  permission: 'keys.manage',
  input: ScheduleKeyDeletion,
  async run({ ctx, tx, input, now, audit }): Promise<KmsKeyDetail> {
    const key = await loadKeyForUpdate(tx, input.id);
    checkSchedule(key, input.confirm);
    await requireNoLockedPoints(tx, key.id);
    const deletionAt = deletionDate(now, input.waitDays);
    const scheduled = {
      state: 'scheduled' as const,
      deletionAt,
      stateBefore: key.state as 'enabled' | 'disabled',
      // What this verb itself tells counts as the warning of that day.
      deletionTold: warningsDue(deletionAt, deletionWarningDays, now),
    };
    await tx.update(kmsKeys).set(scheduled).where(eq(kmsKeys.id, key.id));
    await shutVaults(tx, { ...key, ...scheduled });
    const detail = await getKeyDetail(tx, key.id);
    const names = detail.vaults.map(({ name }) => name).join(', ');
    await audit({
      resourceKind: 'key',
      resourceId: key.id,
      resourceName: key.alias ?? undefined,
      before: { state: key.state },
      after: { state: 'scheduled', deletionAt, vaults: detail.vaults.map(({ id }) => id) },
    });
    await notify(tx, ctx.accountId, {
      kind: 'keys.deletion_scheduled',
      severity: 'warning',
      title: `Key ${key.alias ?? key.id} is to be destroyed on ${deletionAt.toISOString().slice(0, 10)}`,
      body: `By ${ctx.actor.name}. ${names ? `Unreadable from then on, and shut from now: ${names}.` : 'No vault uses it.'} Cancel it under Keys until then.`,
    });
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    return detail;
  },
});
