create table clients (
  account_id text not null references accounts,
  id text primary key,
  name text not null check (length(name) between 1 and 255),
  hostname text not null,
  platform text not null default '',
  version text not null default '',
  -- 'server': a machine outside the cloud, restores anywhere. 'ecs': an instance whose region the enrolment token fixed.
  placement text not null check (placement in ('server', 'ecs')),
  region text not null,
  connection text not null default 'internet' check (connection in ('internet', 'vpn', 'leased_line')),
  credential_hash bytea not null unique,
  last_heartbeat_at timestamptz,
  enrolled_at timestamptz not null default now(),
  revoked_at timestamptz,
  unique (account_id, id)
);
call wall('clients');

create table enrolment_tokens (
  account_id text not null references accounts,
  id text primary key,
  token_hash bytea not null unique,
  placement text not null check (placement in ('server', 'ecs')),
  region text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  client_id text,
  unique (account_id, id)
);
call wall('enrolment_tokens');

create table data_sources (
  account_id text not null,
  id text primary key,
  kind text not null check (kind in ('ecs_file', 'local_file')),
  client_id text not null,
  name text not null,
  created_at timestamptz not null default now(),
  unique (account_id, id),
  unique (client_id, kind),
  foreign key (account_id, client_id) references clients (account_id, id)
);
call wall('data_sources');

create table backup_points (
  account_id text not null,
  id text primary key,
  vault_id text not null,
  -- No foreign keys: a replica outlives the source, client and account it came from.
  source_id text not null,
  source_kind text not null,
  source_name text not null,
  client_id text not null,
  origin_account_id text not null,
  origin_vault_id text not null,
  origin_point_id text not null,
  space_no integer not null references chunk_spaces,
  lineage_id uuid not null,
  root_page uuid not null,
  paths jsonb not null,
  excludes jsonb not null default '[]',
  parent_point_id text,
  status text not null default 'visible' check (status in ('visible', 'deleting')),
  tier text not null default 'standard' check (tier in ('standard', 'archive')),
  source_bytes bigint not null,
  -- New bytes this point added to the vault's storage.
  added_bytes bigint not null,
  file_count bigint not null,
  folder_count bigint not null,
  skipped_count bigint not null default 0,
  -- Fixed when the point is made: a policy changed later, by an attacker say, cannot shorten it.
  retention_days integer not null check (retention_days between 1 and 364635),
  expires_at timestamptz not null,
  started_at timestamptz not null,
  -- When the data was captured; a replica keeps its origin's time.
  created_at timestamptz not null,
  committed_at timestamptz not null default now(),
  unique (account_id, id),
  unique (vault_id, origin_point_id),
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
create index backup_points_by_vault on backup_points (vault_id, created_at desc) where status = 'visible';
create index backup_points_by_expiry on backup_points (account_id, expires_at) where status = 'visible';
create index backup_points_by_source on backup_points (vault_id, source_id, created_at desc);
call wall('backup_points');

create table point_events (
  account_id text not null,
  vault_id text not null,
  seq bigint not null,
  kind text not null check (kind in ('committed', 'archived', 'deleted', 'retention_changed')),
  point_id text not null,
  at timestamptz not null default now(),
  primary key (vault_id, seq),
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
call wall('point_events');

create table jobs (
  account_id text not null references accounts,
  id text primary key,
  kind text not null check (kind in ('backup', 'restore')),
  status text not null default 'queued'
    check (status in ('queued', 'running', 'complete', 'partial', 'failed', 'cancelled')),
  client_id text not null,
  vault_id text not null,
  -- The point a restore reads or a backup made.
  point_id text,
  spec jsonb not null,
  bytes_done bigint not null default 0,
  bytes_total bigint,
  items_done bigint not null default 0,
  items_total bigint,
  -- Bytes that were new to the vault (backup) or written (restore).
  transferred_bytes bigint not null default 0,
  rate_bytes_per_second bigint,
  current_item text,
  error_code text,
  error_message text,
  report jsonb,
  attempt integer not null default 0,
  fence bigint not null default 0,
  heartbeat_at timestamptz,
  cancel_requested_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  unique (account_id, id),
  foreign key (account_id, client_id) references clients (account_id, id)
);
create index jobs_by_time on jobs (account_id, created_at desc);
create index jobs_due on jobs (client_id, created_at) where status in ('queued', 'running');
call wall('jobs');

create table download_tickets (
  account_id text not null references accounts,
  token_hash bytea primary key,
  user_id text not null,
  point_id text not null,
  path text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
call wall('download_tickets');

-- Trims a vault's totals with its points, so that no list page counts rows.
create function count_point() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'INSERT' and new.status = 'visible' then
    update vaults set point_count = point_count + 1, source_bytes = source_bytes + new.source_bytes where id = new.vault_id;
  elsif tg_op = 'UPDATE' and old.status = 'visible' and new.status <> 'visible'
     or tg_op = 'DELETE' and old.status = 'visible' then
    update vaults set point_count = point_count - 1, source_bytes = source_bytes - old.source_bytes where id = old.vault_id;
  end if;
  return null;
end $$;
create trigger count_point after insert or update of status or delete on backup_points
  for each row execute function count_point();

create function count_pack() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'INSERT' then
    update vaults set stored_bytes = stored_bytes + new.size_bytes where id = new.vault_id;
  else
    update vaults set stored_bytes = stored_bytes - old.size_bytes where id = old.vault_id;
  end if;
  return null;
end $$;
create trigger count_pack after insert or delete on packs for each row execute function count_pack();

-- The lock stands in the database too: no path deletes a locked point before it expires.
create function refuse_locked_point() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if (tg_op = 'DELETE' or new.status = 'deleting' and old.status = 'visible' or new.expires_at < old.expires_at)
     and old.expires_at > now()
     and exists (select 1 from vaults v where v.id = old.vault_id and v.locked_at is not null) then
    raise exception 'backup point % is locked', old.id using errcode = 'CV001';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger refuse_locked_point before update of status, expires_at or delete on backup_points
  for each row execute function refuse_locked_point();

create function door_enrolment_token(hash bytea)
  returns table (account_id text, token_id text, placement text, region text, expired boolean, used boolean)
  language sql stable security definer set search_path = public
  begin atomic
    select t.account_id, t.id, t.placement, t.region, t.expires_at <= now(), t.used_at is not null
    from enrolment_tokens t where t.token_hash = hash;
  end;
create function door_client(hash bytea) returns table (account_id text, client_id text)
  language sql stable security definer set search_path = public
  begin atomic
    select c.account_id, c.id from clients c where c.credential_hash = hash and c.revoked_at is null;
  end;
create function door_download_ticket(hash bytea) returns table (account_id text)
  language sql stable security definer set search_path = public
  begin atomic
    select t.account_id from download_tickets t where t.token_hash = hash;
  end;
revoke execute on function door_enrolment_token(bytea), door_client(bytea), door_download_ticket(bytea) from public;
grant execute on function door_enrolment_token(bytea), door_client(bytea), door_download_ticket(bytea) to crossvault_engine;
