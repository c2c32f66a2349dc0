import type { Tx } from '@/db/client';
import { notifications } from '@/db/schema';
import { newId } from '@/lib/context';

export interface NewNotification {
  /** What it is about, as `noun.event`, e.g. `vaults.created`. */
  kind: string;
  severity: 'info' | 'success' | 'warning' | 'error';
  title: string;
  body?: string;
  /** A path of the console, e.g. `/cn-hangzhou/vaults/v-…`. */
  href?: string;
}

/**
 * Leaves a notification with the transaction's own account; the walls refuse any other. To tell an account on the other
 * side of a share or replication, see `notifyAccount`.
 */
export async function notify(tx: Tx, accountId: string, notification: NewNotification): Promise<void> {
  await tx.insert(notifications).values({ accountId, id: newId('n'), ...notification });
}
