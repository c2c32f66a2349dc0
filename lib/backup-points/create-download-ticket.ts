import { and, eq, lt } from 'drizzle-orm';
import { downloadTickets } from '@/db/schema';
import { hashSecret, newSecret } from '@/lib/clients';
import { readEnv } from '@/lib/env';
import { getVaultWithKey, restoreRefusal } from '@/lib/jobs';
import { writeVerb } from '@/lib/verb';
import { getPointRow } from './internal';
import { ticketSeconds } from './rules';
import { CreateDownloadTicket } from './schemas';

/**
 * An address at the gateway that gives this user this path of this point, once, within a minute. A program or page
 * that sees the address later gets nothing.
 */
export const createDownloadTicket = writeVerb({
  action: 'backup_points.create_download_ticket',
  permission: 'restore.run',
  input: CreateDownloadTicket,
  isAnswerSecret: true,
  async run({ ctx, tx, input, now, audit }) {
    const { point } = await getPointRow(tx, ctx.accountId, input.pointId);
    const { vault, keyState } = await getVaultWithKey(tx, ctx.accountId, point.vaultId);
    const refusal = restoreRefusal(point, vault, keyState, now);
    if (refusal) throw refusal;
    await tx
      .delete(downloadTickets)
      .where(and(eq(downloadTickets.accountId, ctx.accountId), lt(downloadTickets.expiresAt, now)));
    const token = newSecret('cvd');
    const expiresAt = new Date(now.getTime() + ticketSeconds * 1000);
    await tx.insert(downloadTickets).values({
      accountId: ctx.accountId,
      tokenHash: hashSecret(token),
      userId: ctx.actor.userId,
      pointId: point.id,
      path: input.path,
      format: input.format,
      expiresAt,
    });
    await audit({
      resourceKind: 'backup_point',
      resourceId: point.id,
      resourceName: point.sourceName,
      after: { path: input.path, format: input.format },
    });
    return { url: `${readEnv().gatewayUrl}/download/${token}`, expiresAt: expiresAt.toISOString() };
  },
});
