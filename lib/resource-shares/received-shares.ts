import { asc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { grants, sharedVaults } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { grantedKeysIn } from './list-invitations';
import type { Principal, ReceivedShare } from './schemas';

interface Row extends Record<string, unknown> {
  id: string;
  name: string;
  owner_account_id: string;
  owner_name: string;
  permission: string;
  external: boolean;
  principal_type: Principal['type'];
  principal_id: string;
  since: string;
}

/** The shares whose vaults and keys this account may use, newest first. */
export const listReceivedShares = readVerb({
  action: 'resource_shares.list_received',
  permission: 'shares.read',
  input: z.object({}),
  run: async ({ ctx, tx }) => ({ items: await readReceivedShares(tx, ctx.accountId) }),
});

export async function readReceivedShares(tx: Tx, accountId: string): Promise<ReceivedShare[]> {
  const rows = await tx.execute<Row>(sql`
    select id, name, owner_account_id, owner_name, permission, external, principal_type, principal_id,
      to_json(since) #>> '{}' as since
    from received_shares() order by received_shares.since desc, id`);
  const ids = rows.map(({ id }) => id);
  const held = await listGrantedVaults(tx, accountId, ids);
  const keys = ids.length > 0 ? await grantedKeysIn(tx, accountId, ids) : [];
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    owner: { accountId: row.owner_account_id, name: row.owner_name },
    permission: row.permission,
    isExternal: row.external,
    through: { type: row.principal_type, id: row.principal_id },
    since: new Date(row.since).toISOString(),
    vaults: held
      .filter(({ shareId }) => shareId === row.id)
      .map(({ id, name, region, encryption, status }) => ({ id, name, region, encryption, status })),
    keys: keys
      .filter(({ shareId }) => shareId === row.id)
      .map(({ id, alias, state }) => ({ id, alias, state })),
  }));
}

async function listGrantedVaults(tx: Tx, accountId: string, shareIds: string[]) {
  if (shareIds.length === 0) return [];
  const { id, name, region, encryption, status } = sharedVaults;
  return tx
    .select({ shareId: grants.shareId, id, name, region, encryption, status })
    .from(grants)
    .innerJoin(sharedVaults, eq(id, grants.vaultId))
    .where(sql`${eq(grants.granteeAccountId, accountId)} and ${inArray(grants.shareId, shareIds)}`)
    .orderBy(asc(name));
}
