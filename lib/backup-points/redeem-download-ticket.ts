import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { downloadTickets, users } from '@/db/schema';
import { type EngineDoor, hashSecret } from '@/lib/clients';
import { permissions, type Role } from '@/lib/context';
import { CrossvaultError, notFound } from '@/lib/errors';
import { getVaultWithKey, restoreRefusal } from '@/lib/jobs';
import { getPointRow } from './internal';

export interface Download {
  accountId: string;
  userId: string;
  pointId: string;
  /** As `encodedPath` of `lib/schemas.ts`. */
  path: string;
  format: 'file' | 'tar' | 'zip';
}

/**
 * What a download ticket is for, once: the second use and any after its minute throw `expired`. Authorises again: the
 * user may have lost the role or the point its time since the ticket was made.
 */
export async function redeemDownloadTicket(door: EngineDoor, token: string): Promise<Download> {
  const tokenHash = hashSecret(token);
  const [known] = await door.db.execute<{ account_id: string }>(
    sql`select account_id from door_download_ticket(${tokenHash})`,
  );
  if (!known) throw notFound('download');
  const accountId = known.account_id;
  const now = door.clock.now();
  return inAccount(door.db, accountId, async (tx) => {
    const [ticket] = await tx
      .update(downloadTickets)
      .set({ usedAt: now })
      .where(
        and(
          eq(downloadTickets.tokenHash, tokenHash),
          isNull(downloadTickets.usedAt),
          gt(downloadTickets.expiresAt, now),
        ),
      )
      .returning();
    if (!ticket) {
      throw new CrossvaultError(
        'expired',
        'This download address has been used or is over. Start it again.',
        {
          reason: 'ticket_over',
        },
      );
    }
    const [user] = await tx
      .select()
      .from(users)
      .where(and(eq(users.accountId, accountId), eq(users.id, ticket.userId), isNull(users.disabledAt)));
    if (!user || !(permissions['restore.run'] as readonly Role[]).includes(user.role)) {
      throw new CrossvaultError('forbidden', 'You may no longer download from this account.');
    }
    const { point } = await getPointRow(tx, accountId, ticket.pointId);
    const { vault, keyState } = await getVaultWithKey(tx, accountId, point.vaultId);
    const refusal = restoreRefusal(point, vault, keyState, now);
    if (refusal) throw refusal;
    return { accountId, userId: user.id, pointId: point.id, path: ticket.path, format: ticket.format };
  });
}
