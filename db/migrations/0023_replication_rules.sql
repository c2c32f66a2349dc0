-- What may be a source, what may be a target, what writes into a target, and what no clock and no cascade may delete.

-- What a region offers, told by the engine at its start from the regions file. A region without a row offers everything.
create table region_offers (
  region text primary key,
  vault_replication boolean not null
);
grant select, insert, update on region_offers to crossvault_engine;

-- Why a vault cannot be replicated into another, as the word that the evaluator uses, and in its order; null when it can.
-- `starter` is the account that asks, null for the installation itself.
create function replication_refusal(source vaults, target vaults, starter text) returns text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select case
      when source.id = target.id then 'same_vault'
      when source.kind = 'replication_target' then 'source_is_replication_target'
      when source.kind <> 'standard' then 'source_kind_without_replication'
      when exists (select 1 from accounts a where a.account_id = source.account_id and a.state <> 'active')
        then 'source_account_inactive'
      when exists (select 1 from replications r where r.source_vault_id = source.id and r.state = 'active')
        then 'source_already_replicates'
      when source.status <> 'created' then 'source_not_ready'
      when exists (select 1 from region_offers o where o.region = source.region and not o.vault_replication)
        then 'region_without_replication'
      when target.kind <> 'replication_target' then 'not_a_replication_target'
      when exists (select 1 from replications r where r.target_vault_id = target.id) then 'target_already_used'
      when exists (select 1 from accounts a where a.account_id = target.account_id and a.state <> 'active')
        then 'target_account_inactive'
      when target.status <> 'created' then 'target_not_ready'
      when exists (select 1 from region_offers o where o.region = target.region and not o.vault_replication)
        then 'region_without_replication'
      when source.encryption <> target.encryption then 'encryption_differs'
      when starter is not null and target.account_id <> starter and not exists (
        select 1 from grants g where g.vault_id = target.id and g.account_id = target.account_id
          and g.grantee_account_id = starter) then 'share_not_accepted'
      when source.account_id = target.account_id and source.region = target.region then 'same_account_same_region'
    end;
  end;
revoke execute on function replication_refusal(vaults, vaults, text) from public;

-- With both vaults locked against deletion. The word travels as the error's detail.
create or replace function refuse_unfit_replication() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  source vaults;
  target vaults;
  refusal text;
begin
  perform 1 from vaults v where v.id in (new.source_vault_id, new.target_vault_id) order by v.id for no key update;
  select * into source from vaults v where v.id = new.source_vault_id;
  select * into target from vaults v where v.id = new.target_vault_id;
  if source.kind <> 'standard' or target.kind <> 'replication_target' or source.encryption <> target.encryption
      or source.account_id <> new.source_account_id or target.account_id <> new.account_id
      or 'deleting' in (source.status, target.status)
      or source.account_id = target.account_id and source.region = target.region then
    refusal := coalesce(replication_refusal(source, target, current_account()), 'not_of_this_account');
  elsif current_account() is not null then
    refusal := replication_refusal(source, target, current_account());
  end if;
  if refusal is not null then
    raise exception 'vault % cannot be replicated to %: %', new.source_vault_id, new.target_vault_id, refusal
      using errcode = 'CV003', detail = refusal;
  end if;
  if current_account() is not null then
    -- Who starts it does not choose by what the destination judges it.
    select 86400, 7, null, null, null, null, null into new.objective_seconds, new.silence_days, new.missed_since,
      new.recovering_since, new.silent_since, new.watched_at, new.unheard_since;
  end if;
  new.source_vault_name := coalesce(source.name, new.source_vault_name);
  new.source_region := coalesce(source.region, new.source_region);
  new.target_vault_name := coalesce(target.name, new.target_vault_name);
  new.target_region := coalesce(target.region, new.target_region);
  new.source_account_name := coalesce(
    (select a.name from accounts a where a.account_id = source.account_id), new.source_account_name);
  new.target_account_name := coalesce(
    (select a.name from accounts a where a.account_id = target.account_id), new.target_account_name);
  return new;
end $$;

-- A target takes copies and nothing else: no job, no pin of a backup, and no point that a running replication did not bring.
create function refuse_backup_into_target() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if exists (select 1 from vaults v where v.id = new.vault_id and v.kind = 'replication_target') then
    raise exception 'vault % takes copies only', new.vault_id using errcode = 'CV006';
  end if;
  return new;
