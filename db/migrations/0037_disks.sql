-- Disks, servers and images, and the vaults that take their backups. What each kind of vault does stands in
-- lib/vaults/kinds.ts too; a test compares the two.
create or replace function vault_takes_source(kind text, source text) returns boolean language sql immutable parallel safe
  return case kind
    when 'database' then source = 'database_dump'
    when 'container' then source = 'container_image'
    when 'server_backup' then source = 'server'
    when 'disk_backup' then source = 'disk'
    when 'trial_oss' then source = 'oss'
    when 'trial_nas' then source = 'nas'
    when 'trial_tablestore' then source = 'tablestore'
    else kind in ('standard', 'replication_target', 'archive') and source in
      ('ecs_file', 'local_file', 'oss', 'nas', 'common_nas', 'tablestore', 'cpfs', 'hana')
  end;
create function is_capacity_vault(kind text) returns boolean language sql immutable parallel safe
  return kind in ('server_backup', 'disk_backup');

alter table vaults drop constraint vaults_kind_check;
alter table vaults
  add constraint vaults_kind_check check (kind in ('standard', 'replication_target', 'archive', 'database', 'container',
    'server_backup', 'disk_backup', 'trial_oss', 'trial_nas', 'trial_tablestore')),
  -- What it may hold, paid for whether used or not. Used is `stored_bytes`, what really lies in storage.
  add column capacity_bytes bigint check (capacity_bytes > 0),
  -- Promised to copies that are under way; taken by `reserve_capacity`.
  add column reserved_bytes bigint not null default 0 check (reserved_bytes >= 0),
  add column threshold_percent smallint not null default 80 check (threshold_percent between 1 and 100),
  add column is_auto_expanding boolean not null default false,
  -- When the account was told that the threshold is passed; empty again when use has fallen below it.
  add column threshold_told_at timestamptz,
  add constraint capacity_by_kind check (is_capacity_vault(kind) = (capacity_bytes is not null)),
  add constraint reserved_within_capacity check (reserved_bytes = 0 or capacity_bytes is not null);

-- The wanted bytes are put aside in a vault, or the vault grows by itself. False when they do not fit: free space must be
-- larger than what is promised. `release_capacity` gives back what was reserved.
create function reserve_capacity(wanted_vault text, wanted_bytes bigint) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v vaults;
begin
  select * into v from vaults where id = wanted_vault and account_id = current_account() for no key update;
  if v.capacity_bytes is null or v.status <> 'created' then return false; end if;
  if v.capacity_bytes - v.stored_bytes - v.reserved_bytes <= wanted_bytes then
    if not v.is_auto_expanding then return false; end if;
    update vaults set capacity_bytes = grown_capacity(v.stored_bytes + v.reserved_bytes + wanted_bytes) where id = v.id;
  end if;
  update vaults set reserved_bytes = reserved_bytes + wanted_bytes where id = v.id;
  return true;
end $$;
create function release_capacity(wanted_vault text, wanted_bytes bigint) returns void
  language sql security definer set search_path = public, pg_temp as $$
  update vaults set reserved_bytes = greatest(0, reserved_bytes - wanted_bytes)
    where id = wanted_vault and account_id = current_account()
$$;
-- Whole GiB, with a GiB of room.
create function grown_capacity(needed bigint) returns bigint language sql immutable parallel safe
  return (needed / 1073741824 + 2) * 1073741824;
revoke execute on function reserve_capacity(text, bigint), release_capacity(text, bigint) from public;
grant execute on function reserve_capacity(text, bigint), release_capacity(text, bigint)
  to crossvault_app, crossvault_engine;

-- A pack of a backup that would go beyond the capacity is refused, or the vault grows by itself. Copies have reserved
-- their room, and collection writes packs only to free more.
create or replace function count_pack() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  p packs := case when tg_op = 'INSERT' then new else old end;
  bytes bigint := case when tg_op = 'INSERT' then new.size_bytes else -old.size_bytes end;
  v vaults;
begin
  update vaults set stored_bytes = stored_bytes + bytes, archive_stored_bytes = archive_stored_bytes + case
      when exists (select 1 from chunk_spaces s where s.space_no = p.space_no and s.tier = 'archive') then bytes else 0 end
    where id = p.vault_id returning * into v;
  if tg_op = 'INSERT' and v.stored_bytes + v.reserved_bytes > v.capacity_bytes
     and exists (select 1 from pins n where n.pin_no = new.pin_no and n.work_kind = 'backup') then
    if not v.is_auto_expanding then
      raise exception 'vault % is full', v.id using errcode = 'CV060';
    end if;
    update vaults set capacity_bytes = grown_capacity(v.stored_bytes + v.reserved_bytes) where id = v.id;
  end if;
  return null;
