import { eq, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { kmsKeys, vaults } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import type { KmsKey, KmsKeyDetail } from './schemas';

export type KeyRow = typeof kmsKeys.$inferSelect;

export function selectKeys(tx: Tx, condition?: SQL) {
  // A correlated count: the account's vaults are at most a hundred.
  const vaultCount = sql<number>`(select count(*)::int from vaults v where v.kms_key_id = kms_keys.id)`;
  return tx.select({ key: kmsKeys, vaultCount }).from(kmsKeys).where(condition).$dynamic();
}

/** Locks the key's row, so that its state cannot move between the rule and the write. */
export async function loadKeyForUpdate(tx: Tx, id: string): Promise<KeyRow> {
  const [row] = await tx.select().from(kmsKeys).where(eq(kmsKeys.id, id)).for('update');
  if (!row) throw notFound('key');
  return row;
}

export async function getKeyDetail(tx: Tx, id: string): Promise<KmsKeyDetail> {
  const [row] = await selectKeys(tx, eq(kmsKeys.id, id));
  if (!row) throw notFound('key');
  const uses = await tx
    .select({ id: vaults.id, name: vaults.name, region: vaults.region })
    .from(vaults)
    .where(eq(vaults.kmsKeyId, id))
    .orderBy(vaults.name);
  return { ...toKmsKey(row), vaults: uses };
}

export function toKmsKey({ key, vaultCount }: { key: KeyRow; vaultCount: number }): KmsKey {
  return {
    id: key.id,
    alias: key.alias,
    description: key.description,
    state: key.state,
    vaultCount,
    createdAt: key.createdAt.toISOString(),
    destroyedAt: key.destroyedAt?.toISOString() ?? null,
  };
}

/** Without its key a locked point is as good as deleted. @throws `locked`. */
export async function requireNoLockedPoints(tx: Tx, keyId: string): Promise<void> {
  const locked = await tx.execute<{ name: string }>(sql`
    select v.name from vaults v where v.kms_key_id = ${keyId} and v.locked_at is not null and exists (
      select 1 from backup_points p where p.vault_id = v.id and p.status = 'visible' and p.expires_at > expiry_now())
    order by v.name`);
  if (locked.length === 0) return;
  const names = locked.map(({ name }) => name).join(', ');
  throw new CrossvaultError(
    'locked',
    `This key opens locked backup points in ${names}. It stays until they have expired.`,
    { reason: 'key_of_locked_points' },
  );
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
  throw new CrossvaultError(
    'key_unavailable',
    `The key is ${stateWords[row.state]}. Choose an enabled key.`,
    {
      reason: `key_${row.state}`,
      fields: { kmsKey: 'Choose an enabled key.' },
    },
  );
}

const stateWords: Record<KeyRow['state'], string> = {
  creating: 'still being created',
  enabled: 'enabled',
  disabled: 'disabled',
  destroyed: 'destroyed',
};
