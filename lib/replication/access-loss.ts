import { sql } from 'drizzle-orm';
import { attempt } from '@/db/attempt';
import type { Tx } from '@/db/client';
import { notify, notifyAccount } from '@/lib/notifications';
import type { PausingReplication } from './schemas';

type Standing = Record<
  | 'id'
  | 'account_id'
  | 'target_account_name'
  | 'target_vault_id'
  | 'target_vault_name'
  | 'target_region'
  | 'source_account_id'
  | 'source_account_name'
  | 'source_vault_id'
  | 'source_vault_name'
  | 'source_region',
  string
>;

/** Which running replications a change of shares or memberships would pause. */
export async function foreseePausing(
  tx: Tx,
  change: (tx: Tx) => Promise<unknown>,
): Promise<PausingReplication[]> {
  const standing = await tx.execute<Standing>(sql`select * from standing_replications() order by id`);
  const ids = `{${standing.map(({ id }) => id).join(',')}}`;
  const rows = await attempt(tx, change, (at) =>
    at.execute<{ id: string }>(sql`select replications_with_access(${ids}::text[]) as id`),
  );
  const kept = new Set(rows.map(({ id }) => id));
  return standing.filter(({ id }) => !kept.has(id)).map(toPausing);
}

function toPausing(row: Standing): PausingReplication {
  return {
    id: row.id,
    source: {
      accountId: row.source_account_id,
      accountName: row.source_account_name,
      vaultId: row.source_vault_id,
      vaultName: row.source_vault_name,
      region: row.source_region,
    },
    target: {
      accountId: row.account_id,
      accountName: row.target_account_name,
      vaultId: row.target_vault_id,
      vaultName: row.target_vault_name,
      region: row.target_region,
    },
  };
}

/**
 * Makes a change that can end access, as `accountId`, and tells both accounts of every replication that it pauses. `linkId` is the
 * directory when its management account makes the change; else each replication links the two accounts itself.
 */
export async function pauseReplications(
  tx: Tx,
  change: (tx: Tx) => Promise<unknown>,
  { accountId, why, linkId }: { accountId: string; why: string; linkId?: string },
): Promise<PausingReplication[]> {
  const pausing = await foreseePausing(tx, change);
  for (const { id, source, target } of pausing) {
    for (const side of [source, target]) {
      const notice = {
        kind: 'replication.access_lost',
        severity: 'warning',
        title: `The replication of ${source.vaultName} to ${target.vaultName} stands still`,
        body: `${why} Nothing more is copied until ${target.accountName} shares the vault with ${source.accountName} again. What has been copied stays and can be restored.`,
        href: `/${side.region}/vaults/${side.vaultId}`,
      } as const;
      if (side.accountId === accountId) await notify(tx, accountId, notice);
      else await notifyAccount(tx, { ...notice, accountId: side.accountId, linkId: linkId ?? id });
    }
  }
  await change(tx);
  return pausing;
}
