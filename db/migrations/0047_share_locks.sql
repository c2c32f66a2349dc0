-- Everyone who takes more than one lock of a share takes them in one order: the shared backups, the shares, the vaults, the
-- copies, each by their ids; and last what every account has one of, its counters and its ticker. In this order the
-- vaults that a share concerns are known, and stay the same, when they are locked.
create function wake_tickers(accounts text[]) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  wanted text;
begin
  for wanted in select distinct a from unnest(accounts) a where a is not null order by a loop
    perform wake_ticker(wanted);
  end loop;
end $$;
revoke execute on function wake_tickers(text[]) from public;
grant execute on function wake_tickers(text[]) to crossvault_app, crossvault_engine;

-- A share is locked before the vault that it is accepted into.
create function hold_backup_share(wanted text) returns void language sql volatile security definer
  set search_path = public, pg_temp
  begin atomic
    select 1 from backup_shares s
      where s.id = wanted and current_account() in (s.account_id, s.recipient_account_id) for update;
  end;
revoke execute on function hold_backup_share(text) from public;
grant execute on function hold_backup_share(text) to crossvault_app;

-- Called before a deletion locks anything: of backups, shared or received, or of a whole vault.
create or replace function hold_vaults_of_shares(points text[], whole_vault text) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  mine text := current_account();
begin
  perform 1 from backup_points p
    where p.account_id = mine and p.share_id is null and p.source_kind in ('disk', 'server')
      and (p.id = any (points) or p.vault_id = whole_vault)
    order by p.id for no key update;
  perform 1 from backup_shares s
    where s.slot is not null and (
      s.account_id = mine and (s.point_id = any (points) or s.vault_id = whole_vault)
      or s.recipient_account_id = mine and s.id in (
        select p.share_id from backup_points p where p.account_id = mine and p.id = any (points)
        union select k.id from backup_copies k where k.account_id = mine and k.target_vault_id = whole_vault))
    order by s.id for update;
  perform 1 from vaults v
    where v.id in (
      select p.vault_id from backup_points p where p.account_id = mine and p.id = any (points)
      union select w.id from vaults w where w.id = whole_vault and w.account_id = mine
      union select k.target_vault_id from backup_shares s join backup_copies k on k.id = s.id
        where s.account_id = mine and s.slot is not null and (s.point_id = any (points) or s.vault_id = whole_vault))
    order by v.id for no key update;
end $$;


create or replace function place_backup_share() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  p backup_points;
  refusal text;
begin
  -- Waits for a deletion of the backup, and lets one new share of it in at a time.
  select * into p from backup_points where id = new.point_id and account_id = new.account_id for no key update;
  if p.id is null and current_account() is null then return new; end if;
  refusal := case when p.id is null then '6702' else backup_share_refusal(p, new.recipient_project_id) end;
  if refusal is not null then
    raise exception 'BackupService.%', refusal using errcode = 'CV041';
  end if;
  new.vault_id := p.vault_id;
  new.region := (select v.region from vaults v where v.id = p.vault_id);
  new.recipient_account_id := (select r.account_id from projects r where r.id = new.recipient_project_id);
  new.sharer_name := (select a.name from accounts a where a.account_id = new.account_id);
  new.recipient_name := (select a.name from accounts a where a.account_id = new.recipient_account_id);
  new.backup_name := coalesce(p.backup_name, p.source_name);
  new.source_id := coalesce(p.resource ->> 'id', p.source_id);
  new.source_name := p.source_name;
  new.source_kind := p.source_kind;
  new.size_bytes := coalesce(p.data_bytes, p.source_bytes);
  new.is_encrypted := p.is_encrypted;
  new.captured_at := p.created_at;
  new.expires_at := p.expires_at;
  new.retention_days := p.retention_days;
  new.state := 'pending';
  new.recipient_untold := 'offered';
  new.slot := (select min(n) from generate_series(1, 10) n
    where not exists (select 1 from backup_shares s where s.point_id = p.id and s.slot = n));
  return new;
end $$;
create or replace function end_backup_shares(ids text[], new_state text, by_whom text, reason text) returns setof text
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s backup_shares;
  c backup_copies;
  copied text;
  new_head bigint;
  told text[] := '{}';
