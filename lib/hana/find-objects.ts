import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';

export interface StoredObject extends Record<string, unknown> {
  ebid: string;
  path: string;
  bytes: number;
  savedAt: string;
  pointId: string;
  vaultId: string;
}

interface Scope {
  accountId: string;
  /** The instance that asks. */
  sourceId: string;
  user: string;
}
export interface ObjectQuery {
  ebid: string | null;
  path: string | null;
}

const maxListed = 100_000;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Objects that an instance may read, newest first: those of its own backups, and those of points that were prepared for it.
 * What was hidden, has expired or is being deleted is not found. An object with copies is found once, at its origin if that
 * is there.
 */
export async function findObjects(tx: Tx, scope: Scope, query: ObjectQuery): Promise<StoredObject[]> {
  if (query.ebid !== null && !uuid.test(query.ebid)) return [];
  const wanted: SQL[] = [sql`true`];
  if (query.ebid !== null) wanted.push(sql`o.ebid = ${query.ebid}::uuid`);
  if (query.path !== null) wanted.push(sql`o.path = ${query.path}`);
  const rows = await tx.execute<StoredObject>(sql`
    select ebid, path, bytes::float8 as bytes, point_id as "pointId", vault_id as "vaultId",
      to_char(saved_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "savedAt"
    from (
      select distinct on (o.ebid) o.ebid, o.path, o.size_bytes as bytes, o.saved_at, o.point_id, p.vault_id
      from hana_objects o
      join backup_points p on p.account_id = o.account_id and p.id = o.point_id
      where o.account_id = ${scope.accountId} and o.user_name = ${scope.user} and ${sql.join(wanted, sql` and `)}
        and o.hidden_at is null and p.status = 'visible' and (p.expires_at > now() or p.keeps_newest)
        and (
          (o.source_id = ${scope.sourceId} and p.origin_account_id = o.account_id)
          or exists (
            select from hana_prepared_points h
            where h.account_id = o.account_id and h.point_id = o.point_id
              and h.source_id = ${scope.sourceId} and h.expires_at > now()
          )
        )
      order by o.ebid, (p.id = p.origin_point_id) desc
    ) found
    order by saved_at desc, path
    limit ${maxListed}`);
  return [...rows];
}
