create table kms_keys (
  account_id text not null references accounts,
  id text primary key,
  alias text check (alias ~ '^alias/[A-Za-z0-9/_-]{1,58}$'),
  description text not null default '' check (length(description) <= 255),
  state text not null default 'creating' check (state in ('creating', 'enabled', 'disabled', 'destroyed')),
  -- Sealed under the service key by the engine; emptied when the key is destroyed.
  wrapped_material bytea,
  created_at timestamptz not null default now(),
  destroyed_at timestamptz,
  unique (account_id, id),
  unique (account_id, alias)
);
call wall('kms_keys');

create table resource_groups (
  account_id text not null references accounts,
  id text primary key,
  name text not null check (length(name) between 1 and 64),
  created_at timestamptz not null default now(),
  unique (account_id, id),
  unique (account_id, name)
);
call wall('resource_groups');

create table vaults (
  account_id text not null references accounts,
  id text primary key check (id ~ '^[vr]-[0-9a-z]{20}$'),
  kind text not null check (kind in ('standard', 'replication_target')),
  name text not null check (length(name) between 1 and 64),
  description text not null default '' check (length(description) <= 255),
  region text not null,
  resource_group_id text not null,
  encryption text not null check (encryption in ('service', 'kms')),
  kms_key_id text,
  redundancy text not null check (redundancy in ('LRS', 'ZRS')),
  status text not null default 'initializing' check (status in ('initializing', 'created', 'error', 'deleting')),
  status_reason text,
  -- Number of the newest point event. Taken by `update … set head = head + 1` as the last statement of a commit,
  -- because identity columns commit out of order and a reader would skip an event.
  head bigint not null default 0,
  locked_at timestamptz,
  point_count integer not null default 0 check (point_count >= 0),
  source_bytes bigint not null default 0,
  stored_bytes bigint not null default 0 check (stored_bytes >= 0),
  created_at timestamptz not null default now(),
  unique (account_id, id),
  unique (account_id, region, name),
  foreign key (account_id, resource_group_id) references resource_groups (account_id, id),
  foreign key (account_id, kms_key_id) references kms_keys (account_id, id),
  check ((encryption = 'kms') = (kms_key_id is not null)),
  check ((kind = 'replication_target') = (id like 'r-%'))
);
create index vaults_by_region on vaults (account_id, region);
call wall('vaults');

create function count_vault() returns trigger language plpgsql security definer set search_path = public as $$
declare
  v vaults := case when tg_op = 'INSERT' then new else old end;
  step integer := case when tg_op = 'INSERT' then 1 else -1 end;
begin
  insert into quota_counters (account_id, name, region, used, maximum)
    values (v.account_id, 'vaults', '', greatest(step, 0), 100)
    on conflict (account_id, name, region) do update set used = quota_counters.used + step;
  if v.kind = 'replication_target' then
    insert into quota_counters (account_id, name, region, used, maximum)
      values (v.account_id, 'replication_targets', v.region, greatest(step, 0), 5)
      on conflict (account_id, name, region) do update set used = quota_counters.used + step;
  end if;
  return null;
end $$;
create trigger count_vault after insert or delete on vaults for each row execute function count_vault();

-- Append-only: an old version stays readable after a rotation.
create table vault_keys (
  account_id text not null,
  vault_id text not null,
  version integer not null,
  wrapped bytea not null,
  wrapped_by text not null,
  created_at timestamptz not null default now(),
  primary key (vault_id, version),
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
call wall('vault_keys');

-- A lineage is a naming key and the dedup space under it. A replica adopts its source's lineage id, sealed under its own key.
create table vault_lineages (
  account_id text not null,
  vault_id text not null,
  lineage_id uuid not null,
  sealed_naming_key bytea not null,
  created_at timestamptz not null default now(),
  primary key (vault_id, lineage_id),
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
call wall('vault_lineages');

-- One dedup space: vault, lineage and storage tier as one small integer, so that an index row stays near 120 bytes.
create table chunk_spaces (
  account_id text not null,
  vault_id text not null,
  lineage_id uuid not null,
  tier text not null default 'standard' check (tier in ('standard', 'archive')),
  space_no integer generated always as identity primary key,
  unique (vault_id, lineage_id, tier),
  unique (account_id, space_no),
  foreign key (vault_id, lineage_id) references vault_lineages (vault_id, lineage_id) on delete cascade,
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
call wall('chunk_spaces');

-- A pin belongs to a piece of work (a backup, a copy), not to a process: it outlives a crash and ends with the work.
create table pins (
  account_id text not null,
  vault_id text not null,
  pin_no bigint generated always as identity primary key,
  work_kind text not null check (work_kind in ('backup', 'copy', 'restore', 'verify')),
  work_id text not null,
  -- The parent point of a backup, kept until the backup ends.
  point_id text,
  created_at timestamptz not null default now(),
  unique (vault_id, work_kind, work_id),
  unique (account_id, pin_no),
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
call wall('pins');

create table packs (
  account_id text not null,
  vault_id text not null,
  pack_no bigint generated always as identity primary key,
  space_no integer not null references chunk_spaces on delete cascade,
  -- SHA-256 of the pack's bytes; its object name.
  sha256 bytea not null,
  size_bytes integer not null,
  key_version integer not null,
  -- The work that put it, while that work runs: collection never condemns what it put.
  pin_no bigint references pins on delete set null,
  created_at timestamptz not null default now(),
  unique (vault_id, sha256),
  unique (account_id, pack_no),
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
create index packs_by_pin on packs (pin_no) where pin_no is not null;
create index packs_by_space on packs (space_no);
call wall('packs');

create table chunks (
  space_no integer not null,
  name uuid not null,
  pack_no bigint not null,
  -- Byte range of the sealed frame inside the pack, then the chunk's range inside the opened frame.
  frame_no integer not null,
  frame_offset integer not null,
  frame_bytes integer not null,
  chunk_offset integer not null,
  chunk_bytes integer not null,
  -- 0 data, 1 tree page.
  kind smallint not null,
  -- Number of the collection that condemned it; a condemned row is absent to every look-up.
  condemned_by integer,
  primary key (space_no, name)
);
create index chunks_by_pack on chunks (pack_no);
create index chunks_condemned on chunks (space_no, condemned_by) where condemned_by is not null;
alter table chunks enable row level security;
alter table chunks force row level security;
grant select, insert, update, delete on chunks to crossvault_engine;
-- No account column here: the visible spaces are the wall (their own policy decides), read once per statement.
create policy own_spaces on chunks to crossvault_engine
  using (space_no = any (array (select s.space_no from chunk_spaces s where s.account_id = current_account())))
  with check (space_no = any (array (select s.space_no from chunk_spaces s where s.account_id = current_account())));

-- One garbage collection of one vault; its steps are taken one by one and survive a crash.
create table collections (
  account_id text not null,
  vault_id text not null,
  collection_no integer generated always as identity primary key,
  step text not null default 'mark' check (step in ('mark', 'wait', 'remark', 'sweep', 'done')),
  condemned_at timestamptz,
  condemned_head bigint,
  condemned_chunks bigint not null default 0,
  freed_bytes bigint not null default 0,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
create unique index one_collection_per_vault on collections (vault_id) where step <> 'done';
call wall('collections');
