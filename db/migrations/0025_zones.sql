-- Where a vault is kept: a row for each zone of its region. A vault of one zone has one row and nothing is ever due.
create table vault_zones (
  account_id text not null,
  vault_id text not null,
  zone text not null,
  -- 'filling': the zone was added to the region and objects are being brought to it.
  state text not null default 'whole' check (state in ('whole', 'filling')),
  -- When the healer has something to do here; set by whoever falls behind.
  due_at timestamptz,
  -- When the zone's objects are to be compared with its siblings' again.
  next_compare_at timestamptz,
  -- A comparison under way: the last name it has dealt with and what it has seen and brought so far.
  compare_after text,
  compare_started_at timestamptz,
  seen_objects bigint not null default 0,
  seen_bytes bigint not null default 0,
  brought_objects bigint not null default 0,
  brought_bytes bigint not null default 0,
  -- What the last whole comparison found here.
  stored_objects bigint,
  stored_bytes bigint,
  compared_at timestamptz,
  last_error text,
  last_error_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (vault_id, zone),
  unique (account_id, vault_id, zone),
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
create index vault_zones_due on vault_zones (account_id, due_at) where due_at is not null;
call wall('vault_zones');

-- What a zone is behind with. Written before what it is about is acknowledged, so that no acknowledged object is missing
-- anywhere without a row here; a row too many is found paid by the healer.
create table zone_debts (
  account_id text not null,
  vault_id text not null,
  zone text not null,
  object_name text not null,
  kind text not null check (kind in ('put', 'delete')),
  reason text not null check (reason in ('unavailable', 'missing', 'corrupt')),
  attempts integer not null default 0,
  last_error text,
  created_at timestamptz not null default now(),
  primary key (vault_id, zone, object_name),
  foreign key (account_id, vault_id, zone) references vault_zones (account_id, vault_id, zone) on delete cascade
);
create index zone_debts_deleted on zone_debts (vault_id, object_name) where kind = 'delete';
call wall('zone_debts');

-- Objects that were found damaged, in one zone or in every copy, and what became of them.
create table vault_damages (
  account_id text not null,
  vault_id text not null,
  id bigint generated always as identity primary key,
  object_name text not null,
  -- Null when no good copy is left in any zone.
  zone text,
  kind text not null check (kind in ('corrupt', 'truncated', 'missing', 'swapped', 'foreign')),
  state text not null default 'open' check (state in ('open', 'healed', 'gone')),
  healed_from text check (healed_from in ('zone', 'replica', 'source')),
  found_by text not null check (found_by in ('read', 'verify', 'compare')),
  -- Points and files that need it: `[{id, name, at}]` and `[{pointId, path}]`, shortened; the counts are whole.
  points jsonb not null default '[]',
  files jsonb not null default '[]',
  file_count integer not null default 0,
  detail text not null default '',
  found_at timestamptz not null default now(),
  ended_at timestamptz,
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
create unique index one_open_damage on vault_damages (vault_id, object_name, coalesce(zone, '')) where state = 'open';
create index vault_damages_by_time on vault_damages (account_id, found_at desc);
call wall('vault_damages');
revoke insert, update, delete on vault_zones, zone_debts, vault_damages from crossvault_app;

-- The zones themselves, whoever's vaults lie in them: no tenant's rows. Where they lie is nobody's business but the
-- operator's; `device` is a hash that is the same for zones on one disk or one endpoint.
create table zone_health (
  region text not null,
  zone text not null,
  medium text not null check (medium in ('folder', 'bucket')),
  device text,
  is_reachable boolean not null,
  last_error text,
  capacity_bytes bigint,
  free_bytes bigint,
  checked_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (region, zone)
);
grant select on zone_health to crossvault_app;
grant select, insert, update, delete on zone_health to crossvault_engine;

-- Vaults from before there were several zones.
insert into vault_zones (account_id, vault_id, zone) select account_id, id, 'a' from vaults where status <> 'initializing';
