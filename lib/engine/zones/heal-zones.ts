import { type SQL, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import type { ObjectStore } from '@/lib/engine/core';
import { compareEveryHours, type VaultEnvironment } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import { comparePage } from './compare-zone';
import { payDebts } from './pay-debts';

/** A zone of a vault that the healer works on, with the stores of its siblings. */
export interface ZoneWork {
  environment: VaultEnvironment;
  accountId: string;
  vaultId: string;
  vaultName: string;
  region: string;
  zone: string;
  state: 'whole' | 'filling';
  compareAfter: string | null;
  isCompareDue: boolean;
  own: ObjectStore;
  siblings: { id: string; store: ObjectStore }[];
}

/** How long a zone that does not answer is left alone. */
const restSeconds = 30;

/** Works on the zone that has been due longest: its debts first, then a piece of its comparison. */
export async function healZones(environment: VaultEnvironment, accountId: string): Promise<boolean> {
  const work = await findWork(environment, accountId);
  if (!work) return false;
  try {
    if (await payDebts(work)) {
      // It answered: what it did not do before is over.
      await setDue(work, sql`now()`, sql`, last_error = null, last_error_at = null`);
      return true;
    }
    if (work.isCompareDue && (await comparePage(work))) return true;
    await setDue(work, sql`next_compare_at`);
  } catch (error) {
    if (!(error instanceof CrossvaultError && error.code === 'storage_unavailable')) throw error;
    await setDue(
      work,
      sql`now() + make_interval(secs => ${restSeconds})`,
      sql`, last_error = ${error.message.slice(0, 1000)}, last_error_at = now()`,
    );
  }
  return true;
}

interface Row extends Record<string, unknown> {
  vault_id: string;
  zone: string;
  state: ZoneWork['state'];
  compare_after: string | null;
  is_compare_due: boolean;
  name: string;
  region: string;
  redundancy: 'LRS' | 'ZRS';
  is_kept: boolean;
}

async function findWork(environment: VaultEnvironment, accountId: string): Promise<ZoneWork | null> {
  const [row] = await inAccount(environment.db, accountId, (tx) =>
    tx.execute<Row>(sql`
      select z.vault_id, z.zone, z.state, z.compare_after, v.name, v.region, v.redundancy,
        z.compare_after is not null or coalesce(z.next_compare_at <= now(), false) as is_compare_due,
        v.status in ('created', 'error') as is_kept
      from vault_zones z join vaults v on v.id = z.vault_id
      where z.account_id = ${accountId} and z.due_at <= clock_timestamp()
      order by z.due_at limit 1`),
  );
  if (!row) return null;
  const zones = environment.storage.zonesIn(row.region);
  const own = zones.find((zone) => zone.id === row.zone);
  const work = {
    environment,
    accountId,
    vaultId: row.vault_id,
    vaultName: row.name,
    region: row.region,
    zone: row.zone,
    state: row.state,
    compareAfter: row.compare_after,
    isCompareDue: row.is_compare_due,
  };
  if (!own || !row.is_kept) {
    // A vault on its way out is emptied zone by zone; a zone that is not the region's any more is not served.
    await setDue(work, sql`null`);
    return null;
  }
  const siblings = zones.filter((zone) => zone.id !== row.zone);
  return {
    ...work,
    own: own.vaultStore(row.vault_id),
    siblings: siblings.map((zone) => ({ id: zone.id, store: zone.vaultStore(row.vault_id) })),
  };
}

async function setDue(
  { environment, accountId, vaultId, zone }: Pick<ZoneWork, 'environment' | 'accountId' | 'vaultId' | 'zone'>,
  at: SQL,
  also: SQL = sql``,
): Promise<void> {
  await inAccount(environment.db, accountId, (tx) =>
    tx.execute(
      sql`update vault_zones set due_at = ${at} ${also} where vault_id = ${vaultId} and zone = ${zone}`,
    ),
  );
}

export const nextCompare = sql`now() + make_interval(hours => ${compareEveryHours})`;
