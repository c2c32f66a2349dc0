-- What a collection saw when it marked, so that each of its later steps can be repeated by another process.
alter table collections
  -- Newest point event, newest pack and the packs of running work at the time of the mark. What is newer, or was running,
  -- is not condemned by this collection and is walked once more before it sweeps.
  add column mark_pack bigint,
  add column mark_running_packs bigint[] not null default '{}',
  -- Newest pin when the condemnation had become visible: older work may rely on what is condemned and is waited for.
  -- Numbers and not times, because a clock may step back and a transaction's time is that of its start.
  add column wait_pin bigint,
  add column last_error text;

-- Whether a collection is due, whether a point is still to be removed and whose lease has run out: one probe each.
create index point_events_deleted on point_events (vault_id, seq) where kind = 'deleted';
create index backup_points_deleting on backup_points (account_id) where status = 'deleting';
create index tickers_leased on tickers (lease_until) where lease_owner is not null;
create index collections_by_vault on collections (vault_id, collection_no desc);
