import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { clients } from '@/db/schema';
import { newId } from '@/lib/context';
import { invariant } from '@/lib/errors';
import type { ClientRow } from './internal';
import { regionClientName } from './rules';

/**
 * What the engine's mover is for an account in a region: the client of sources that no host serves. Made once, has no
 * credential, cannot be revoked, and is online while a mover is.
 */
export async function ensureRegionClient(tx: Tx, accountId: string, region: string): Promise<ClientRow> {
  const name = regionClientName(region);
  await tx
    .insert(clients)
    .values({
      accountId,
      id: newId('rc'),
      name,
      hostname: region,
      platform: 'crossvault',
      placement: 'region',
      region,
    })
    .onConflictDoNothing();
  const [client] = await tx
    .select()
    .from(clients)
    .where(and(eq(clients.accountId, accountId), eq(clients.placement, 'region'), eq(clients.region, region)))
    .for('share');
  invariant(client, 'an insert that met a row leaves that row');
  return client;
}
