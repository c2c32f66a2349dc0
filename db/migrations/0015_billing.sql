-- Metering. What was used is counted in the transaction that made it so: packs say what is stored and what a replication
-- sent, and a restore's chunks are counted before they leave. An hour that is over becomes a row that nobody changes.

create function hour_of(at timestamptz) returns timestamptz language sql immutable parallel safe
  return date_trunc('hour', at, 'UTC');

-- What statements say of a vault; outlives the vault, its replication and its source.
create table metered_vaults (
  account_id text not null references accounts,
  vault_id text primary key,
  name text not null,
  kind text not null,
  region text not null,
  -- Of a replication target: whom its copy came from. A target serves one replication in its life.
  source_account_id text,
  source_account_name text,
  source_vault_id text,
  source_vault_name text,
  source_region text,
  created_at timestamptz not null,
  deleted_at timestamptz,
  unique (account_id, vault_id)
);
create index metered_vaults_by_source on metered_vaults (account_id, source_account_id) where source_account_id is not null;
call wall('metered_vaults');

-- Hours that are over. `quantity` is in byte-seconds for `storage_` meters and in bytes for all others; a timestamp has
-- whole microseconds, so six decimals are exact.
create table usage_hours (
  account_id text not null references accounts,
  vault_id text not null,
  meter text not null check (meter in ('storage_standard', 'storage_replication_target', 'storage_archive',
    'storage_database', 'storage_container', 'storage_trial', 'replication_traffic', 'replication_local',
    'restore_internet', 'restore_vpn', 'restore_leased_line', 'restore_region')),
  hour timestamptz not null check (hour = hour_of(hour)),
  quantity numeric(38, 6) not null,
  primary key (vault_id, meter, hour),
  foreign key (account_id, vault_id) references metered_vaults (account_id, vault_id)
);
create index usage_hours_by_time on usage_hours (account_id, hour);
call wall('usage_hours');

-- The hour that runs. For storage `quantity` is what the hour comes to if nothing more changes: a byte that arrives at t
-- adds the rest of the hour, one that goes takes it off again. Sums do not depend on the order in which transactions
-- commit, so nothing is lost or doubled however many engines write.
create table open_meters (
  account_id text not null references accounts,
  vault_id text not null,
  meter text not null,
  hour timestamptz not null check (hour = hour_of(hour)),
  stored_bytes bigint not null default 0,
  quantity numeric(38, 6) not null default 0,
  primary key (vault_id, meter),
  foreign key (account_id, vault_id) references metered_vaults (account_id, vault_id)
);
create index open_meters_by_hour on open_meters (account_id, hour) where stored_bytes <> 0 or quantity <> 0;
call wall('open_meters');

-- Which chunks of a running restore have been counted: one that is asked for again, after a lost connection or a restart,
-- is not counted again.
create table restored_chunks (
  account_id text not null,
  job_id text not null,
  name uuid not null,
  primary key (job_id, name),
  foreign key (account_id, job_id) references jobs (account_id, id) on delete cascade
);
call wall('restored_chunks');
revoke insert, update, delete on metered_vaults, usage_hours, open_meters, restored_chunks
  from crossvault_app, crossvault_engine;
grant delete on restored_chunks to crossvault_engine;

-- Closed hours and the running one up to now.
create view usage_so_far with (security_invoker = true) as
  select u.account_id, u.vault_id, u.meter, u.hour, u.quantity from usage_hours u
  union all
  select m.account_id, m.vault_id, m.meter, h.hour,
    case when h.hour = m.hour then m.quantity else m.stored_bytes * 3600 end
      - case when h.hour + interval '1 hour' > now()
          then m.stored_bytes * extract(epoch from h.hour + interval '1 hour' - now()) else 0 end
  from open_meters m
  cross join lateral generate_series(m.hour, greatest(m.hour, hour_of(now())), interval '1 hour') as h (hour)
  where m.stored_bytes <> 0 or m.quantity <> 0;
grant select on usage_so_far to crossvault_app, crossvault_engine;

