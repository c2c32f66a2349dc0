import { sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { retryBounds } from '@/lib/replication/waiting';
import { abandonedArchivings, archivingDueIn, dueArchivings } from '../archive';
import { abandonedBackupCopies, copyDueIn, dueCopies } from '../sharing';
import { readDuties } from './duties';
import type { AccountState, CollectionState, ReplicationState } from './plan-tick';

export interface StateOptions {
  /** The least time between the ends of two collections of one vault. */
  collectionIntervalSeconds: number;
}

/** How often a collection looks whether the work it waits for has ended. */
const waitPollMs = 10_000;

/** Reads what a tick may have to do: one query for the account and one for each of its active replications. */
export async function loadAccountState(
  db: Database,
  accountId: string,
  options: StateOptions,
): Promise<AccountState> {
  const { active, ...own } = await inAccount(db, accountId, async (tx) => ({
    ...(await readOwn(tx, accountId)),
    collections: await readCollections(tx, accountId, options),
    duties: await readDuties(tx, accountId),
    active: await readReplications(tx, accountId),
  }));
  const replications: ReplicationState[] = [];
  for (const { sourceVaultId, seenSeq, ...replication } of active) {
    const head = await inAccount(db, accountId, (tx) => readSourceHead(tx, sourceVaultId), {
      replicationId: replication.id,
    });
    replications.push({ ...replication, hasNewEvents: head > seenSeq });
  }
  return { ...own, replications };
}

async function readOwn(
  tx: Tx,
  accountId: string,
): Promise<Omit<AccountState, 'collections' | 'duties' | 'replications'>> {
  const [row] = await tx.execute<{
    keys: string[];
    vaults: AccountState['vaults'];
    next_expiry_ms: number | null;
    has_points_to_remove: boolean;
    has_points_in_use: boolean;
    has_abandoned_copies: boolean;
    archiving_due_ms: number | null;
    copy_due_ms: number | null;
  }>(sql`
    select
      coalesce((select json_agg(k.id) from kms_keys k
        where k.account_id = ${accountId} and k.state = 'creating'), '[]') as keys,
      coalesce((select json_agg(json_build_object('id', v.id, 'status', v.status)) from vaults v
        where v.account_id = ${accountId} and v.status <> 'created'), '[]') as vaults,
      (select extract(epoch from p.expires_at - expiry_now())::float8 * 1000 from backup_points p
        where p.account_id = ${accountId} and p.status = 'visible'
          and not (p.expires_at <= expiry_now() and is_kept_as_newest(p))
        order by p.expires_at limit 1) as next_expiry_ms,
      exists (select 1 from backup_points p
        where p.account_id = ${accountId} and p.status = 'deleting'
          and not exists (select 1 from pins n where n.vault_id = p.vault_id and n.point_id = p.id))
        as has_points_to_remove,
      exists (select 1 from backup_points p join pins n on n.vault_id = p.vault_id and n.point_id = p.id
        where p.account_id = ${accountId} and p.status = 'deleting') as has_points_in_use,
      exists (select 1 from pins n
        where n.account_id = ${accountId} and n.work_kind = 'copy' and n.work_id not like 'abandoned/%'
          and not exists (select 1 from replications r join replication_points rp on rp.replication_id = r.id
            where r.account_id = ${accountId} and r.state = 'active' and r.target_vault_id = n.vault_id
              and rp.state = 'pending' and n.work_id = r.id || '/' || rp.source_point_id))
      or exists (select 1 from replications r join replication_points rp on rp.replication_id = r.id
        where r.account_id = ${accountId} and r.state = 'stopped' and rp.state = 'pending')
      or exists (select 1 ${abandonedArchivings(accountId)})
      or exists (select 1 ${abandonedBackupCopies(accountId)}) as has_abandoned_copies,
      (select min(${copyDueIn}) ${dueCopies(accountId)})::float8 * 1000 as copy_due_ms,
      least(
        (select min(${archivingDueIn}) ${dueArchivings(accountId)} and p.archive_at <= now()),
        (select extract(epoch from min(p.archive_at) - clock_timestamp()) ${dueArchivings(accountId)}
          and p.archive_at > now()))::float8 * 1000 as archiving_due_ms`);
  const nextExpiryMs = row!.next_expiry_ms;
  const hasExpiredPoints = nextExpiryMs !== null && nextExpiryMs <= 0;
  return {
    keysToCreate: row!.keys,
    vaults: row!.vaults,
    hasExpiredPoints,
    nextExpiryMs: hasExpiredPoints ? null : nextExpiryMs,
    hasPointsToRemove: row!.has_points_to_remove,
    hasPointsInUse: row!.has_points_in_use,
    hasAbandonedCopies: row!.has_abandoned_copies,
    archivingDueMs: row!.archiving_due_ms,
    backupCopyDueMs: row!.copy_due_ms,
  };
}

async function readReplications(tx: Tx, accountId: string) {
  const rows = await tx.execute<{
    id: string;
    source_vault_id: string;
    seen_seq: string;
    waiting_reason: string | null;
    has_pending: boolean;
    is_allowed: boolean;
    retry_ms: number | null;
  }>(sql`
    select r.id, r.source_vault_id, r.seen_seq, r.waiting_reason,
      exists (select 1 from replication_points rp
        where rp.replication_id = r.id and rp.state = 'pending') as has_pending,
      (select a.state = 'active' from accounts a where a.account_id = r.account_id)
        and (r.account_id = r.source_account_id or exists (select 1 from grants g
          where g.vault_id = r.target_vault_id and g.account_id = r.account_id
            and g.grantee_account_id = r.source_account_id)) as is_allowed,
      case when r.last_error is not null then extract(epoch from r.last_step_at - clock_timestamp() + make_interval(
        secs => greatest(${retryBounds.leastSeconds}, least(${retryBounds.mostSeconds},
          coalesce(extract(epoch from r.last_step_at - r.waiting_since), 0)))))::float8 * 1000 end as retry_ms
    from replications r where r.account_id = ${accountId} and r.state = 'active'`);
  return rows.map((row) => ({
    id: row.id,
    sourceVaultId: row.source_vault_id,
    seenSeq: Number(row.seen_seq),
    waitingReason: row.waiting_reason,
    hasPendingPoints: row.has_pending,
    isAllowed: row.is_allowed,
    retryMs: row.retry_ms,
  }));
}

async function readSourceHead(tx: Tx, vaultId: string): Promise<number> {
  const [row] = await tx.execute<{ head: string }>(sql`select head from vaults where id = ${vaultId}`);
  return Number(row?.head ?? 0);
}

/** Collections under way, and vaults with something deleted since their last one began. */
async function readCollections(tx: Tx, accountId: string, options: StateOptions): Promise<CollectionState[]> {
  const rows = await tx.execute<{ vault_id: string; collection_no: number | null; due_ms: number }>(sql`
    select v.id as vault_id, case when c.step <> 'done' then c.collection_no end as collection_no,
      case when c.step is null then 0
        when c.step = 'done' then extract(epoch from c.finished_at - clock_timestamp()
          + make_interval(secs => ${options.collectionIntervalSeconds}))::float8 * 1000
        when c.step = 'wait' and exists (select 1 from pins n
          where n.vault_id = v.id and n.work_kind = 'backup' and n.pin_no <= c.wait_pin) then ${waitPollMs}
        else 0 end as due_ms
    from vaults v
    left join lateral (select * from collections c where c.vault_id = v.id
      order by c.collection_no desc limit 1) c on true
    where v.account_id = ${accountId} and v.status in ('created', 'error') and (
      c.step <> 'done'
      or exists (select 1 from point_events e where e.vault_id = v.id and e.kind in ('deleted', 'archived')
        and e.seq > coalesce(c.condemned_head, 0))
      or exists (select 1 from pins n where n.vault_id = v.id and n.work_kind in ('copy', 'archive', 'backup_copy')
        and n.work_id like 'abandoned/%'))`);
  return rows.map((row) => ({
    vaultId: row.vault_id,
    collectionNo: row.collection_no,
    dueMs: row.due_ms,
  }));
}