end $$;

-- Such a vault is charged by its capacity, so what lies in it is not counted again.
alter table usage_hours drop constraint usage_hours_meter_check;
alter table usage_hours add constraint usage_hours_meter_check check (meter in ('storage_standard',
  'storage_replication_target', 'storage_archive', 'storage_database', 'storage_container', 'storage_trial',
  'storage_server_backup', 'storage_disk_backup', 'replication_traffic', 'replication_local',
  'restore_internet', 'restore_vpn', 'restore_leased_line', 'restore_region'));
create or replace function meter_pack() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if tg_op <> 'INSERT' and not exists (
      select 1 from metered_vaults v where v.vault_id = old.vault_id and v.deleted_at is not null) then
    perform meter_storage(old.account_id, old.vault_id, storage_meter(v.kind, s.tier), -old.size_bytes)
      from chunk_spaces s join vaults v on v.id = s.vault_id
      where s.space_no = old.space_no and not is_capacity_vault(v.kind);
  end if;
  if tg_op <> 'DELETE' then
    perform meter_storage(new.account_id, new.vault_id, storage_meter(v.kind, s.tier), new.size_bytes)
      from chunk_spaces s join vaults v on v.id = s.vault_id
      where s.space_no = new.space_no and not is_capacity_vault(v.kind);
  end if;
  if tg_op = 'INSERT' and new.pin_no is not null then
    perform meter_traffic(r.account_id, r.target_vault_id,
        case when r.source_region = r.target_region then 'replication_local' else 'replication_traffic' end,
        new.size_bytes)
      from pins n join replications r on r.target_vault_id = new.vault_id
      where n.pin_no = new.pin_no and n.work_kind = 'copy';
  end if;
  return null;
end $$;
create function meter_capacity() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  perform meter_storage(new.account_id, new.id, storage_meter(new.kind, 'standard'),
    new.capacity_bytes - case when tg_op = 'INSERT' then 0 else old.capacity_bytes end);
  return null;
end $$;
-- After `meter_new_vault` by its name: that one makes the row which the meter hangs on.
create trigger meter_vault_capacity after insert or update of capacity_bytes on vaults
  for each row when (new.capacity_bytes is not null) execute function meter_capacity();

-- One counter per account and name; the row that would exceed it is refused by `quota_exceeded`.
create function count_quota(account text, wanted text, most integer, step integer) returns void
  language sql security definer set search_path = public, pg_temp as $$
  insert into quota_counters (account_id, name, region, used, maximum)
    values (account, wanted, '', greatest(step, 0), most)
    on conflict (account_id, name, region) do update set used = quota_counters.used + step
$$;
revoke execute on function count_quota(text, text, integer, integer) from public;

create table servers (
  account_id text not null references accounts,
  id text primary key check (id ~ '^i-[0-9a-z]{20}$'),
  region text not null,
  name text not null check (length(name) between 1 and 64),
  description text not null default '' check (length(description) <= 255),
  flavour text not null,
  state text not null default 'creating'
    check (state in ('creating', 'stopped', 'starting', 'running', 'stopping', 'restoring', 'deleting', 'error')),
  state_reason text,
  accelerator text check (accelerator in ('kvm', 'tcg')),
  -- Where its machine runs: host, pid and when that process began, which tells it from a later one of the same number.
  process jsonb,
  started_at timestamptz,
  created_from jsonb not null default '{"kind": "disks"}',
  created_by text not null,
  created_at timestamptz not null default now(),
  unique (account_id, id),
  unique (account_id, region, name)
);
create index servers_by_region on servers (account_id, region, created_at desc);
call wall('servers');

