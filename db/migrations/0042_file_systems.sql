-- File systems that the operator mounted on the engines' machines and registered for an account. What is mounted there is
-- known by what the file system says of itself: something else at the same folder is neither read nor written.
create table file_systems (
  account_id text not null references accounts,
  id text primary key,
  region text not null,
  kind text not null check (kind in ('nas', 'cpfs')),
  name text not null check (length(name) between 1 and 64),
  mount_path text not null check (mount_path like '/%' and length(mount_path) <= 1024),
  fs_type text not null,
  fs_source text not null,
  fs_root text not null,
  fs_id text,
  check_state text not null default 'ok' check (check_state in ('ok', 'failed')),
  check_message text check (length(check_message) <= 2000),
  checked_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  unique (account_id, id),
  -- What two accounts share is not apart.
  unique (mount_path),
  unique (account_id, region, name)
);
call wall('file_systems');
-- The operator's alone to write; where things lie on the machine is none of a tenant's business.
revoke all on file_systems from crossvault_app, crossvault_engine;
grant select (account_id, id, region, kind, name, check_state, check_message, checked_at, created_at)
  on file_systems to crossvault_app;
grant select on file_systems to crossvault_engine;

create function require_file_system() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (
    select from file_systems f where f.account_id = new.account_id and f.kind = new.kind
      and f.id = new.config ->> 'fileSystemId' and f.region = new.region
  ) then
    raise exception 'no such file system' using errcode = 'CV005';
  end if;
  return new;
end $$;
create trigger require_file_system before insert or update of config, kind, client_id, region on data_sources
  for each row when (new.kind in ('nas', 'cpfs')) execute function require_file_system();

create function keep_used_file_system() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (
    select from data_sources s where s.account_id = old.account_id and s.kind = old.kind
      and s.config ->> 'fileSystemId' = old.id
  ) then
    raise exception 'a data source uses this file system' using errcode = 'CV005';
  end if;
  return old;
end $$;
create trigger keep_used_file_system before delete on file_systems
  for each row execute function keep_used_file_system();
