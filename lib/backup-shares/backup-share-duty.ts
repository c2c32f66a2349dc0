import { sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import type { Duty } from '@/lib/engine/ticker/duties';
import { engineContext } from '@/lib/engine/vaults';
import { notify } from '@/lib/notifications';
import { writeAudit } from '@/lib/verb';
import { tryCancelling } from './cancel-backup-share';
import { type Notice, noticeOf } from './sentences';

/** How often a cancellation is tried again that an image stands in the way of; a deleted image brings it at once. */
const retryMinutes = 10;

/** Tells an account what the other side of a share, or the engine, has done; and tries cancellations again. */
export const backupShareDuty: Duty = {
  kind: 'backup_shares',
  dueAt: (accountId) => sql`
    select min(due) from (
      select created_at as due from backup_shares where account_id = ${accountId} and sharer_untold is not null
      union all select created_at from received_backup_shares
        where recipient_account_id = ${accountId} and recipient_untold is not null
      union all select coalesce(cancel_tried_at + make_interval(mins => ${retryMinutes}), cancel_wanted_at)
        from backup_shares where account_id = ${accountId} and cancel_wanted_at is not null) as times`,
  async run(environment, accountId) {
    const { db } = environment;
    await inAccount(db, accountId, async (tx) => {
      const due = await tx.execute<{ id: string; backup_name: string }>(sql`
        select id, backup_name from backup_shares where account_id = ${accountId} and cancel_wanted_at is not null
          and coalesce(cancel_tried_at + make_interval(mins => ${retryMinutes}), cancel_wanted_at) <= now()
        order by id`);
      for (const share of due) {
        if ((await tryCancelling(tx, share.id)) !== null) continue;
        await writeAudit(engineContext(db, accountId), tx, 'backup_shares.cancelled', {
          resourceKind: 'backup_share',
          resourceId: share.id,
          resourceName: share.backup_name,
          after: { state: 'cancelled' },
        });
        await notify(tx, accountId, {
          kind: 'share.backup_cancelled',
          severity: 'success',
          title: `The backup ${share.backup_name} is no longer shared`,
          body: 'Its cancellation had been refused and was tried again.',
        });
      }
    });
    await inAccount(db, accountId, (tx) => tellOwnSide(tx, accountId));
    return false;
  },
};

interface NoticeRow extends Record<string, unknown> {
  side: Notice['side'];
  event: string;
  backup_name: string;
  sharer_name: string;
  recipient_name: string;
  region: string;
  point_id: string;
  state_reason: string | null;
}

async function tellOwnSide(tx: Tx, accountId: string): Promise<void> {
  const rows = await tx.execute<NoticeRow>(sql`select * from take_backup_share_notices()`);
  for (const row of rows) {
    const told = noticeOf({
      side: row.side,
      event: row.event,
      backupName: row.backup_name,
      sharerName: row.sharer_name,
      recipientName: row.recipient_name,
      stateReason: row.state_reason,
    });
    if (!told) continue;
    const href =
      row.side === 'sharer'
        ? `/${row.region}/backups/${row.point_id}?tab=shares`
        : `/${row.region}/shared-backups${row.event === 'arrived' ? '?status=accepted' : ''}`;
    await notify(tx, accountId, { kind: `share.backup_${row.event}`, ...told, href });
  }
}