create table disks (
  account_id text not null references accounts,
  id text primary key check (id ~ '^d-[0-9a-z]{20}$'),
  region text not null,
  -- Of the region's disk pools; the file is `<pool>/<account>/<id>`.
  pool text not null,
  name text not null check (length(name) between 1 and 64),
  description text not null default '' check (length(description) <= 255),
  format text not null check (format in ('raw', 'qcow2')),
  size_bytes bigint not null check (size_bytes > 0 and size_bytes % 1048576 = 0),
  -- What its file takes in the pool.
  allocated_bytes bigint not null default 0 check (allocated_bytes >= 0),
  is_encrypted boolean not null default false,
  kms_key_id text,
  -- Opens the disk; sealed under the account's key.
  sealed_secret bytea,
  state text not null default 'creating'
    check (state in ('creating', 'available', 'resizing', 'restoring', 'deleting', 'error')),
  state_reason text,
  -- Raised by whatever may have written to it: a start, a restore, a new size. Equal numbers mean equal bytes.
  generation bigint not null default 1,
  server_id text,
  -- 0 is the disk that a server starts from.
  position smallint check (position between 0 and 15),
  created_from jsonb not null default '{"kind": "empty"}',
  -- The size it is being given, while `resizing`.
  wanted_bytes bigint check (wanted_bytes > 0 and wanted_bytes % 1048576 = 0),
  bytes_done bigint not null default 0,
  bytes_total bigint,
  claimed_until timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  unique (account_id, id),
  unique (account_id, region, name),
  unique (server_id, position),
  foreign key (account_id, server_id) references servers (account_id, id),
  foreign key (account_id, kms_key_id) references kms_keys (account_id, id),
  constraint attached_at_a_place check ((server_id is null) = (position is null)),
  constraint encrypted_under_a_key check (is_encrypted = (kms_key_id is not null)),
  -- A qcow2 file of ours holds no ciphertext: what is encrypted is a raw file that begins with its key slots.
  constraint encrypted_is_raw check (not is_encrypted or format = 'raw')
);
create index disks_by_region on disks (account_id, region, created_at desc);
create index disks_at_work on disks (account_id, claimed_until) where state in ('creating', 'resizing', 'deleting');
call wall('disks');

create table images (
  account_id text not null references accounts,
  id text primary key check (id ~ '^img-[0-9a-z]{20}$'),
  region text not null,
  name text not null check (length(name) between 1 and 64),
  description text not null default '' check (length(description) <= 255),
  state text not null default 'creating' check (state in ('creating', 'available', 'deleting', 'error')),
  state_reason text,
  -- The backup it was registered from. No foreign key: an image holds its own bytes and outlives it.
  point_id text not null,
  source_name text not null,
  flavour text,
  created_by text not null,
  created_at timestamptz not null default now(),
  unique (account_id, id),
  unique (account_id, region, name)
);
create index images_by_region on images (account_id, region, created_at desc);
create index images_by_point on images (account_id, point_id);
call wall('images');

-- The bytes of an image, one row per disk; the file is `<pool>/<account>/<id>`.
create table image_disks (
  account_id text not null,
  id text primary key check (id ~ '^imgd-[0-9a-z]{20}$'),
  image_id text not null,
  position smallint not null check (position between 0 and 15),
  name text not null,
  pool text not null,
  format text not null check (format in ('raw', 'qcow2')),
  size_bytes bigint not null check (size_bytes > 0),
  allocated_bytes bigint not null default 0 check (allocated_bytes >= 0),
  is_encrypted boolean not null default false,
  kms_key_id text,
  sealed_secret bytea,
  unique (account_id, id),
  unique (image_id, position),
  foreign key (account_id, image_id) references images (account_id, id) on delete cascade,
  foreign key (account_id, kms_key_id) references kms_keys (account_id, id)
);
call wall('image_disks');

-- A project (an account in a region) lets the disk service use its keys, once and for all its encrypted disks.
create table disk_key_permissions (
  account_id text not null references accounts,
  region text not null,
  granted_by text not null,
  granted_at timestamptz not null default now(),
  primary key (account_id, region)
);
call wall('disk_key_permissions');
revoke update on disk_key_permissions from crossvault_app, crossvault_engine;

create function count_disk() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  freed integer := case when tg_op = 'INSERT' then 0 else -(greatest(old.size_bytes, coalesce(old.wanted_bytes, 0)) / 1073741824 + 1) end;
  taken integer := case when tg_op = 'DELETE' then 0 else greatest(new.size_bytes, coalesce(new.wanted_bytes, 0)) / 1073741824 + 1 end;
begin
  if tg_op <> 'UPDATE' then
    perform count_quota(coalesce(new.account_id, old.account_id), 'disks', 100, case when tg_op = 'INSERT' then 1 else -1 end);
  end if;
  if freed + taken <> 0 then
    perform count_quota(coalesce(new.account_id, old.account_id), 'disk_gib', 4096, freed + taken);
  end if;
  return null;
end $$;
create trigger count_disk after insert or update of size_bytes, wanted_bytes or delete on disks
  for each row execute function count_disk();
create function count_server() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform count_quota(coalesce(new.account_id, old.account_id), 'servers', 50, case when tg_op = 'INSERT' then 1 else -1 end);
  return null;
end $$;
create trigger count_server after insert or delete on servers for each row execute function count_server();
create function count_image() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform count_quota(coalesce(new.account_id, old.account_id), 'images', 50, case when tg_op = 'INSERT' then 1 else -1 end);
  return null;
