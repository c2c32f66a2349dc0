import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  grants,
  invitations,
  keyAccesses,
  kmsKeys,
  resourceShareKeys,
  resourceShareVaults,
  sharedKeys,
  sharedVaults,
  vaults,
} from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { reasonSentence } from './association';
import type { InvitationRow } from './internal';
import { effectiveStatus } from './rules';
import { type Invitation, ListInvitations } from './schemas';

/** Invitations to this account, or from it, newest first; those that were answered or have expired stay listed. */
export const listInvitations = readVerb({
  action: 'invitations.list',
  permission: 'shares.read',
  input: ListInvitations,
  async run({ ctx, tx, input, now }) {
    const side = input.direction === 'sent' ? invitations.accountId : invitations.recipientAccountId;
    const rows = await tx
      .select()
      .from(invitations)
      .where(eq(side, ctx.accountId))
      .orderBy(desc(invitations.createdAt), desc(invitations.id))
      .limit(500);
    return { items: await toInvitations(tx, ctx.accountId, rows, now) };
  },
});

/** `rows` are all sent by the account, or all received by it. */
export async function toInvitations(
  tx: Tx,
  accountId: string,
  rows: InvitationRow[],
  now: Date,
): Promise<Invitation[]> {
  if (rows.length === 0) return [];
  const shareIds = rows.map((row) => row.shareId);
  const isSender = rows[0]?.accountId === accountId;
  const seen = isSender ? await ownVaultsIn(tx, shareIds) : await grantedVaultsIn(tx, accountId, shareIds);
  const keys = isSender ? await ownKeysIn(tx, shareIds) : await grantedKeysIn(tx, accountId, shareIds);
  const extras = await tx
    .select({
      id: invitations.id,
      vaultCount: sql<number>`invited_vault_count(${invitations.id})`,
      keyCount: sql<number>`invited_key_count(${invitations.id})`,
      recipientName: sql<string | null>`door_account_name(${invitations.recipientAccountId})`,
    })
    .from(invitations)
    .where(
      inArray(
        invitations.id,
        rows.map((row) => row.id),
      ),
    );
  return rows.map((row) => {
    const extra = extras.find((candidate) => candidate.id === row.id);
    const status = effectiveStatus(row, now);
    const isSeen = isSender || status === 'accepted';
    return {
      id: row.id,
      shareId: row.shareId,
      shareName: row.shareName,
      owner: { accountId: row.accountId, name: row.ownerName },
      recipient: { accountId: row.recipientAccountId, name: extra?.recipientName ?? null },
      permission: row.permission,
      status,
      statusReason: reasonSentence(row.failureReason, row.endedReason),
      vaultCount: extra?.vaultCount ?? 0,
      vaults: isSeen
        ? seen
            .filter((vault) => vault.shareId === row.shareId)
            .map(({ id, name, region }) => ({ id, name, region }))
        : [],
      keyCount: extra?.keyCount ?? 0,
      keys: isSeen
        ? keys
            .filter((key) => key.shareId === row.shareId)
            .map(({ id, alias, state }) => ({ id, alias, state }))
        : [],
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      respondedAt: row.respondedAt?.toISOString() ?? null,
    };
  });
}

function ownVaultsIn(tx: Tx, shareIds: string[]) {
  return tx
    .select({ shareId: resourceShareVaults.shareId, id: vaults.id, name: vaults.name, region: vaults.region })
    .from(resourceShareVaults)
    .innerJoin(vaults, eq(vaults.id, resourceShareVaults.vaultId))
    .where(and(inArray(resourceShareVaults.shareId, shareIds), isNull(resourceShareVaults.disassociatedAt)))
    .orderBy(asc(vaults.name));
}

function grantedVaultsIn(tx: Tx, accountId: string, shareIds: string[]) {
  return tx
    .select({
      shareId: grants.shareId,
      id: sharedVaults.id,
      name: sharedVaults.name,
      region: sharedVaults.region,
    })
    .from(grants)
    .innerJoin(sharedVaults, eq(sharedVaults.id, grants.vaultId))
    .where(and(eq(grants.granteeAccountId, accountId), inArray(grants.shareId, shareIds)))
    .orderBy(asc(sharedVaults.name));
}

function ownKeysIn(tx: Tx, shareIds: string[]) {
  const { shareId, keyId, disassociatedAt } = resourceShareKeys;
  return tx
    .select({ shareId, id: kmsKeys.id, alias: kmsKeys.alias, state: kmsKeys.state })
    .from(resourceShareKeys)
    .innerJoin(kmsKeys, eq(kmsKeys.id, keyId))
    .where(and(inArray(shareId, shareIds), isNull(disassociatedAt)))
    .orderBy(asc(kmsKeys.alias));
}

/** Keys that shares give an account: their names and states, and nothing else of them. */
export function grantedKeysIn(tx: Tx, accountId: string, shareIds: string[]) {
  const { id, alias, state } = sharedKeys;
  const { shareId, keyId, granteeAccountId } = keyAccesses;
  return tx
    .select({ shareId, id, alias, state })
    .from(keyAccesses)
    .innerJoin(sharedKeys, eq(id, keyId))
    .where(and(eq(granteeAccountId, accountId), inArray(shareId, shareIds)))
    .orderBy(asc(alias));
}
