import type { Tx } from '@/db/client';
import { invitations, resourceSharePrincipals } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { findAccountName, getAccountName, type ShareRow } from './internal';
import { invitationExpiry } from './rules';

/**
 * Checks accounts that someone wants to share with. Throws `invalid_input` with a message for each field that names
 * no account, one's own, or one named before; `field(index)` is the dotted path of the account at that place.
 */
export async function requirePrincipals(
  tx: Tx,
  ownAccountId: string,
  accountIds: string[],
  field: (index: number) => string,
): Promise<void> {
  const fields: Record<string, string> = {};
  for (const [index, id] of accountIds.entries()) {
    if (id === ownAccountId)
      fields[field(index)] = 'This is your own account. Its vaults need no share here.';
    else if (accountIds.indexOf(id) < index) fields[field(index)] = 'This account is in the list already.';
    else if ((await findAccountName(tx, id)) === null) {
      fields[field(index)] = 'No account has this UID. Check the 16 digits with its administrator.';
    }
  }
  if (Object.keys(fields).length > 0) {
    throw new CrossvaultError('invalid_input', 'Some accounts cannot be invited. Nothing was changed.', {
      fields,
    });
  }
}

/** Adds principals to a share with an invitation each, and tells them. The share is locked by the caller. */
export async function inviteAccounts(
  tx: Tx,
  share: ShareRow,
  accountIds: string[],
  region: string,
  now: Date,
): Promise<void> {
  const ownerName = await getAccountName(tx, share.accountId);
  for (const accountId of accountIds) {
    await tx
      .insert(resourceSharePrincipals)
      .values({
        accountId: share.accountId,
        shareId: share.id,
        principalType: 'account',
        principalId: accountId,
        createdAt: now,
      })
      .onConflictDoNothing();
    const invitationId = newId('i');
    await tx.insert(invitations).values({
      accountId: share.accountId,
      id: invitationId,
      shareId: share.id,
      shareName: share.name,
      recipientAccountId: accountId,
      ownerName,
      permission: share.permission,
      createdAt: now,
      expiresAt: invitationExpiry(now),
    });
    await notifyAccount(tx, {
      accountId,
      linkId: invitationId,
      kind: 'share.invited',
      severity: 'info',
      title: `${ownerName} invites you to the resource share ${share.name}`,
      body: 'Accept the invitation within 7 days to replicate vaults into it.',
      href: `/${region}/shared-with-me`,
    });
  }
}
