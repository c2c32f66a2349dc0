-- What a source archives leaves its replica too, but not at once: the target's owner is told, has its guard days, and may
-- hold it. A hostile source that archives everything cannot empty the replica before.

alter table vaults
  -- Of a replication target: days between the announcement of a removal and the removal. Other vaults do not use it.
  add column guard_days integer not null default 7 check (guard_days between 0 and 365),
  -- While set, nothing announced is removed from the vault.
  add column removals_held_at timestamptz,
  add column removals_held_by text;

create table replica_removals (
  -- The target's.
  account_id text not null,
  replication_id text not null,
  vault_id text not null,
  point_id text primary key,
  source_point_id text not null,
  archived_at timestamptz not null,
  announced_at timestamptz not null,
  remove_at timestamptz not null,
  held_at timestamptz,
  held_by text,
  check ((held_at is null) = (held_by is null)),
  -- A removal is over when its point is gone, for whatever reason.
  foreign key (account_id, point_id) references backup_points (account_id, id) on delete cascade,
  foreign key (account_id, replication_id) references replications (account_id, id) on delete cascade,
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
create index replica_removals_due on replica_removals (account_id, remove_at) where held_at is null;
create index replica_removals_by_vault on replica_removals (vault_id, remove_at);
call wall('replica_removals');
-- The engine announces and carries out; people hold and release. Nobody moves a date.
revoke insert, update, delete on replica_removals from crossvault_app;
revoke update on replica_removals from crossvault_engine;
grant update (held_at, held_by) on replica_removals to crossvault_app;

-- The dates come from here, whoever inserts.
create function announce_removal() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select 1 from replications r join backup_points p on p.vault_id = r.target_vault_id
      where r.id = new.replication_id and r.account_id = new.account_id and r.state = 'active'
        and p.id = new.point_id and p.status = 'visible' and r.target_vault_id = new.vault_id) then
    raise exception 'point % is no replica of a running replication', new.point_id using errcode = 'CV031';
  end if;
  new.announced_at := now();
  new.remove_at := now() + (select v.guard_days from vaults v where v.id = new.vault_id) * interval '24 hours';
  new.held_at := null;
  new.held_by := null;
  return new;
end $$;
create trigger announce_removal before insert on replica_removals
  for each row execute function announce_removal();

-- While its replication runs, a replica goes when it expires, or by a removal that is due and that nobody holds.
create function refuse_early_removal() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if old.status = 'visible' and old.expires_at > now() and (tg_op = 'DELETE' or new.status <> 'visible')
    and exists (select 1 from replications r where r.target_vault_id = old.vault_id and r.state = 'active')
    and not exists (select 1 from replica_removals m join vaults v on v.id = m.vault_id
      where m.point_id = old.id and m.remove_at <= now() and m.held_at is null and v.removals_held_at is null) then
    raise exception 'a running replication keeps point %', old.id using errcode = 'CV002';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger refuse_early_removal before update of status or delete on backup_points
  for each row execute function refuse_early_removal();

-- With the replication ends what its source may cause at the target.
create function cancel_removals() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from replica_removals where replication_id = new.id;
  return null;
end $$;
create trigger cancel_removals after update of state on replications
  for each row when (new.state = 'stopped' and old.state <> 'stopped') execute function cancel_removals();

-- The source is shown how long its target keeps what was archived, before it archives.
alter table replications add column target_guard_days integer not null default 7;
update replications r set target_guard_days = v.guard_days from vaults v where v.id = r.target_vault_id;
create function show_guard_days() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.target_guard_days := coalesce((select v.guard_days from vaults v where v.id = new.target_vault_id), 7);
  return new;
end $$;
create trigger show_guard_days before insert on replications for each row execute function show_guard_days();
create function show_changed_guard_days() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update replications set target_guard_days = new.guard_days where target_vault_id = new.id;
  return null;
end $$;
create trigger show_guard_days after update of guard_days on vaults
  for each row when (old.guard_days is distinct from new.guard_days) execute function show_changed_guard_days();
