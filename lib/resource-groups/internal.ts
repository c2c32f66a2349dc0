import { asc, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { resourceGroups, vaults } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import type { ResourceGroup } from './schemas';

/** The account's groups in the order they were made, or one of them. */
export async function selectGroups(tx: Tx, id?: string): Promise<ResourceGroup[]> {
  const rows = await tx
    .select({
      group: resourceGroups,
      vaultCount: sql<number>`(select count(*)::int from ${vaults} v
        where v.account_id = ${resourceGroups}.account_id and v.resource_group_id = ${resourceGroups}.id)`,
      storedBytes: sql<string>`(select coalesce(sum(v.stored_bytes), 0) from ${vaults} v
        where v.account_id = ${resourceGroups}.account_id and v.resource_group_id = ${resourceGroups}.id)`,
    })
    .from(resourceGroups)
    .where(id === undefined ? undefined : eq(resourceGroups.id, id))
    .orderBy(asc(resourceGroups.createdAt), asc(resourceGroups.id));
  return rows.map(({ group, vaultCount, storedBytes }) => ({
    id: group.id,
    name: group.name,
    vaultCount,
    storedBytes: Number(storedBytes),
    createdAt: group.createdAt.toISOString(),
  }));
}

/**
 * Refuses a group that is not the account's as a wrong field of the form, not as a missing page. The group stays until the
 * transaction ends: a deletion waits, and then finds the vault in it.
 */
export async function requireResourceGroup(tx: Tx, id: string): Promise<void> {
  const [row] = await tx
    .select({ id: resourceGroups.id })
    .from(resourceGroups)
    .where(eq(resourceGroups.id, id))
    .for('key share');
  if (row) return;
  throw new CrossvaultError('invalid_input', 'This resource group does not exist. Choose another one.', {
    fields: { resourceGroupId: 'Choose a resource group of this account.' },
  });
}

export function nameTaken(name: string): CrossvaultError {
  return new CrossvaultError('already_exists', `There is a resource group ${name} already.`, {
    fields: { name: 'Choose another name.' },
  });
}
