import { eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { resourceGroups } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import type { ResourceGroup } from './schemas';

export function toResourceGroup(row: typeof resourceGroups.$inferSelect): ResourceGroup {
  return { id: row.id, name: row.name, createdAt: row.createdAt.toISOString() };
}

/** Refuses a group that is not the account's as a wrong field of the form, not as a missing page. */
export async function requireResourceGroup(tx: Tx, id: string): Promise<ResourceGroup> {
  const [row] = await tx.select().from(resourceGroups).where(eq(resourceGroups.id, id));
  if (row) return toResourceGroup(row);
  throw new CrossvaultError('invalid_input', 'This resource group does not exist. Choose another one.', {
    fields: { resourceGroupId: 'Choose a resource group of this account.' },
  });
}
