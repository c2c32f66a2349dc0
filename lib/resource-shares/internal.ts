import { and, asc, desc, eq, inArray, lte, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  invitations,
  replications,
  resourceSharePrincipals,
  resourceShares,
  resourceShareVaults,
  vaults,
} from '@/db/schema';
import { invariant, notFound } from '@/lib/errors';
import { effectiveStatus } from './rules';
import type { ResourceShare } from './schemas';

export type ShareRow = typeof resourceShares.$inferSelect;
export type InvitationRow = typeof invitations.$inferSelect;

/** Everyone who changes a share or its invitations locks the share first; see `refresh_grants`. */
export async function lockShare(tx: Tx, accountId: string, id: string): Promise<ShareRow> {
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

/** The account's shares as the API shows them, in the order of `rows`. */
export async function toResourceShares(
  tx: Tx,
  accountId: string,
  rows: ShareRow[],
  now: Date,
): Promise<ResourceShare[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const held = await listVaultsIn(tx, accountId, ids);
  const principals = await listPrincipalsOf(tx, accountId, ids);
  const invited = await listInvitationsTo(tx, accountId, ids);
  const running = await tx
    .select()
    .from(replications)
    .where(and(eq(replications.accountId, accountId), eq(replications.state, 'active')));
  return rows.map((row) => {
    const vaultsOfShare = held.filter((vault) => vault.shareId === row.id);
    const principalsOfShare = principals.filter((principal) => principal.shareId === row.id);
    const isServed = (replication: (typeof running)[number]) =>
      vaultsOfShare.some((vault) => vault.id === replication.targetVaultId) &&
      principalsOfShare.some((principal) => principal.id === replication.sourceAccountId);
    return {
      id: row.id,
      name: row.name,
      principalScope: row.principalScope,
      permission: row.permission,
      status: row.status,
      vaults: vaultsOfShare.map(({ id, name, region }) => ({ id, name, region })),
      principals: principalsOfShare.map(({ type, id, name }) => {
        const newest = invited.find((one) => one.shareId === row.id && one.recipientAccountId === id);
        const invitationStatus = newest ? effectiveStatus(newest, now) : null;
        return { type, id, name, invitationStatus, expiresAt: newest?.expiresAt.toISOString() ?? null };
      }),
      activeReplications: running
        .filter(isServed)
        .map(({ id, sourceAccountName, sourceVaultName, targetVaultName }) => ({
          id,
          sourceAccountName,
          sourceVaultName,
          targetVaultName,
        })),
      createdAt: row.createdAt.toISOString(),
    };
  });
}

function listVaultsIn(tx: Tx, accountId: string, shareIds: string[]) {
  return tx
    .select({ shareId: resourceShareVaults.shareId, id: vaults.id, name: vaults.name, region: vaults.region })
    .from(resourceShareVaults)
    .innerJoin(vaults, eq(vaults.id, resourceShareVaults.vaultId))
    .where(and(eq(resourceShareVaults.accountId, accountId), inArray(resourceShareVaults.shareId, shareIds)))
    .orderBy(asc(vaults.name));
}

function listPrincipalsOf(tx: Tx, accountId: string, shareIds: string[]) {
  return tx
    .select({
      shareId: resourceSharePrincipals.shareId,
      type: resourceSharePrincipals.principalType,
      id: resourceSharePrincipals.principalId,
      name: sql<string | null>`door_account_name(${resourceSharePrincipals.principalId})`,
    })
    .from(resourceSharePrincipals)
    .where(
      and(
        eq(resourceSharePrincipals.accountId, accountId),
        inArray(resourceSharePrincipals.shareId, shareIds),
      ),
    )
    .orderBy(asc(resourceSharePrincipals.createdAt), asc(resourceSharePrincipals.principalId));
}

/** Newest first: the first one of an account is the one that counts. */
function listInvitationsTo(tx: Tx, accountId: string, shareIds: string[]) {
  return tx
    .select()
    .from(invitations)
    .where(and(eq(invitations.accountId, accountId), inArray(invitations.shareId, shareIds)))
    .orderBy(desc(invitations.createdAt), desc(invitations.id));
}

export async function toResourceShare(tx: Tx, row: ShareRow, now: Date): Promise<ResourceShare> {
  const [share] = await toResourceShares(tx, row.accountId, [row], now);
  invariant(share, 'one row becomes one share');
  return share;
}
