import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  grants,
  invitations,
  kmsKeys,
  replications,
  resourceShareKeys,
  resourceSharePrincipals,
  resourceShareVaults,
  vaults,
} from '@/db/schema';
import { invariant } from '@/lib/errors';
import { failedSentence, principalStatus, reasonSentence } from './association';
import type { InvitationRow, ShareRow } from './internal';
import { effectiveStatus } from './rules';
import type { ResourceShare } from './schemas';

type Running = Awaited<ReturnType<typeof listRunning>>[number];
type PrincipalRow = Awaited<ReturnType<typeof listPrincipalsOf>>[number];

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
  const keys = await listKeysIn(tx, accountId, ids);
  const principals = await listPrincipalsOf(tx, accountId, ids);
  const invited = await listInvitationsTo(tx, accountId, ids);
  const running = await listRunning(tx, accountId);
  return rows.map((row) => {
    const vaultsOfShare = held.filter((vault) => vault.shareId === row.id);
    const keysOfShare = keys.filter((key) => key.shareId === row.id);
    const unsettled = running.filter(
      ({ isSettled, targetVaultId }) => !isSettled && vaultsOfShare.some(({ id }) => id === targetVaultId),
    );
    return {
      id: row.id,
      name: row.name,
      principalScope: row.principalScope,
      permission: row.permission,
      status: row.status === 'deleted' && unsettled.length > 0 ? ('deleting' as const) : row.status,
      vaults: vaultsOfShare.filter(({ endedAt }) => endedAt === null).map(toVault),
      endedVaults: vaultsOfShare.flatMap((vault) =>
        vault.endedAt === null ? [] : [toEndedVault(vault, vault.endedAt, unsettled)],
      ),
      keys: keysOfShare.filter(({ endedAt }) => endedAt === null).map(toKey),
      endedKeys: keysOfShare.flatMap((key) =>
        key.endedAt === null ? [] : [{ ...toKey(key), endedAt: key.endedAt.toISOString() }],
      ),
      principals: principals
        .filter(({ shareId }) => shareId === row.id)
        .map((principal) => toPrincipal(principal, { row, invited, unsettled }, now)),
      activeReplications: running
        .filter(({ shareIds }) => shareIds.includes(row.id))
        .map(({ id, sourceAccountName, sourceVaultName, targetVaultName }) => ({
          ...{ id, sourceAccountName, sourceVaultName, targetVaultName },
        })),
      createdAt: row.createdAt.toISOString(),
    };
  });
}

export async function toResourceShare(tx: Tx, row: ShareRow, now: Date): Promise<ResourceShare> {
  const [share] = await toResourceShares(tx, row.accountId, [row], now);
  invariant(share, 'one row becomes one share');
  return share;
}

type HeldVault = Awaited<ReturnType<typeof listVaultsIn>>[number];

const toKey = ({ id, alias, state }: Awaited<ReturnType<typeof listKeysIn>>[number]) => ({
  id,
  alias,
  state,
});
const toVault = ({ id, name, region }: HeldVault) => ({ id, name, region });

function toEndedVault(vault: HeldVault, endedAt: Date, unsettled: Running[]) {
  const isSettled = unsettled.every(({ targetVaultId }) => targetVaultId !== vault.id);
  return {
    ...toVault(vault),
    status: isSettled ? ('disassociated' as const) : ('disassociating' as const),
    endedAt: endedAt.toISOString(),
  };
}

