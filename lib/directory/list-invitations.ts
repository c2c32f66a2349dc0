import { desc, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { directoryInvitations } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { effectiveStatus } from './rules';
import { type DirectoryInvitation, ListDirectoryInvitations } from './schemas';

export type InvitationRow = typeof directoryInvitations.$inferSelect;

/** Invitations into a directory, received or sent, newest first; those that were answered stay listed. */
export const listDirectoryInvitations = readVerb({
  action: 'directory.list_invitations',
  permission: 'directory.read',
  input: ListDirectoryInvitations,
  async run({ ctx, tx, input, now }) {
    const { accountId, recipientAccountId, createdAt, id } = directoryInvitations;
    const rows = await tx
      .select()
      .from(directoryInvitations)
      .where(eq(input.direction === 'sent' ? accountId : recipientAccountId, ctx.accountId))
      .orderBy(desc(createdAt), desc(id))
      .limit(500);
    return { items: await Promise.all(rows.map((row) => toDirectoryInvitation(tx, row, now))) };
  },
});

export async function toDirectoryInvitation(
  tx: Tx,
  row: InvitationRow,
  now: Date,
): Promise<DirectoryInvitation> {
  const [found] = await tx.execute<{ name: string | null }>(
    sql`select door_account_name(${row.recipientAccountId}) as name`,
  );
  return {
    id: row.id,
    directoryId: row.directoryId,
    management: { accountId: row.accountId, name: row.managementName },
    recipient: { accountId: row.recipientAccountId, name: found?.name ?? null },
    folderId: row.folderId,
    note: row.note,
    status: effectiveStatus(row, now),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    respondedAt: row.respondedAt?.toISOString() ?? null,
  };
}
