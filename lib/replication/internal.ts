import { and, eq, or, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { accounts, replications, sharedVaults, vaults } from '@/db/schema';
import { invariant, notFound } from '@/lib/errors';
import type { CandidateTarget, SourceVault } from './evaluate-target';
import type { ReplicationRow } from './to-replication';

type VaultRow = typeof vaults.$inferSelect;

/** A vault that could be chosen as a target, with what its list entry shows. */
export interface Candidate extends CandidateTarget {
  vaultName: string;
  ownerName: string;
  isOwn: boolean;
}

export const isEitherSide = (accountId: string) =>
  or(eq(replications.accountId, accountId), eq(replications.sourceAccountId, accountId));

export async function getReplicationRow(tx: Tx, accountId: string, id: string): Promise<ReplicationRow> {
  const [row] = await tx
    .select()
    .from(replications)
    .where(and(eq(replications.id, id), isEitherSide(accountId)));
  if (!row) throw notFound('replication');
  return row;
}

export async function toSourceVault(tx: Tx, vault: VaultRow): Promise<SourceVault> {
  const [running] = await tx
    .select({ id: replications.id })
    .from(replications)
    .where(and(eq(replications.sourceVaultId, vault.id), eq(replications.state, 'active')));
  const [account] = await tx
    .select({ state: accounts.state })
    .from(accounts)
    .where(eq(accounts.accountId, vault.accountId));
  const { id, accountId, kind, status, statusReason, region, encryption } = vault;
  return {
    ...{ id, accountId, kind, status, statusReason, region, encryption },
    isReplicating: running !== undefined,
    isOwnerActive: account?.state === 'active',
  };
}

/** This account's own targets and those that others share with it, or only the one with this id. */
export async function listCandidates(tx: Tx, accountId: string, vaultId?: string): Promise<Candidate[]> {
  const own = await tx
    .select()
    .from(vaults)
    .where(
      and(
        eq(vaults.accountId, accountId),
        vaultId ? eq(vaults.id, vaultId) : eq(vaults.kind, 'replication_target'),
      ),
    );
  const shared = await tx
    .select()
    .from(sharedVaults)
    .where(vaultId ? eq(sharedVaults.id, vaultId) : undefined);
  const ownName = own.length > 0 ? await getOwnName(tx, accountId) : '';
  const facts = await listTargetFacts(tx);
  const found = [
    ...own.map((vault) => ({ ...vault, ownerAccountId: accountId, ownerName: ownName, isOwn: true })),
    ...shared.map((vault) => ({ ...vault, isOwn: false })),
  ];
  return found.map(({ id, name, ownerAccountId, ownerName, isOwn, kind, status, region, encryption }) => ({
    vaultId: id,
    vaultName: name,
    ownerAccountId,
    ownerName,
    isOwn,
    kind,
    status,
    region,
    encryption,
    isUsed: facts.get(id)?.isUsed ?? false,
    isOwnerActive: facts.get(id)?.isOwnerActive ?? true,
    // What is neither own nor shared is not visible here at all.
    isAccessible: true,
  }));
}

export async function getOwnName(tx: Tx, accountId: string): Promise<string> {
  const [row] = await tx.execute<{ name: string | null }>(
    sql`select door_account_name(${accountId}) as name`,
  );
  invariant(row?.name, 'an account that signed in exists');
  return row.name;
}

/** Other accounts' replications cannot be read; the database tells only whether a visible target was ever used. */
async function listTargetFacts(tx: Tx): Promise<Map<string, { isUsed: boolean; isOwnerActive: boolean }>> {
  const rows = await tx.execute<{ vault_id: string; is_used: boolean; is_owner_active: boolean }>(
    sql`select vault_id, is_used, is_owner_active from target_facts()`,
  );
  return new Map(
    rows.map((row) => [row.vault_id, { isUsed: row.is_used, isOwnerActive: row.is_owner_active }]),
  );
}
