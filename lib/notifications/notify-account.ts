import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';

export interface AccountNotice {
  /** Whom to tell: another account, or one's own. */
  accountId: string;
  /** The invitation, replication, directory or granted vault that links the two; the database refuses strangers. */
  linkId: string;
  kind: `share.${string}` | `replication.${string}` | `directory.${string}`;
  severity: 'info' | 'success' | 'warning' | 'error';
  title: string;
  body: string;
  /** A page of the console, beginning with its region. */
  href: `/${string}`;
}

/** Leaves a notification with an account on the other side of a share or replication, in the caller's transaction. */
export async function notifyAccount(tx: Tx, notice: AccountNotice): Promise<void> {
  const { accountId, linkId, kind, severity, title, body, href } = notice;
  await tx.execute(
    sql`select notify_account(${accountId}, ${linkId}, ${kind}, ${severity}, ${title.slice(0, 200)}, ${body.slice(0, 1000)}, ${href})`,
  );
}
