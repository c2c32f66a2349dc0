import { and, eq, lte, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { invitations, resourceShares, vaults } from '@/db/schema';
import { invariant, notFound } from '@/lib/errors';

export type ShareRow = typeof resourceShares.$inferSelect;
export type InvitationRow = typeof invitations.$inferSelect;

/** Everyone who changes a share or its invitations locks the directory and the share first; see `refresh_grants`. */
export async function lockShare(tx: Tx, accountId: string, id: string): Promise<ShareRow> {
  await tx.execute(sql`select hold_my_directory()`);
  const [share] = await tx
    .select()
    .from(resourceShares)
    .where(
      and(
        eq(resourceShares.accountId, accountId),
        eq(resourceShares.id, id),
        eq(resourceShares.status, 'active'),
      ),
    )
    .for('no key update');
  if (!share) throw notFound('resource share');
  return share;
}

/** A vault of the account, held in its state until the transaction ends. */
export async function lockSharedVault(tx: Tx, accountId: string, id: string) {
  const [vault] = await tx
    .select()
    .from(vaults)
    .where(and(eq(vaults.accountId, accountId), eq(vaults.id, id)))
    .for('share');
  if (!vault) throw notFound('vault');
  return vault;
}

export async function getAccountName(tx: Tx, accountId: string): Promise<string> {
  const name = await findAccountName(tx, accountId);
  invariant(name !== null, 'an account that signed in exists');
  return name;
}

export async function findAccountName(tx: Tx, accountId: string): Promise<string | null> {
  const [row] = await tx.execute<{ name: string | null }>(
    sql`select door_account_name(${accountId}) as name`,
  );
  return row?.name ?? null;
}

/** Writes down what the clock has decided, so that the same account can be invited again. */
export async function expireInvitations(
  tx: Tx,
  accountId: string,
  shareId: string,
  now: Date,
): Promise<void> {
  await tx
    .update(invitations)
    .set({ status: 'expired' })
    .where(
      and(
        eq(invitations.accountId, accountId),
        eq(invitations.shareId, shareId),
        eq(invitations.status, 'pending'),
        lte(invitations.expiresAt, now),
      ),
    );
}