end $$;
create trigger count_image after insert or delete on images for each row execute function count_image();

-- A disk keeps its account, region and encryption for life, never shrinks, and moves between servers only while both rest.
create function refuse_unfit_disk() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s servers;
begin
  if tg_op = 'UPDATE' and (new.is_encrypted <> old.is_encrypted or new.account_id <> old.account_id
      or new.region <> old.region or new.pool <> old.pool) then
    raise exception 'disk % keeps its encryption and its place', old.id using errcode = 'CV061';
  end if;
  if tg_op = 'UPDATE' and new.size_bytes < old.size_bytes and old.state <> 'creating' then
    raise exception 'disk % cannot shrink', old.id using errcode = 'CV062';
  end if;
  if new.server_id is not null and (tg_op = 'INSERT' or old.server_id is distinct from new.server_id) then
    select * into s from servers where id = new.server_id for share;
    if s.region <> new.region or s.state not in ('creating', 'stopped', 'error') then
      raise exception 'disk % cannot be attached to %', new.id, s.id using errcode = 'CV063';
    end if;
  end if;
  if tg_op = 'UPDATE' and old.server_id is not null and new.server_id is null and exists (
      select 1 from servers x where x.id = old.server_id and x.state in ('starting', 'running', 'stopping')) then
    raise exception 'disk % is in use', old.id using errcode = 'CV063';
  end if;
  return new;
end $$;
create trigger refuse_unfit_disk before insert or update on disks for each row execute function refuse_unfit_disk();

alter table data_sources drop constraint data_sources_kind_check;
alter table data_sources
  add constraint data_sources_kind_check check (kind in ('ecs_file', 'local_file', 'oss', 'nas', 'common_nas', 'tablestore',
    'cpfs', 'hana', 'database_dump', 'container_image', 'disk', 'server'));

-- Of a backup of a disk or a server: what it was made of, disk by disk (lib/disks/schemas.ts, BackupResource). Whether it
-- is encrypted never changes.
alter table backup_points
  add column backup_name text check (length(backup_name) between 1 and 64),
  add column resource jsonb,
  add column is_encrypted boolean not null default false,
  -- Bytes of data, without the holes: what a whole copy takes at most.
  add column data_bytes bigint check (data_bytes >= 0),
  add constraint resource_by_kind check ((source_kind in ('disk', 'server')) = (resource is not null));
create function refuse_encryption_change() returns trigger language plpgsql as $$
begin
  raise exception 'backup % keeps its encryption', old.id using errcode = 'CV061';
end $$;
create trigger refuse_encryption_change before update of is_encrypted on backup_points
  for each row when (old.is_encrypted is distinct from new.is_encrypted) execute function refuse_encryption_change();

-- A backup of a disk or a server is written to files of disk pools, of the same account.
alter table jobs drop constraint jobs_restore_destination;
alter table jobs add constraint jobs_restore_destination check (
  kind <> 'restore'
  or coalesce(spec -> 'destination' ->> 'kind' in ('host', 'file_system', 'oss', 'tablestore', 'hana', 'disks'), false)
);
create or replace function refuse_other_destination() returns trigger
  language plpgsql set search_path = public, pg_temp as $$
declare
  target text := new.spec -> 'destination' ->> 'kind';
  source_kind text;
begin
  select p.source_kind into source_kind
    from backup_points p where p.account_id = new.account_id and p.id = new.point_id;
  if source_kind is null then
    return new;
  end if;
  if target <> (case source_kind when 'nas' then 'file_system' when 'cpfs' then 'file_system' when 'oss' then 'oss'
      when 'tablestore' then 'tablestore' when 'hana' then 'hana' when 'disk' then 'disks' when 'server' then 'disks'
      else 'host' end) then
    raise exception 'a point of % is not restored to %', source_kind, target using errcode = 'CV005';
  end if;
  if target = 'disks' then
    if exists (
      select from jsonb_array_elements(new.spec -> 'destination' -> 'disks') one
        where not exists (select from disks d where d.account_id = new.account_id and d.id = one ->> 'diskId')
          and not exists (select from image_disks i where i.account_id = new.account_id and i.id = one ->> 'diskId')
    ) then
      raise exception 'no such destination' using errcode = 'CV005';
    end if;
  elsif target <> 'host' and not exists (
    select from data_sources s
      where s.account_id = new.account_id and s.id = new.spec -> 'destination' ->> 'sourceId'
        and s.kind = source_kind and s.client_id = new.client_id
  ) then
    raise exception 'no such destination' using errcode = 'CV005';
  end if;
  return new;
end $$;
