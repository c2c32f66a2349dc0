-- What each kind of vault does stands in lib/vaults/kinds.ts and, as functions, here; a test compares the two.
create function vault_intake(kind text) returns text language sql immutable parallel safe
  return case kind when 'replication_target' then 'replicas' when 'archive' then 'archived_points' else 'backups' end;
create function vault_takes_source(kind text, source text) returns boolean language sql immutable parallel safe
  return case kind
    when 'database' then source = 'database_dump'
    when 'container' then source = 'container_image'
    when 'trial_oss' then source = 'oss'
    when 'trial_nas' then source = 'nas'
    when 'trial_tablestore' then source = 'tablestore'
    else kind in ('standard', 'replication_target', 'archive') and source in
      ('ecs_file', 'local_file', 'oss', 'nas', 'common_nas', 'tablestore', 'cpfs', 'hana')
  end;
create function is_trial_vault(kind text) returns boolean language sql immutable parallel safe
  return kind in ('trial_oss', 'trial_nas', 'trial_tablestore');

alter table vaults drop constraint vaults_kind_check;
alter table vaults
  add constraint vaults_kind_check check (kind in ('standard', 'replication_target', 'archive', 'database', 'container',
    'trial_oss', 'trial_nas', 'trial_tablestore')),
  add column trial_ends_at timestamptz,
  add column trial_releases_at timestamptz,
  -- Chosen beforehand: at its end the trial becomes a standard vault and nothing is released.
  add column is_kept_after_trial boolean not null default false,
  add constraint trial_has_dates check (is_trial_vault(kind) = (trial_ends_at is not null)
    and (trial_ends_at is null) = (trial_releases_at is null) and trial_releases_at > trial_ends_at),
  add constraint trial_is_not_locked check (locked_at is null or not is_trial_vault(kind)),
  add constraint only_trials_are_kept check (is_trial_vault(kind) or not is_kept_after_trial);
create index vaults_by_trial on vaults (account_id, trial_ends_at) where trial_ends_at is not null;

-- One trial of each kind per account and region, for ever: the row outlives the vault.
create table trial_uses (
  account_id text not null references accounts,
  region text not null,
  kind text not null check (is_trial_vault(kind)),
  vault_id text not null,
  started_at timestamptz not null,
  constraint trial_used_once primary key (account_id, region, kind)
);
call wall('trial_uses');
revoke insert, update, delete on trial_uses from crossvault_app, crossvault_engine;

create function start_trial() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if is_trial_vault(new.kind) then
    new.trial_ends_at := coalesce(new.trial_ends_at, new.created_at + interval '720 hours');
    new.trial_releases_at := coalesce(new.trial_releases_at, new.trial_ends_at + interval '168 hours');
  end if;
  return new;
end $$;
create trigger start_trial before insert on vaults for each row execute function start_trial();

create function use_trial() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into trial_uses (account_id, region, kind, vault_id, started_at)
    values (new.account_id, new.region, new.kind, new.id, new.created_at);
  return null;
end $$;
create trigger use_trial after insert on vaults for each row when (is_trial_vault(new.kind)) execute function use_trial();

-- The kind of a vault stays, but for a trial that is kept: it becomes a standard vault.
create function refuse_kind_change() returns trigger language plpgsql as $$
begin
  if not (is_trial_vault(old.kind) and new.kind = 'standard') then
    raise exception 'vault % cannot become %', old.id, new.kind using errcode = 'CV010';
  end if;
  return new;
end $$;
create trigger refuse_kind_change before update of kind on vaults
  for each row when (old.kind is distinct from new.kind) execute function refuse_kind_change();

-- A point enters a vault that takes its kind of source, and no trial that has ended.
create function refuse_foreign_point() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v vaults;
begin
  select * into v from vaults where id = new.vault_id;
  if not vault_takes_source(v.kind, new.source_kind) then
    raise exception 'vault % of kind % takes no %', v.id, v.kind, new.source_kind using errcode = 'CV011';
  end if;
  if v.trial_ends_at <= now() then
    raise exception 'the trial of vault % has ended', v.id using errcode = 'CV012';
  end if;
  return new;
end $$;
create trigger refuse_foreign_point before insert or update of vault_id, source_kind on backup_points
  for each row execute function refuse_foreign_point();

-- A client has one source for its files, and one for each database or image that it backs up by name.
alter table data_sources drop constraint data_sources_kind_check;
alter table data_sources drop constraint data_sources_client_id_kind_key;
alter table data_sources
  add constraint data_sources_kind_check check (kind in ('ecs_file', 'local_file', 'oss', 'nas', 'common_nas', 'tablestore',
    'cpfs', 'hana', 'database_dump', 'container_image')),
  add column item text not null default '' check (length(item) <= 128),
  add constraint stream_has_item check ((kind in ('database_dump', 'container_image')) = (item <> '')),
  add constraint data_sources_client_id_kind_item_key unique (client_id, kind, item);
