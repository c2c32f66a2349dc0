import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import type { World } from './accounts';
import type { State } from './state';

interface Rows {
  vaults: string[];
  points: string[];
  grants: string[];
  replications: string[];
}

/** The database against the model, past the walls. */
export async function compare({ database }: World, state: State): Promise<void> {
  const [rows] = await database.owner.execute<{ rows: Rows }>(sql`
    select json_build_object(
      'vaults', (select coalesce(json_agg(concat_ws(' ', account_id, id, status,
        case when locked_at is not null then 'locked' end)), '[]') from vaults),
      'points', (select coalesce(json_agg(concat_ws(' ', vault_id, id, origin_point_id)), '[]')
        from backup_points where status = 'visible'),
      'grants', (select coalesce(json_agg(distinct concat_ws(' ', vault_id, grantee_account_id)), '[]') from grants),
      'replications', (select coalesce(json_agg(concat_ws(' ', id, state)), '[]') from replications)) as rows`);
  const found = rows!.rows;
  expect(sortEach(found)).toEqual(sortEach(expectedRows(state)));
}

function expectedRows(state: State): Rows {
  const vaults = [...state.vaults.values()];
  return {
    vaults: vaults.map(({ accountId, id, status, isLocked }) =>
      [accountId, id, status, ...(isLocked ? ['locked'] : [])].join(' '),
    ),
    points: [...state.points.values()].map(({ vaultId, id, originId }) => `${vaultId} ${id} ${originId}`),
    grants: vaults.flatMap(({ id }) =>
      state.accountIds
        .filter((accountId) => state.hasGrant(id, accountId))
        .map((accountId) => `${id} ${accountId}`),
    ),
    replications: [...state.replications.values()].map(
      ({ id, isActive }) => `${id} ${isActive ? 'active' : 'stopped'}`,
    ),
  };
}

function sortEach(rows: Rows): Rows {
  const { vaults, points, grants, replications } = rows;
  return {
    vaults: vaults.toSorted(),
    points: points.toSorted(),
    grants: grants.toSorted(),
    replications: replications.toSorted(),
  };
}

/** Ids of the visible replicas, by target vault and origin. */
export async function readReplicas({ database }: World): Promise<Map<string, string>> {
  const rows = await database.owner.execute<{ key: string; id: string }>(sql`
    select vault_id || '/' || origin_point_id as key, id from backup_points where id <> origin_point_id`);
  return new Map(rows.map(({ key, id }) => [key, id]));
}
