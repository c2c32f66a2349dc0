import { and, eq, lte, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { directoryInvitations } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { wakeTickerOf } from '@/lib/ticker';
import { writeVerb } from '@/lib/verb';
import { chooseFolder, lockManagedDirectory, requireDirectory } from './internal';
import { toDirectoryInvitation } from './list-invitations';
import { directoryInvitationDays, directoryInvitationExpiry } from './rules';
import { InviteMember } from './schemas';

/** Invites an account into the directory; it joins when its administrator accepts. */
export const inviteMember = writeVerb({
  action: 'directory.invite_member',
  permission: 'directory.manage',
  input: InviteMember,
  async run({ ctx, tx, input, now, audit }) {
    const { id: directoryId } = await lockManagedDirectory(tx, ctx.accountId);
    const directory = await requireDirectory(tx, ctx.accountId);
    const folder = chooseFolder(directory, input.folderId);
    await requireInvitable(tx, ctx.accountId, input.accountId);
    await expireOpen(tx, directoryId, now);
    const [made] = await tx
      .insert(directoryInvitations)
      .values({
        accountId: ctx.accountId,
        id: newId('h'),
        directoryId,
        managementName: directory.management.name,
        recipientAccountId: input.accountId,
        folderId: folder.id,
        note: input.note,
        createdAt: now,
        expiresAt: directoryInvitationExpiry(now),
      })
      .onConflictDoNothing()
      .returning();
    if (!made) throw refuse('This account has an open invitation already.', 'invited_already');
    await wakeTickerOf(tx, ctx.accountId);
    await notifyAccount(tx, {
      accountId: input.accountId,
      linkId: made.id,
      kind: 'directory.invited',
      severity: 'info',
      title: `${directory.management.name} invites you to its resource directory`,
      body: `Accept or decline within ${directoryInvitationDays} days. ${input.note}`.trim(),
      href: `/${defaultRegionId()}/resource-directory`,
    });
    await audit({
      resourceKind: 'directory_invitation',
      resourceId: made.id,
      after: { invitedAccountId: input.accountId, folderId: folder.id },
    });
    return toDirectoryInvitation(tx, made, now);
  },
});

async function requireInvitable(tx: Tx, ownAccountId: string, accountId: string): Promise<void> {
  if (accountId === ownAccountId) throw refuse('This is your own account.', 'own_account', 'invalid_input');
  const [found] = await tx.execute<{ name: string | null; is_taken: boolean }>(
    sql`select door_account_name(${accountId}) as name, is_in_a_directory(${accountId}) as is_taken`,
  );
  if (!found?.name) {
    const why = 'No account has this UID. Check the 16 digits with its administrator.';
    throw refuse(why, 'no_account', 'invalid_input');
  }
  if (found.is_taken) {
    const why = `${found.name} is in a resource directory already, and an account can be in one only.`;
    throw refuse(why, 'in_a_directory', 'not_eligible');
  }
}

function refuse(
  why: string,
  reason: string,
  code: 'already_exists' | 'invalid_input' | 'not_eligible' = 'already_exists',
): CrossvaultError {
  return new CrossvaultError(code, why, { fields: { accountId: why }, reason });
}

/** Writes down what the clock has decided, so that the same account can be invited again. */
async function expireOpen(tx: Tx, directoryId: string, now: Date): Promise<void> {
  await tx
    .update(directoryInvitations)
    .set({ status: 'expired' })
    .where(
      and(
        eq(directoryInvitations.directoryId, directoryId),
        eq(directoryInvitations.status, 'pending'),
        lte(directoryInvitations.expiresAt, now),
      ),
    );
}
