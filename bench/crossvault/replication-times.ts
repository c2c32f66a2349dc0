import type { Installation } from './installation';
import { waitFor } from './wait-for';

export interface Copies {
  points: number;
  /** The newest point at the target. */
  targetPointId: string;
  /** From its commit at the source to its commit at the target, by the database's clock. */
  newestSeconds: number;
}

/** Waits until every point of the source is at the target. @throws when one was skipped. */
export async function untilCopied({ owner }: Installation, replicationId: string): Promise<Copies> {
  return waitFor(async () => {
    const [row] = await owner.$client`
      select count(rp.*)::int as points,
        count(*) filter (where rp.state is distinct from 'copied')::int as missing,
        count(*) filter (where rp.state not in ('pending', 'copied'))::int as skipped,
        (array_agg(rp.target_point_id order by p.committed_at desc))[1] as "targetPointId",
        (array_agg(extract(epoch from rp.finished_at - p.committed_at)::float8 order by p.committed_at desc))[1]
          as "newestSeconds"
      from replications r
      join backup_points p on p.vault_id = r.source_vault_id and p.status = 'visible'
      left join replication_points rp on rp.replication_id = r.id and rp.source_point_id = p.id
      where r.id = ${replicationId}`;
    if (row!.skipped > 0) throw new Error('The replication has skipped a point');
    return row!.missing === 0 ? (row as unknown as Copies) : null;
  });
}