begin
  perform 1 from backup_shares b where b.id = any (ids) order by b.id for update;
  perform 1 from vaults v where v.id in (select k.target_vault_id from backup_copies k where k.id = any (ids))
    order by v.id for no key update;
  for s in select * from backup_shares b where b.id = any (ids) and b.slot is not null order by b.id for update loop
    update backup_shares set state = new_state, slot = null, ended_at = now(), ended_by = by_whom, state_reason = reason,
        cancel_wanted_at = null, cancel_wanted_by = null,
        sharer_untold = case when by_whom = 'recipient' then 'returned' end,
        recipient_untold = case when by_whom = 'recipient' then null when new_state = 'deleted' and by_whom = 'expiry'
          then 'expired' else new_state end
      where id = s.id;
    delete from backup_copies where id = s.id returning * into c;
    if c.id is not null then
      update vaults set reserved_bytes = greatest(0, reserved_bytes - c.reserved_bytes) where id = c.target_vault_id;
      update backup_points set status = 'deleting' where share_id = s.id and status = 'visible' returning id into copied;
      if copied is not null then
        update vaults set head = head + 1 where id = c.target_vault_id returning head into new_head;
        insert into point_events (account_id, vault_id, seq, kind, point_id)
          values (s.recipient_account_id, c.target_vault_id, new_head, 'deleted', copied);
      end if;
    end if;
    told := told || array[s.account_id, s.recipient_account_id];
    return next s.id;
  end loop;
  perform wake_tickers(told);
end $$;
create or replace function accept_backup_share(wanted text, vault text, copy_point text, by_whom text) returns text
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s backup_shares;
  v vaults;
begin
  select * into s from backup_shares b where b.id = wanted and b.recipient_account_id = current_account() for update;
  select * into v from vaults t where t.id = vault and t.account_id = current_account() for no key update;
  if s.id is null then return '6705'; end if;
  if s.state not in ('pending', 'failed') then return '6708'; end if;
  if not exists (select 1 from backup_points p where p.id = s.point_id and p.status = 'visible'
      and (p.expires_at > expiry_now() or is_kept_as_newest(p))) then
    return '6702';
  end if;
  if exists (select 1 from region_offers o where o.region = s.region and not o.backup_sharing) then return '6707'; end if;
  if v.id is null or v.region <> s.region then return '6105'; end if;
  if v.kind <> s.source_kind || '_backup' then return '6713'; end if;
  if v.status <> 'created' then return '6712'; end if;
  if s.is_encrypted and v.encryption <> 'kms' then return '6709'; end if;
  if not reserve_capacity(v.id, s.size_bytes) then return '6101'; end if;
  perform require_account_state(current_account(), '{active}', 'backup_copies');
  update backup_shares set state = 'copying', state_reason = null, responded_at = now(),
      sharer_untold = 'accepting', recipient_untold = null
    where id = s.id;
  insert into backup_copies (account_id, id, kind, source_vault_id, source_point_id, target_vault_id, target_point_id,
      backup_name, size_bytes, reserved_bytes, created_by)
    values (current_account(), s.id, 'share', s.vault_id, s.point_id, v.id, copy_point, s.backup_name, s.size_bytes,
      s.size_bytes, by_whom);
  perform wake_tickers(array[s.account_id, current_account()]);
  return null;
end $$;
create or replace function cancel_backup_share(wanted text) returns text
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s backup_shares;
begin
  select * into s from backup_shares b where b.id = wanted and b.account_id = current_account() for update;
  if s.id is null then return '6705'; end if;
  if s.slot is null then return '6708'; end if;
  perform 1 from vaults v where v.id = (select k.target_vault_id from backup_copies k where k.id = s.id) for no key update;
  if exists (select 1 from backup_points p join images i on i.account_id = p.account_id and i.point_id = p.id
      where p.share_id = s.id and p.status = 'visible') then
    update backup_shares set cancel_tried_at = now() where id = s.id;
    return '6710';
  end if;
  perform end_backup_shares(array[s.id], 'cancelled', 'sharer', null);
  return null;
end $$;
create or replace function fail_backup_copy(wanted text, pin bigint, reason text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  c backup_copies;
begin
  perform 1 from backup_shares s where s.id = wanted and s.recipient_account_id = current_account() for update;
  perform 1 from vaults v where v.id = (select k.target_vault_id from backup_copies k
    where k.id = wanted and k.account_id = current_account()) for no key update;
  select * into c from backup_copies k where k.id = wanted and k.account_id = current_account() for update;
  if c.id is null or c.state <> 'copying' or c.pin_no is distinct from pin then return false; end if;
  update vaults set reserved_bytes = greatest(0, reserved_bytes - c.reserved_bytes) where id = c.target_vault_id;
  if c.kind = 'share' then
    delete from backup_copies where id = c.id;
    update backup_shares set state = 'failed', state_reason = reason, sharer_untold = 'failed', recipient_untold = 'failed'
      where id = c.id;
  else
    update backup_copies set state = 'failed', finished_at = now(), reserved_bytes = 0, last_error = reason where id = c.id;
  end if;
  perform wake_tickers(array[current_account(), (select s.account_id from backup_shares s where s.id = c.id)]);
  return true;
end $$;