end $$;
create trigger refuse_backup_into_target before insert or update of vault_id, kind on jobs
  for each row when (new.kind = 'backup') execute function refuse_backup_into_target();
create trigger refuse_backup_into_target before insert or update of vault_id, work_kind on pins
  for each row when (new.work_kind = 'backup') execute function refuse_backup_into_target();
create function refuse_uncopied_point() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if current_account() is not null
      and exists (select 1 from vaults v where v.id = new.vault_id and v.kind = 'replication_target')
      and not exists (select 1 from replications r join replication_points p on p.replication_id = r.id
        where r.target_vault_id = new.vault_id and r.state = 'active'
          and p.source_point_id = new.origin_point_id and p.target_point_id = new.id) then
    raise exception 'vault % takes copies only', new.vault_id using errcode = 'CV006';
  end if;
  return new;
end $$;
create trigger refuse_uncopied_point before insert on backup_points
  for each row execute function refuse_uncopied_point();

-- The time that expiry goes by. It is the database's clock while that clock is believed: engines measure with a clock that
-- only runs forward how much time has really passed, and what the database's clock jumps ahead of that deletes nothing.
create table clock_guard (
  is_only boolean primary key default true check (is_only),
  -- The latest time that is vouched for.
  trusted_at timestamptz not null,
  seen_at timestamptz not null,
  -- Since when the clock is ahead of what is vouched for, by that clock; null while it is believed.
  held_since timestamptz,
  confirmed_at timestamptz,
  confirmed_by text
);
grant select on clock_guard to crossvault_app, crossvault_engine;
create function clock_tolerance() returns interval language sql immutable return interval '1 hour';
create function expiry_now() returns timestamptz language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select least(now(), (select g.trusted_at + clock_tolerance() from clock_guard g));
  end;

-- An engine's beat. `vouched` is the trusted time of its last beat and what it measured since; null when it has just
-- started and measured nothing: then a pause of up to a day is believed, and a longer one waits for the operator.
create function beat_clock(vouched timestamptz)
  returns table (trusted_at timestamptz, held_since timestamptz)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  wall timestamptz := clock_timestamp();
begin
  insert into clock_guard as g (trusted_at, seen_at) values (wall, wall)
  on conflict (is_only) do update set
    trusted_at = case
      when vouched is not null then greatest(g.trusted_at, least(wall, vouched))
      when wall <= g.trusted_at + interval '1 day' then greatest(g.trusted_at, wall)
      else g.trusted_at end,
    seen_at = wall;
  return query
    update clock_guard g set held_since =
      case when wall > g.trusted_at + clock_tolerance() then coalesce(g.held_since, wall) end
    returning g.trusted_at, g.held_since;
end $$;
revoke execute on function beat_clock(timestamptz) from public;
grant execute on function expiry_now() to crossvault_app, crossvault_engine;
grant execute on function beat_clock(timestamptz) to crossvault_engine;

-- A visible point of a locked vault stays until it expires by the believed clock; and what is being deleted does not come
-- back, because its manifest may be gone already.
create or replace function refuse_locked_point() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if old.status = 'visible'
     and (tg_op = 'DELETE' or new.status = 'deleting' or new.expires_at < old.expires_at)
     and old.expires_at > expiry_now()
     and exists (select 1 from vaults v where v.id = old.vault_id and v.locked_at is not null) then
    raise exception 'backup point % is locked', old.id using errcode = 'CV001';
  end if;
  if tg_op = 'UPDATE' and old.status = 'deleting' and new.status = 'visible' then
    raise exception 'backup point % is being deleted', old.id using errcode = 'CV001';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;

-- Nor does its vault go before it: by then the cascade would not see that the vault was locked.
create or replace function refuse_unlocking() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and new.locked_at is distinct from old.locked_at
     or (tg_op = 'DELETE' or new.status = 'deleting' and old.status <> 'deleting') and exists (
       select 1 from backup_points p
       where p.vault_id = old.id and p.status = 'visible' and p.expires_at > expiry_now()) then
    raise exception 'vault % is locked', old.id using errcode = 'CV001';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger refuse_deleting_locked before delete on vaults
  for each row when (old.locked_at is not null) execute function refuse_unlocking();

