import { and, desc, eq } from 'drizzle-orm';
import { backupShares, receivedBackupShares } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { newestFirst, toBackupShare, toReceivedShares } from './internal';
import { ListBackupShares, ListReceivedBackupShares } from './schemas';

const most = 500;

/** Shares that this account gave, newest first, of one backup or of all; what was rejected or is over stays listed. */
export const listBackupShares = readVerb({
  action: 'backup_shares.list',
  permission: 'shares.read',
  input: ListBackupShares,
  async run({ ctx, tx, input }) {
    const rows = await tx
      .select()
      .from(backupShares)
      .where(
        and(
          eq(backupShares.accountId, ctx.accountId),
          input.pointId ? eq(backupShares.pointId, input.pointId) : undefined,
        ),
      )
      .orderBy(...newestFirst)
      .limit(most);
    const items = [];
    for (const row of rows) items.push(await toBackupShare(tx, row));
    return { items };
  },
});

/** Backups shared with this account, newest first, with what became of each. */
export const listReceivedBackupShares = readVerb({
  action: 'backup_shares.list_received',
  permission: 'shares.read',
  input: ListReceivedBackupShares,
  async run({ tx, input }) {
    const rows = await tx
      .select()
      .from(receivedBackupShares)
      .where(input.region ? eq(receivedBackupShares.region, input.region) : undefined)
      .orderBy(desc(receivedBackupShares.createdAt), desc(receivedBackupShares.id))
      .limit(most);
    return { items: await toReceivedShares(tx, rows) };
  },
});
