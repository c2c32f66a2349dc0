import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { grants, invitations, keyAccesses, resourceSharePrincipals } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { wakeTickerOf } from '@/lib/ticker';
import { getAccountName, type ShareRow } from './internal';
import type { ResolvedPrincipal } from './resolve-principals';
import { invitationExpiry } from './rules';

/**
 * Makes principals part of a share that the caller has locked: those outside the directory get an invitation, the others
 * have access at once. Throws `already_exists` for one that is part of it.
 */
export async function associatePrincipals(
  tx: Tx,
  share: ShareRow,
  principals: readonly ResolvedPrincipal[],
  now: Date,
): Promise<void> {
  const ownerName = await getAccountName(tx, share.accountId);
  const before = await listGrantees(tx, share.id);
  for (const principal of principals) {
    await requireAbsent(tx, share.id, principal);
    const { type, id, external } = principal;
    const values = {
      accountId: share.accountId,
      shareId: share.id,
      principalType: type,
      principalId: id,
      external,
      createdAt: now,
    };
    const { principalType, principalId, shareId } = resourceSharePrincipals;
    await tx
      .insert(resourceSharePrincipals)
      .values(values)
      .onConflictDoUpdate({
        target: [shareId, principalType, principalId],
        set: { external, createdAt: now, disassociatedAt: null, endedReason: null },
      });
    if (external) await invite(tx, share, { accountId: id, ownerName }, now);
  }
  await wakeTickerOf(tx, share.accountId);
  await tellNewcomers(tx, share, { ownerName, before });
}

/** Tells accounts inside the directory what has just reached them. `before` are those that had access already. */
export async function tellNewcomers(
  tx: Tx,
  share: ShareRow,
  { ownerName, before }: { ownerName: string; before: ReadonlyMap<string, string> },
): Promise<void> {
  for (const [granteeId, linkId] of await listGrantees(tx, share.id)) {
    if (before.has(granteeId)) continue;
    await notifyAccount(tx, {
      accountId: granteeId,
      linkId,
      kind: 'share.granted',
      severity: 'info',
      title: `${ownerName} shares ${share.name} with this account`,
      body: 'Its vaults can be chosen as replication targets, and its keys open what is shared under them; nothing has to be accepted.',
      href: `/${defaultRegionId()}/shared-with-me`,
    });
  }
}

/** The accounts that a share reaches, each with one vault or key that links it to the owner. */
export async function listGrantees(tx: Tx, shareId: string): Promise<Map<string, string>> {
  const vaults = await tx
    .select({ grantee: grants.granteeAccountId, linkId: grants.vaultId })
    .from(grants)
    .where(eq(grants.shareId, shareId));
  const keys = await tx
    .select({ grantee: keyAccesses.granteeAccountId, linkId: keyAccesses.keyId })
    .from(keyAccesses)
    .where(eq(keyAccesses.shareId, shareId));
  return new Map([...keys, ...vaults].map(({ grantee, linkId }) => [grantee, linkId]));
}

async function requireAbsent(tx: Tx, shareId: string, { type, id }: ResolvedPrincipal): Promise<void> {
  const [open] = await tx
    .select({ status: invitations.status })
    .from(invitations)
    .where(
      and(
        eq(invitations.shareId, shareId),
        eq(invitations.recipientAccountId, id),
        inArray(invitations.status, ['pending', 'accepted']),
      ),
    );
  if (open) {
    throw alreadyIn(
      open.status === 'accepted'
        ? 'This account has accepted the share already.'
        : 'This account has an open invitation already.',
    );
  }
  const [row] = await tx
    .select()
    .from(resourceSharePrincipals)
    .where(
      and(
        eq(resourceSharePrincipals.shareId, shareId),
        eq(resourceSharePrincipals.principalType, type),
        eq(resourceSharePrincipals.principalId, id),
      ),
    );
  if (row && !row.external && row.disassociatedAt === null) {
    throw alreadyIn('This principal is in the share already.');
  }
}

function alreadyIn(why: string): CrossvaultError {
  return new CrossvaultError('already_exists', why, { fields: { id: why }, reason: 'invited_already' });
}

async function invite(
  tx: Tx,
  share: ShareRow,
  { accountId, ownerName }: { accountId: string; ownerName: string },
  now: Date,
): Promise<void> {
  const id = newId('i');
  await tx.insert(invitations).values({
    accountId: share.accountId,
    id,
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
    linkId: id,
    kind: 'share.invited',
    severity: 'info',
    title: `${ownerName} invites you to the resource share ${share.name}`,
    body: 'Accept the invitation within 7 days to use the vaults and keys that it holds.',
    href: `/${defaultRegionId()}/shared-with-me`,
  });
}