-- Locks the running hour of a meter, opened if need be, after closing the hours before `at`.
create function open_meter(account text, vault text, wanted text, at timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  m open_meters;
begin
  insert into open_meters (account_id, vault_id, meter, hour) values (account, vault, wanted, hour_of(at))
    on conflict do nothing;
  select * into m from open_meters o where o.vault_id = vault and o.meter = wanted for no key update;
  if m.hour >= hour_of(at) then return; end if;
  insert into usage_hours (account_id, vault_id, meter, hour, quantity)
    select m.account_id, m.vault_id, m.meter, h,
      case when h = m.hour then m.quantity else m.stored_bytes * 3600 end
    from generate_series(m.hour, hour_of(at) - interval '1 hour', interval '1 hour') h
    where m.stored_bytes <> 0 or h = m.hour and m.quantity <> 0;
  update open_meters o set hour = hour_of(at), quantity = m.stored_bytes * 3600
    where o.vault_id = vault and o.meter = wanted;
end $$;

-- What storage is charged as: archived bytes by their tier, all others by the kind of their vault.
create function storage_meter(kind text, tier text) returns text language sql immutable parallel safe
  return 'storage_' || case when tier = 'archive' then tier when is_trial_vault(kind) then 'trial' else kind end;

create function meter_storage(account text, vault text, wanted text, step_bytes bigint) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform open_meter(account, vault, wanted, now());
  update open_meters o
    set stored_bytes = o.stored_bytes + step_bytes,
        quantity = o.quantity + step_bytes * extract(epoch from o.hour + interval '1 hour' - now())
    where o.vault_id = vault and o.meter = wanted;
end $$;

create function meter_traffic(account text, vault text, wanted text, sent_bytes bigint) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if sent_bytes = 0 then return; end if;
  perform open_meter(account, vault, wanted, now());
  update open_meters o set quantity = o.quantity + sent_bytes where o.vault_id = vault and o.meter = wanted;
end $$;

-- What a replication sent arrives as packs under the pin of a copy.
create function meter_pack() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op <> 'INSERT' and not exists (
      select 1 from metered_vaults v where v.vault_id = old.vault_id and v.deleted_at is not null) then
    perform meter_storage(old.account_id, old.vault_id, storage_meter(v.kind, s.tier), -old.size_bytes)
      from chunk_spaces s join vaults v on v.id = s.vault_id where s.space_no = old.space_no;
  end if;
  if tg_op <> 'DELETE' then
    perform meter_storage(new.account_id, new.vault_id, storage_meter(v.kind, s.tier), new.size_bytes)
      from chunk_spaces s join vaults v on v.id = s.vault_id where s.space_no = new.space_no;
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
create trigger meter_pack after insert or update of space_no, size_bytes or delete on packs
  for each row execute function meter_pack();

create function meter_vault() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  m record;
begin
  if tg_op = 'INSERT' then
    insert into metered_vaults (account_id, vault_id, name, kind, region, created_at)
      values (new.account_id, new.id, new.name, new.kind, new.region, new.created_at);
    return new;
  elsif tg_op = 'UPDATE' then
    update metered_vaults v set name = new.name, kind = new.kind where v.vault_id = new.id;
    for m in select o.stored_bytes from open_meters o
        where o.vault_id = new.id and o.meter = storage_meter(old.kind, 'standard') and new.kind <> old.kind loop
      perform meter_storage(new.account_id, new.id, storage_meter(old.kind, 'standard'), -m.stored_bytes);
      perform meter_storage(new.account_id, new.id, storage_meter(new.kind, 'standard'), m.stored_bytes);
    end loop;
    return new;
  end if;
  -- Before the rows that hang on the vault go: what they stored ends now, all at once.
  for m in select o.meter from open_meters o where o.vault_id = old.id and o.stored_bytes <> 0 loop
    perform open_meter(old.account_id, old.id, m.meter, now());
    update open_meters o
      set quantity = o.quantity - o.stored_bytes * extract(epoch from o.hour + interval '1 hour' - now()), stored_bytes = 0
      where o.vault_id = old.id and o.meter = m.meter;
  end loop;
  update metered_vaults v set deleted_at = now() where v.vault_id = old.id;
  return old;
end $$;
create trigger meter_new_vault after insert or update of name, kind on vaults for each row execute function meter_vault();
create trigger meter_gone_vault before delete on vaults for each row execute function meter_vault();

create function meter_replication() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update metered_vaults v
    set source_account_id = new.source_account_id, source_account_name = new.source_account_name,
        source_vault_id = new.source_vault_id, source_vault_name = new.source_vault_name, source_region = new.source_region
    where v.vault_id = new.target_vault_id;
  return null;
end $$;
create trigger meter_replication after insert on replications for each row execute function meter_replication();

-- Counts data chunks of a running restore before they are sent, each once a job.
create function meter_restore(wanted text, names uuid[]) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  work record;
  fresh_bytes bigint;
begin
  select j.account_id, j.vault_id, p.space_no,
      case when c.placement = 'server' then 'restore_' || c.connection else 'restore_region' end as meter
    into work
    from jobs j
    join backup_points p on p.account_id = j.account_id and p.id = j.point_id
    join clients c on c.account_id = j.account_id and c.id = j.client_id
    where j.account_id = current_account() and j.id = wanted and j.kind = 'restore';
  if not found then return 0; end if;
  with counted as (
    insert into restored_chunks (account_id, job_id, name)
      select work.account_id, wanted, c.name from chunks c
      where c.space_no = work.space_no and c.name = any (names) and c.kind = 0 order by c.name
      on conflict do nothing returning name)
  select coalesce(sum(c.chunk_bytes), 0) into fresh_bytes
    from counted join chunks c on c.space_no = work.space_no and c.name = counted.name;
  perform meter_traffic(work.account_id, work.vault_id, work.meter, fresh_bytes);
  return fresh_bytes;
end $$;

-- Closes what is over of the current account. Repeatable: a meter is locked and moved on with the rows it leaves behind.
create function close_usage_hours() returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  m record;
  closed integer := 0;
begin
  for m in select o.vault_id, o.meter from open_meters o
      where o.account_id = current_account() and o.hour < hour_of(now()) and (o.stored_bytes <> 0 or o.quantity <> 0)
      order by o.vault_id, o.meter loop
    perform open_meter(current_account(), m.vault_id, m.meter, now());
    closed := closed + 1;
  end loop;
  return closed;
end $$;
revoke execute on function open_meter(text, text, text, timestamptz), meter_storage(text, text, text, bigint),
  meter_traffic(text, text, text, bigint), meter_restore(text, uuid[]), close_usage_hours() from public;
grant execute on function meter_restore(text, uuid[]), close_usage_hours() to crossvault_engine;

-- What was there before there were meters counts from now on.
insert into metered_vaults (account_id, vault_id, name, kind, region, created_at, source_account_id, source_account_name,
    source_vault_id, source_vault_name, source_region)
  select v.account_id, v.id, v.name, v.kind, v.region, v.created_at, r.source_account_id, r.source_account_name,
    r.source_vault_id, r.source_vault_name, r.source_region
  from vaults v left join replications r on r.target_vault_id = v.id;
select meter_storage(p.account_id, p.vault_id, storage_meter(v.kind, s.tier), sum(p.size_bytes)::bigint)
  from packs p join chunk_spaces s on s.space_no = p.space_no join vaults v on v.id = p.vault_id
  group by p.account_id, p.vault_id, v.kind, s.tier;
select wake_ticker(v.account_id) from vaults v group by v.account_id;

-- The operator's prices, each list in force from its time until the next one's: old statements keep their prices.
create table price_lists (
  list_no integer generated always as identity primary key,
  list jsonb not null,
  in_force_at timestamptz not null default now()
);
grant select on price_lists to crossvault_app, crossvault_engine;
grant insert on price_lists to crossvault_engine;

-- A purchase: so much storage paid for otherwise, in one region or in all, for whole days. Never changed afterwards.
create table capacity_plans (
  account_id text not null references accounts,
  id text primary key,
  name text not null check (length(name) between 1 and 64),
  capacity_bytes bigint not null check (capacity_bytes > 0),
  region text,
  starts_at timestamptz not null check (starts_at = date_trunc('day', starts_at, 'UTC')),
  ends_at timestamptz not null check (ends_at = date_trunc('day', ends_at, 'UTC') and ends_at > starts_at),
  created_by text not null,
  created_at timestamptz not null default now(),
  unique (account_id, id)
);
create index capacity_plans_by_time on capacity_plans (account_id, ends_at);
call wall('capacity_plans');
revoke update, delete on capacity_plans from crossvault_app, crossvault_engine;
revoke insert on capacity_plans from crossvault_engine;

-- A statement of days that are over stays what it was.
create function refuse_past_plan() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.starts_at < date_trunc('day', now(), 'UTC') then
    raise exception 'capacity plan % would begin in the past', new.id using errcode = 'CV020';
  end if;
  return new;
end $$;
create trigger refuse_past_plan before insert on capacity_plans for each row execute function refuse_past_plan();