function toPrincipal(
  principal: PrincipalRow,
  { row, invited, unsettled }: { row: ShareRow; invited: InvitationRow[]; unsettled: Running[] },
  now: Date,
): ResourceShare['principals'][number] {
  const { type, id, name, external, disassociatedAt, endedReason } = principal;
  const newest = external
    ? invited.find((one) => one.shareId === row.id && one.recipientAccountId === id)
    : undefined;
  const invitationStatus = newest ? effectiveStatus(newest, now) : null;
  const isEnded = disassociatedAt !== null || row.status === 'deleted';
  const isSettled = unsettled.every(({ sourceAccountId }) => type === 'account' && sourceAccountId !== id);
  const ended = row.status === 'deleted' && disassociatedAt === null ? 'share_deleted' : endedReason;
  return {
    type,
    id,
    name,
    isExternal: external,
    status: principalStatus({ external, isEnded, invitationStatus, isSettled }),
    statusReason:
      reasonSentence(newest?.failureReason, ended) ?? (isEnded ? null : failedSentence(invitationStatus)),
    invitationStatus,
    expiresAt: newest?.expiresAt.toISOString() ?? null,
  };
}

/** With the shares that each rests on; settled once the engine has put down what lost its grant. */
async function listRunning(tx: Tx, accountId: string) {
  const rows = await tx
    .select()
    .from(replications)
    .where(and(eq(replications.accountId, accountId), eq(replications.state, 'active')));
  const granted = await tx.select().from(grants).where(eq(grants.accountId, accountId));
  return rows.map((row) => {
    const shareIds = granted
      .filter(
        (grant) => grant.vaultId === row.targetVaultId && grant.granteeAccountId === row.sourceAccountId,
      )
      .map((grant) => grant.shareId);
    const isOwn = row.accountId === row.sourceAccountId;
    return {
      ...row,
      shareIds,
      isSettled: isOwn || shareIds.length > 0 || row.waitingReason === 'access_revoked',
    };
  });
}

function listVaultsIn(tx: Tx, accountId: string, shareIds: string[]) {
  return tx
    .select({
      shareId: resourceShareVaults.shareId,
      id: vaults.id,
      name: vaults.name,
      region: vaults.region,
      endedAt: resourceShareVaults.disassociatedAt,
    })
    .from(resourceShareVaults)
    .innerJoin(vaults, eq(vaults.id, resourceShareVaults.vaultId))
    .where(and(eq(resourceShareVaults.accountId, accountId), inArray(resourceShareVaults.shareId, shareIds)))
    .orderBy(asc(vaults.name));
}

function listKeysIn(tx: Tx, accountId: string, shareIds: string[]) {
  const { shareId, keyId, disassociatedAt } = resourceShareKeys;
  return tx
    .select({ shareId, id: kmsKeys.id, alias: kmsKeys.alias, state: kmsKeys.state, endedAt: disassociatedAt })
    .from(resourceShareKeys)
    .innerJoin(kmsKeys, eq(kmsKeys.id, keyId))
    .where(and(eq(resourceShareKeys.accountId, accountId), inArray(shareId, shareIds)))
    .orderBy(asc(kmsKeys.alias), asc(kmsKeys.id));
}

function listPrincipalsOf(tx: Tx, accountId: string, shareIds: string[]) {
  const { shareId, principalType, principalId, external, disassociatedAt, endedReason, createdAt } =
    resourceSharePrincipals;
  return tx
    .select({
      shareId,
      type: principalType,
      id: principalId,
      external,
      disassociatedAt,
      endedReason,
      name: sql<string | null>`case ${principalType}
        when 'account' then door_account_name(${principalId})
        when 'folder' then (select f.name from directory_folders f where f.id = ${principalId})
        else (select door_account_name(d.account_id) from directories d where d.id = ${principalId}) end`,
    })
    .from(resourceSharePrincipals)
    .where(and(eq(resourceSharePrincipals.accountId, accountId), inArray(shareId, shareIds)))
    .orderBy(asc(createdAt), asc(principalId));
}

/** Newest first: the first one of an account is the one that counts. */
function listInvitationsTo(tx: Tx, accountId: string, shareIds: string[]) {
  return tx
    .select()
    .from(invitations)
    .where(and(eq(invitations.accountId, accountId), inArray(invitations.shareId, shareIds)))
    .orderBy(desc(invitations.createdAt), desc(invitations.id));
}
