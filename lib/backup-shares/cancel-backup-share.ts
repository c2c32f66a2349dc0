import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { writeVerb } from '@/lib/verb';
import { findHolders, getShareRow, refusalOf, type ShareRow, toBackupShare } from './internal';
import { cancelRefusal, shareError } from './rules';
import { type BackupShare, CancelBackupShare, StopCancelRetry } from './schemas';

/**
 * Takes a shared backup from one recipient, with the copy that it made. An image that was registered from the copy stands
 * in the way; the cancellation is then refused, or tried again by itself until it succeeds.
 */
export const cancelBackupShare = writeVerb({
  action: 'backup_shares.cancel',
  permission: 'shares.manage',
  activity: 'stop',
  input: CancelBackupShare,
  async run({ ctx, tx, input, audit }): Promise<BackupShare> {
    const share = await getShareRow(tx, ctx.accountId, input.id);
    const refusal = cancelRefusal(share.state, [], share.recipientName);
    if (refusal) throw refusal;
    const number = await tryCancelling(tx, share.id);
    if (number === '6710' && input.retry) await wantCancelled(tx, share, ctx.actor.name);
    else if (number === '6710')
      throw (
        cancelRefusal(share.state, await findHolders(tx, share.id), share.recipientName) ?? shareError(6708)
      );
    else if (number) throw refusalOf(number);
    const after = await getShareRow(tx, ctx.accountId, share.id);
    await audit({
      resourceKind: 'backup_share',
      resourceId: share.id,
      resourceName: share.backupName,
      before: { state: share.state, recipientAccountId: share.recipientAccountId },
      after: { state: after.state, isRetried: after.cancelWantedAt !== null },
    });
    return toBackupShare(tx, after);
  },
});

/** Gives up a cancellation that is being tried again: the share stays. */
export const stopCancelRetry = writeVerb({
  action: 'backup_shares.stop_cancel_retry',
  permission: 'shares.manage',
  input: StopCancelRetry,
  async run({ ctx, tx, input, audit }): Promise<BackupShare> {
    const share = await getShareRow(tx, ctx.accountId, input.id);
    const [row] = await tx.execute<{ done: boolean }>(
      sql`select want_backup_share_cancelled(${share.id}, null) as done`,
    );
    if (!row?.done) throw shareError(6708, { message: 'No cancellation of this share is being tried.' });
    await audit({
      resourceKind: 'backup_share',
      resourceId: share.id,
      resourceName: share.backupName,
      before: { isRetried: true },
      after: { isRetried: false },
    });
    return toBackupShare(tx, await getShareRow(tx, ctx.accountId, share.id));
  },
});

/** @returns the number of the reason why not, or null when the share has ended. */
export async function tryCancelling(tx: Tx, id: string): Promise<string | null> {
  const [row] = await tx.execute<{ refusal: string | null }>(
    sql`select cancel_backup_share(${id}) as refusal`,
  );
  return row?.refusal ?? null;
}

async function wantCancelled(tx: Tx, share: ShareRow, by: string): Promise<void> {
  const [row] = await tx.execute<{ done: boolean }>(
    sql`select want_backup_share_cancelled(${share.id}, ${by}) as done`,
  );
  if (!row?.done) throw shareError(6708, { message: 'Its cancellation is being tried already.' });
}
