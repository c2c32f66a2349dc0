-- Archiving moves a point's chunks, frame by frame, into the archive tier of its own vault or into an archive vault.

alter table backup_points
  add column archived_at timestamptz,
  add constraint archived_points_have_a_time check ((tier = 'archive') = (archived_at is not null));
create index backup_points_by_tier on backup_points (vault_id, tier) where status = 'visible';

-- Work that copies into the archive pins its packs like a replication's copy.
alter table pins drop constraint pins_work_kind_check;
alter table pins add constraint pins_work_kind_check
  check (work_kind in ('backup', 'copy', 'restore', 'verify', 'archive'));

-- One row while a point is on its way; it goes with the transaction that archives the point. When and whether a point is
-- archived stands in backup_points.archive_at, not here.
create table archivings (
  account_id text not null,
  point_id text primary key,
  vault_id text not null,
  -- The point's own vault, or an archive vault.
  target_vault_id text not null,
  -- The pin of the engine that works on it: its number is the fence.
  pin_no bigint,
  bytes_done bigint not null default 0,
  bytes_total bigint not null default 0,
  rate_bytes_per_second bigint not null default 0,
  stored_bytes bigint not null default 0,
  -- Why it does not go on, for people; null while it does.
  last_error text,
  failing_since timestamptz,
  last_step_at timestamptz,
  created_at timestamptz not null default now(),
  foreign key (account_id, point_id) references backup_points (account_id, id) on delete cascade,
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade,
  foreign key (account_id, target_vault_id) references vaults (account_id, id) on delete cascade
);
create index archivings_by_account on archivings (account_id);
call wall('archivings');
revoke insert, update, delete on archivings from crossvault_app;

-- Totals count both tiers; these say how much of each is in the archive.
alter table vaults
  add column archive_point_count integer not null default 0 check (archive_point_count >= 0),
  add column archive_source_bytes bigint not null default 0,
  add column archive_stored_bytes bigint not null default 0 check (archive_stored_bytes >= 0);

create or replace function count_point() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if tg_op <> 'INSERT' and old.status = 'visible' then
    update vaults set point_count = point_count - 1, source_bytes = source_bytes - old.source_bytes,
      archive_point_count = archive_point_count - (old.tier = 'archive')::integer,
      archive_source_bytes = archive_source_bytes - case when old.tier = 'archive' then old.source_bytes else 0 end
      where id = old.vault_id;
  end if;
  if tg_op <> 'DELETE' and new.status = 'visible' then
    update vaults set point_count = point_count + 1, source_bytes = source_bytes + new.source_bytes,
      archive_point_count = archive_point_count + (new.tier = 'archive')::integer,
      archive_source_bytes = archive_source_bytes + case when new.tier = 'archive' then new.source_bytes else 0 end
      where id = new.vault_id;
  end if;
  return null;
end $$;
drop trigger count_point on backup_points;
create trigger count_point after insert or update of status, tier or delete on backup_points
  for each row execute function count_point();

create or replace function count_pack() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  p packs := case when tg_op = 'INSERT' then new else old end;
  bytes bigint := case when tg_op = 'INSERT' then new.size_bytes else -old.size_bytes end;
begin
  update vaults set stored_bytes = stored_bytes + bytes, archive_stored_bytes = archive_stored_bytes + case
      when exists (select 1 from chunk_spaces s where s.space_no = p.space_no and s.tier = 'archive') then bytes else 0 end
    where id = p.vault_id;
  return null;
end $$;

-- Archiving frees what only the point kept in the standard tier: a collection is due.
drop index point_events_deleted;
create index point_events_freeing on point_events (vault_id, seq) where kind in ('deleted', 'archived');

-- The last word on where a point may lie. A point enters an archive vault archived and any other vault in the standard
-- tier; it changes its tier once, when its time has come, into the archive space of its own lineage and vault, and never
-- while running work holds it: a backup builds on its parent's chunks in the standard tier.
create function refuse_unfit_archiving() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  kind_of_vault text := (select v.kind from vaults v where v.id = new.vault_id);
begin
  if not exists (select 1 from chunk_spaces s where s.space_no = new.space_no and s.vault_id = new.vault_id
      and (s.lineage_id = new.lineage_id or tg_op = 'INSERT') and s.tier = new.tier) then
    raise exception 'point % does not lie in space %', new.id, new.space_no using errcode = 'CV030';
  end if;
  if tg_op = 'INSERT' then
    if (kind_of_vault = 'archive') <> (new.tier = 'archive')
      or kind_of_vault = 'replication_target' and new.archive_at is not null then
      raise exception 'point % cannot enter a vault of kind %', new.id, kind_of_vault using errcode = 'CV030';
    end if;
    return new;
  end if;
  if (new.archive_at, new.archive_vault_id) is distinct from (old.archive_at, old.archive_vault_id) and (
      kind_of_vault <> 'standard' or old.tier <> 'standard' or old.status <> 'visible'
      or new.archive_at is null or new.archive_at > old.archive_at) then
    raise exception 'the archiving of point % cannot be put off', old.id using errcode = 'CV030';
  end if;
  if (new.tier, new.space_no) is distinct from (old.tier, old.space_no) and (
      kind_of_vault <> 'standard' or old.tier <> 'standard' or new.tier <> 'archive'
      or old.status <> 'visible' or new.status <> 'visible' or new.archive_at is null or new.archive_at > now()
      or exists (select 1 from pins n where n.vault_id = old.vault_id and n.point_id = old.id)) then
    raise exception 'point % cannot change its tier now', old.id using errcode = 'CV030';
  end if;
  return new;
end $$;
create trigger refuse_unfit_archiving before insert or update of tier, space_no, archive_at, archive_vault_id, archived_at
  on backup_points for each row execute function refuse_unfit_archiving();
grant update (tier, space_no, archived_at) on backup_points to crossvault_engine;
grant update (archive_at, archive_vault_id) on backup_points to crossvault_app;

-- A replication reads the standard tier of its source, and of the archive only that a point went there.
drop policy replicated_source on chunk_spaces;
create policy replicated_source on chunk_spaces for select to crossvault_engine
  using (tier = 'standard' and vault_id = (select replicated_source_vault()));
drop policy replicated_source on chunks;
create policy replicated_source on chunks for select to crossvault_engine
  using (space_no = any (array (select s.space_no from chunk_spaces s
    where s.vault_id = (select replicated_source_vault()) and s.tier = 'standard')));
