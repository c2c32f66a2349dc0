import { sql } from 'drizzle-orm';
import { attempt } from '@/db/attempt';
import type { Tx } from '@/db/client';
import { notify, notifyAccount } from '@/lib/notifications';
import type { StallingBackup } from './schemas';

type Keyed = Record<
  | 'id'
  | 'account_id'
  | 'sharer_name'
  | 'recipient_account_id'
  | 'recipient_name'
  | 'region'
  | 'backup_name'
  | 'state',
  string
>;
type Change = (tx: Tx) => Promise<unknown>;

/** Which shared backups would wait for their key after a change of shares or memberships. */
export async function foreseeKeyLoss(tx: Tx, change: Change): Promise<StallingBackup[]> {
  return (await findStalling(tx, change)).map((row) => ({
    id: row.id,
    backupName: row.backup_name,
    sharer: { accountId: row.account_id, name: row.sharer_name },
    recipient: { accountId: row.recipient_account_id, name: row.recipient_name },
  }));
}

async function findStalling(tx: Tx, change: Change): Promise<Keyed[]> {
  const keyed = await tx.execute<Keyed>(sql`select * from keyed_backup_shares() order by id`);
  if (keyed.length === 0) return [];
  const ids = `{${keyed.map(({ id }) => id).join(',')}}`;
  const kept = await attempt(tx, change, (at) =>
    at.execute<{ id: string }>(sql`select backup_shares_with_keys(${ids}::text[]) as id`),
  );
  const keptIds = new Set(kept.map(({ id }) => id));
  return keyed.filter(({ id }) => !keptIds.has(id));
}

/**
 * The change with word to both accounts of every shared backup that waits for its key afterwards. `linkId` is the directory
 * when its management account makes the change; else each share links the two accounts itself.
 */
export function tellingKeyLoss(
  change: Change,
  { accountId, why, linkId }: { accountId: string; why: string; linkId?: string },
): Change {
  return async (tx) => {
    for (const row of await findStalling(tx, change)) {
      const { id, backup_name: name, sharer_name: sharer, recipient_name: recipient } = row;
      for (const side of [row.account_id, row.recipient_account_id]) {
        const notice = {
          kind: 'share.key_lost',
          severity: 'warning',
          title: `The shared backup ${name} waits for its key`,
          body: `${why} It is not copied until ${sharer} shares the key with ${recipient} again.`,
          href: `/${row.region}/${side === row.account_id ? 'backups' : 'shared-backups'}`,
        } as const;
        if (side === accountId) await notify(tx, accountId, notice);
        else await notifyAccount(tx, { ...notice, accountId: side, linkId: linkId ?? id });
      }
    }
    await change(tx);
  };
}