-- The guard days of a replica go by the believed clock too.
create or replace function refuse_early_removal() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if old.status = 'visible' and old.expires_at > expiry_now() and (tg_op = 'DELETE' or new.status <> 'visible')
    and exists (select 1 from replications r where r.target_vault_id = old.vault_id and r.state = 'active')
    and not exists (select 1 from replica_removals m join vaults v on v.id = m.vault_id
      where m.point_id = old.id and m.remove_at <= expiry_now() and m.held_at is null and v.removals_held_at is null) then
    raise exception 'a running replication keeps point %', old.id using errcode = 'CV002';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;

-- Without its key a locked point is as good as deleted.
create function refuse_destroying_locked_key() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if exists (select 1 from vaults v join backup_points p on p.vault_id = v.id
      where v.kms_key_id = old.id and v.locked_at is not null
        and p.status = 'visible' and p.expires_at > expiry_now()) then
    raise exception 'key % opens locked backup points', old.id using errcode = 'CV001';
  end if;
  return new;
end $$;
create trigger refuse_destroying_locked_key before update on kms_keys
  for each row when (new.state = 'destroyed' and old.state <> 'destroyed'
    or old.wrapped_material is not null and new.wrapped_material is null)
  execute function refuse_destroying_locked_key();

-- A replication's recovery point objective. It is the destination's, who relies on the copy: a source that was taken over
-- cannot silence it. Null: none.
alter table replications
  add column objective_seconds integer default 86400 check (objective_seconds between 60 and 31536000),
  add column silence_days integer default 7 check (silence_days between 1 and 365),
  -- Since when the objective is missed; the incident ends when it has been met for a while, which begins at recovering_since.
  add column missed_since timestamptz,
  add column recovering_since timestamptz,
  -- Since when no new point has come from the source for longer than is expected.
  add column silent_since timestamptz,
  -- When the engine last judged it, and since when that has been too long ago for an engine that works.
  add column watched_at timestamptz,
  add column unheard_since timestamptz;
create function set_recovery_objective(wanted text, seconds integer, days integer) returns setof replications
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    update replications r set objective_seconds = seconds, silence_days = days,
      missed_since = case when seconds is null then null else r.missed_since end,
      recovering_since = case when seconds is null then null else r.recovering_since end,
      silent_since = case when days is null then null else r.silent_since end
    where r.id = wanted and r.account_id = current_account() and r.state = 'active'
    returning r.*;
  end;
revoke execute on function set_recovery_objective(text, integer, integer) from public;
grant execute on function set_recovery_objective(text, integer, integer) to crossvault_app;

-- Where no engine works, none can say so: whoever has a console open marks what has not been judged for too long. Each row is
-- answered once, to be told of; the next judgement ends it.
create function mark_unheard(patience interval) returns setof replications
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    update replications r set unheard_since = coalesce(r.watched_at, r.created_at)
    where current_account() in (r.account_id, r.source_account_id) and r.state = 'active' and r.unheard_since is null
      and coalesce(r.watched_at, r.created_at) < now() - patience
    returning r.*;
  end;
revoke execute on function mark_unheard(interval) from public;
grant execute on function mark_unheard(interval) to crossvault_app;

-- Samples become coarser with age: a minute, ten minutes, an hour.
alter table replication_samples
  add column step_seconds integer not null default 60 check (step_seconds in (60, 600, 3600));
create index replication_samples_by_age on replication_samples (account_id, step_seconds, at);
grant update on replication_samples to crossvault_engine;

-- What a stop leaves at the target, told to either side: sums and dates, never a row.
create function replication_stop_facts(wanted text)
  returns table (points bigint, source_bytes bigint, stored_bytes bigint, first_expires_at timestamptz,
    last_expires_at timestamptz, is_locked boolean, pending_points bigint, pending_bytes bigint)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select kept.points, kept.source_bytes, v.stored_bytes, kept.first_expires_at, kept.last_expires_at,
      v.locked_at is not null, due.points, due.bytes
    from replications r join vaults v on v.id = r.target_vault_id
      cross join lateral (select count(*) as points, coalesce(sum(p.source_bytes), 0)::bigint as source_bytes,
          min(p.expires_at) as first_expires_at, max(p.expires_at) as last_expires_at
        from backup_points p where p.vault_id = v.id and p.status = 'visible') kept
      cross join lateral (select count(*) as points, coalesce(sum(rp.source_bytes), 0)::bigint as bytes
        from replication_points rp where rp.replication_id = r.id and rp.state = 'pending') due
    where r.id = wanted and current_account() in (r.account_id, r.source_account_id);
  end;
revoke execute on function replication_stop_facts(text) from public;
grant execute on function replication_stop_facts(text) to crossvault_app;
