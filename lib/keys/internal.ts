import { eq, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { kmsKeys, replications, vaults } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import { inWords } from './rules';
import type { KmsKey, KmsKeyDetail } from './schemas';

export type KeyRow = typeof kmsKeys.$inferSelect;

export function selectKeys(tx: Tx, condition?: SQL) {
  // A lateral sum: the account's vaults are at most a hundred.
  const usage = tx
    .select({
      vaultCount: sql<number>`count(*)::int`.as('vault_count'),
      pointCount: sql<number>`coalesce(sum(${vaults.pointCount}), 0)::int`.as('key_point_count'),
      storedBytes: sql<string>`coalesce(sum(${vaults.storedBytes}), 0)`.as('key_stored_bytes'),
    })
    .from(vaults)
    .where(eq(vaults.kmsKeyId, kmsKeys.id))
    .as('usage');
  return tx
    .select({
      key: kmsKeys,
      usage: { vaultCount: usage.vaultCount, pointCount: usage.pointCount, storedBytes: usage.storedBytes },
    })
    .from(kmsKeys)
    .crossJoinLateral(usage)
    .where(condition)
    .$dynamic();
}

type SelectedKey = Awaited<ReturnType<typeof selectKeys>>[number];

/** Locks the key's row, so that its state cannot move between the rule and the write. */
export async function loadKeyForUpdate(tx: Tx, id: string): Promise<KeyRow> {
  const [row] = await tx.select().from(kmsKeys).where(eq(kmsKeys.id, id)).for('update');
  if (!row) throw notFound('key');
  return row;
}

export async function getKeyDetail(tx: Tx, id: string): Promise<KmsKeyDetail> {
  const [row] = await selectKeys(tx, eq(kmsKeys.id, id));
  if (!row) throw notFound('key');
  const lockedUntil = sql<Date | null>`case when ${vaults.lockedAt} is not null then (select max(p.expires_at)
    from backup_points p where p.vault_id = vaults.id and p.status = 'visible' and p.share_id is null
      and p.expires_at > expiry_now()) end`;
  const uses = await tx
    .select({ vault: vaults, lockedUntil: lockedUntil.mapWith(vaults.createdAt) })
    .from(vaults)
    .where(eq(vaults.kmsKeyId, id))
    .orderBy(vaults.name);
  const running = await tx.select().from(replications).where(eq(replications.state, 'active'));
  return {
    ...toKmsKey(row),
    vaults: uses.map(({ vault, lockedUntil }) => ({
      id: vault.id,
      name: vault.name,
      region: vault.region,
      pointCount: vault.pointCount,
      sourceBytes: vault.sourceBytes,
      storedBytes: vault.storedBytes,
      lockedUntil: lockedUntil?.toISOString() ?? null,
      replication: otherEnd(running, vault.id),
    })),
  };
}

function otherEnd(
  running: (typeof replications.$inferSelect)[],
  vaultId: string,
): KmsKeyDetail['vaults'][number]['replication'] {
  const from = running.find((one) => one.sourceVaultId === vaultId);
  if (from) return { side: 'source', vaultName: from.targetVaultName, accountName: from.targetAccountName };
  const to = running.find((one) => one.targetVaultId === vaultId);
  return to ? { side: 'target', vaultName: to.sourceVaultName, accountName: to.sourceAccountName } : null;
}

export const unused = { vaultCount: 0, pointCount: 0, storedBytes: '0' };

export function toKmsKey({ key, usage }: SelectedKey): KmsKey {
  return {
    id: key.id,
    alias: key.alias,
    description: key.description,
    state: key.state,
    deletionAt: key.deletionAt?.toISOString() ?? null,
    vaultCount: usage.vaultCount,
    pointCount: usage.pointCount,
    storedBytes: Number(usage.storedBytes),
    createdAt: key.createdAt.toISOString(),
    destroyedAt: key.destroyedAt?.toISOString() ?? null,
  };
}

/** Without its key a locked point is as good as deleted. @throws `locked`. */
export async function requireNoLockedPoints(tx: Tx, keyId: string): Promise<void> {
  const locked = await tx.execute<{ name: string }>(sql`
    select v.name from vaults v where v.kms_key_id = ${keyId} and v.locked_at is not null and exists (
      select 1 from backup_points p where p.vault_id = v.id and p.status = 'visible' and p.share_id is null
        and p.expires_at > expiry_now())
    order by v.name`);
  if (locked.length === 0) return;
  const names = locked.map(({ name }) => name).join(', ');
  throw new CrossvaultError(
    'locked',
    `This key opens locked backup points in ${names}. It stays until they have expired.`,
    { reason: 'key_of_locked_points' },
  );
}

export function aliasTaken(alias: string | null): CrossvaultError {
  return new CrossvaultError('already_exists', `There is a key ${alias} already.`, {
    fields: { alias: 'Choose another alias.' },
  });
}

/**
 * The enabled key that an id or `alias/…` names, locked so that it stays enabled until the caller commits. Refuses with
 * `invalid_input` one that does not exist in this account, and with `key_unavailable` one that cannot encrypt.
 */
export async function requireEnabledKey(tx: Tx, name: string): Promise<KeyRow> {
  const condition = name.startsWith('alias/') ? eq(kmsKeys.alias, name) : eq(kmsKeys.id, name);
  const [row] = await tx.select().from(kmsKeys).where(condition).for('share');
  if (!row) {
    throw new CrossvaultError('invalid_input', 'This key does not exist. Choose another one.', {
      fields: { kmsKey: 'Choose a key of this account, by its id or its alias.' },
    });
  }
  if (row.state === 'enabled') return row;
  throw new CrossvaultError('key_unavailable', `The key is ${inWords(row.state)}. Choose an enabled key.`, {
    reason: `key_${row.state}`,
    fields: { kmsKey: 'Choose an enabled key.' },
  });
}
