-- Backups of disks and servers, shared from project to project of one region. The sharer's row says how far a share is;
-- the recipient sees it through a view, and has a row of its own for the copy. Whoever needs more than one of them locks
-- vaults first, in the order of their ids, then shares, then backup points.

-- Whose project it is, for whoever holds its 32 digits, and whether that account takes anything now.
drop function door_project(text);
create function door_project(wanted text) returns table (account_id text, account_name text, region text, is_active boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select p.account_id, a.name, p.region, a.state = 'active' from projects p join accounts a on a.account_id = p.account_id
    where p.id = wanted;
  end;
revoke execute on function door_project(text) from public;
grant execute on function door_project(text) to crossvault_app;

alter table region_offers add column backup_sharing boolean not null default true;

create table backup_shares (
  account_id text not null references accounts,
  id text primary key check (id ~ '^bs-[0-9a-z]{20}$'),
  -- No foreign keys: a share is listed for longer than its backup and its vault are there.
  point_id text not null,
  vault_id text not null,
  recipient_account_id text not null,
  recipient_project_id text not null,
  -- What both sides are shown; filled from the backup and the accounts when the share is made.
  region text not null default '',
  sharer_name text not null default '',
  recipient_name text not null default '',
  backup_name text not null default '',
  source_id text not null default '',
  source_name text not null default '',
  source_kind text not null default '',
  size_bytes bigint not null default 0,
  is_encrypted boolean not null default false,
  captured_at timestamptz not null default now(),
  expires_at timestamptz not null default now(),
  retention_days integer not null default 1,
  state text not null default 'pending'
    check (state in ('pending', 'copying', 'accepted', 'rejected', 'cancelled', 'deleted', 'failed')),
  -- A backup is shared with ten projects at most. What is over holds no place.
  slot smallint check (slot between 1 and 10),
  state_reason text,
  responded_at timestamptz,
  ended_at timestamptz,
  ended_by text check (ended_by in ('sharer', 'recipient', 'expiry')),
  -- A cancellation that was refused and is tried again until it succeeds.
  cancel_wanted_at timestamptz,
  cancel_wanted_by text,
  cancel_tried_at timestamptz,
  -- What each side is still to be told; the ticker of that side does.
  sharer_untold text,
  recipient_untold text,
  created_at timestamptz not null default now(),
  created_by text not null,
  unique (account_id, id),
  constraint open_shares_hold_a_place check (
    (slot is not null) = (state in ('pending', 'copying', 'accepted', 'failed'))),
  constraint ended_shares_have_a_time check ((ended_at is not null) = (slot is null)),
  constraint not_shared_with_oneself check (recipient_account_id <> account_id)
);
create unique index backup_share_place on backup_shares (point_id, slot) where slot is not null;
create unique index backup_shared_once on backup_shares (point_id, recipient_project_id) where slot is not null;
create index backup_shares_by_point on backup_shares (point_id, created_at desc);
create index backup_shares_by_account on backup_shares (account_id, created_at desc);
create index backup_shares_by_recipient on backup_shares (recipient_account_id, created_at desc);
create index backup_shares_by_vault on backup_shares (vault_id) where slot is not null;
call wall('backup_shares');
-- A state moves by the functions below and by nothing else.
revoke update, delete on backup_shares from crossvault_app, crossvault_engine;
revoke insert on backup_shares from crossvault_engine;

-- What the recipient sees of a share: these columns, and nothing of the sharer's vault.
create policy shared_with_me on backup_shares for select to crossvault_share_reader
  using (recipient_account_id = current_account());
grant select on backup_shares to crossvault_share_reader;
create view received_backup_shares with (security_barrier) as
  select s.id, s.recipient_account_id, s.recipient_project_id, s.account_id as sharer_account_id, s.sharer_name, s.region,
    s.point_id, s.backup_name, s.source_id, s.source_name, s.source_kind, s.size_bytes, s.is_encrypted, s.captured_at,
    s.expires_at, s.retention_days, s.state, s.state_reason, s.responded_at, s.ended_at, s.ended_by, s.recipient_untold,
    s.created_at
  from backup_shares s where s.recipient_account_id = current_account();
alter view received_backup_shares owner to crossvault_share_reader;
grant select on received_backup_shares to crossvault_app, crossvault_engine;

-- Bytes of a backup on their way into another vault: of an accepted share, whose id it has, or of a copy that the account
-- itself makes in another region. `account_id` is who receives.
create table backup_copies (
  account_id text not null references accounts,
  id text primary key check (id ~ '^b[sc]-[0-9a-z]{20}$'),
  kind text not null check (kind in ('share', 'region')),
  source_vault_id text not null,
  source_point_id text not null,
  target_vault_id text not null,
  target_point_id text not null,
  backup_name text not null default '',
  rule_id text,
  size_bytes bigint not null,
  -- What of the target's capacity is still put aside; it falls as bytes arrive.
  reserved_bytes bigint not null default 0 check (reserved_bytes >= 0),
  state text not null default 'copying' check (state in ('copying', 'copied', 'failed', 'skipped')),
  -- The pin of the engine that works on it: its number is the fence.
  pin_no bigint,
  bytes_done bigint not null default 0,
  bytes_total bigint not null default 0,
  rate_bytes_per_second bigint not null default 0,
  stored_bytes bigint not null default 0,
  waiting_reason text,
  last_error text,
  failing_since timestamptz,
  last_step_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (account_id, id),
  foreign key (account_id, target_vault_id) references vaults (account_id, id) on delete cascade,
  check ((kind = 'share') = (id like 'bs-%')),
  check ((state = 'copying') = (finished_at is null)),
  check (state = 'copying' or reserved_bytes = 0)
);
create index backup_copies_due on backup_copies (account_id, created_at) where state = 'copying';
create index backup_copies_by_target on backup_copies (target_vault_id);
create index backup_copies_by_source on backup_copies (source_point_id);
call wall('backup_copies');
revoke insert, update, delete on backup_copies from crossvault_app, crossvault_engine;
grant update (pin_no, bytes_done, bytes_total, rate_bytes_per_second, stored_bytes, waiting_reason, last_error,
  failing_since, last_step_at) on backup_copies to crossvault_engine;

-- The share that a copied backup came by: with it the backup goes, no lock covers it, and it is not shared on.
alter table backup_points add column share_id text;
create unique index backup_points_by_share on backup_points (share_id) where share_id is not null;

alter table pins drop constraint pins_work_kind_check;
alter table pins add constraint pins_work_kind_check
  check (work_kind in ('backup', 'copy', 'restore', 'verify', 'archive', 'backup_copy'));

-- The keys that open a backup: its vault's, and those that seal the secrets of its encrypted disks.
create function backup_keys(p backup_points) returns setof text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select v.kms_key_id from vaults v where v.id = p.vault_id and v.kms_key_id is not null
    union
    select d -> 'encryption' ->> 'kmsKeyId' from jsonb_array_elements(p.resource -> 'disks') d
      where jsonb_typeof(d -> 'encryption') = 'object';
  end;
revoke execute on function backup_keys(backup_points) from public;
-- Those of them that are not shared with a project, by the owner of the backup.
create function backup_keys_to_share(wanted text, project text) returns table (key_id text, key_alias text)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select k.id, k.alias from backup_points p cross join backup_keys(p) needed join kms_keys k on k.id = needed
    where p.id = wanted and p.account_id = current_account() and not exists (
      select 1 from key_grants g join projects r on r.id = project and r.account_id = g.grantee_account_id
      where g.key_id = k.id and g.retired_at is null and (g.grantee_project_id is null or g.grantee_project_id = project));
  end;
revoke execute on function backup_keys_to_share(text, text) from public;
grant execute on function backup_keys_to_share(text, text) to crossvault_app;

-- Why a backup cannot be shared with a project, by the number that the field knows it by and in the order of the rule in
-- lib/backup-shares; null when it can.
create function backup_share_refusal(p backup_points, project text) returns text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select case
      when p.source_kind not in ('server', 'disk') then '6700'
      when p.share_id is not null then '6714'
      when p.status <> 'visible' or v.status = 'deleting'
        or p.expires_at <= expiry_now() and not is_kept_as_newest(p) then '6702'
      when exists (select 1 from region_offers o where o.region = v.region and not o.backup_sharing) then '6707'
      when r.id is null then '6705'
      when r.account_id = p.account_id then '6707'
      when r.region <> v.region then '6704'
      when a.state <> 'active' then '6707'
      when exists (select 1 from backup_shares s
        where s.point_id = p.id and s.recipient_project_id = project and s.slot is not null) then '6703'
      when (select count(*) from backup_shares s where s.point_id = p.id and s.slot is not null) >= 10 then '6701'
      when exists (select 1 from backup_keys(p) needed where not exists (
        select 1 from key_grants g where g.key_id = needed and g.retired_at is null
          and g.grantee_account_id = r.account_id
          and (g.grantee_project_id is null or g.grantee_project_id = project))) then '6709'
    end
    from vaults v left join projects r on r.id = project left join accounts a on a.account_id = r.account_id
    where v.id = p.vault_id;
  end;
revoke execute on function backup_share_refusal(backup_points, text) from public;

create function place_backup_share() returns trigger language plpgsql security definer
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
  perform wake_ticker(new.recipient_account_id);
  return new;
end $$;
create trigger place_backup_share before insert on backup_shares
  for each row execute function place_backup_share();
create trigger refuse_inactive_account before insert on backup_shares
  for each row execute function refuse_inactive_account('account_id');

-- What a sharer has open at a time is bounded.
create function count_backup_share() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' and new.slot is not null or tg_op = 'UPDATE' and (old.slot is null) <> (new.slot is null) then
    insert into quota_counters (account_id, name, region, used, maximum)
      values (new.account_id, 'backup_shares', '', case when new.slot is null then 0 else 1 end, 500)
      on conflict (account_id, name, region)
        do update set used = quota_counters.used + case when new.slot is null then -1 else 1 end;
  end if;
  return null;
end $$;
create trigger count_backup_share after insert or update on backup_shares
  for each row execute function count_backup_share();

-- Ends shares for good, with whatever they have brought: the copies that arrived are deleted, those under way lose their
-- room and their work, and both sides are told. Returns the ids of those that were open.
create function end_backup_shares(ids text[], new_state text, by_whom text, reason text) returns setof text
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s backup_shares;
  c backup_copies;
  copied text;
  new_head bigint;
begin
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
    perform wake_ticker(s.account_id);
    perform wake_ticker(s.recipient_account_id);
    return next s.id;
  end loop;
end $$;
revoke execute on function end_backup_shares(text[], text, text, text) from public;

-- What a sharer's deletion touches besides its own vault. Called before the deletion locks anything, so that everyone
-- takes vaults in one order.
create function hold_vaults_of_shares(points text[], whole_vault text) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform 1 from vaults v
    where v.id in (
      select p.vault_id from backup_points p where p.id = any (points) and p.account_id = current_account()
      union select w.id from vaults w where w.id = whole_vault and w.account_id = current_account()
      union select k.target_vault_id from backup_shares s join backup_copies k on k.id = s.id
        where s.account_id = current_account() and (s.point_id = any (points) or s.vault_id = whole_vault)
          and s.slot is not null)
    order by v.id for no key update;
end $$;
revoke execute on function hold_vaults_of_shares(text[], text) from public;
grant execute on function hold_vaults_of_shares(text[], text) to crossvault_app, crossvault_engine;

-- A backup that goes, goes from everyone it was shared with; a copy that goes ends its share. Whatever made it go.
create function follow_deleted_backups(points text[]) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  over text[];
  kept text[];
begin
  select array_agg(s.id) filter (where s.expires_at <= expiry_now()), array_agg(s.id) filter (where s.expires_at > expiry_now())
    into over, kept from backup_shares s where s.point_id = any (points) and s.slot is not null;
  if over is not null then perform end_backup_shares(over, 'deleted', 'expiry', null); end if;
  if kept is not null then perform end_backup_shares(kept, 'deleted', 'sharer', null); end if;
end $$;
create function follow_deleted_copies(shares text[]) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform end_backup_shares(array(select s.id from backup_shares s where s.id = any (shares) and s.slot is not null),
    'deleted', 'recipient', null);
end $$;
revoke execute on function follow_deleted_backups(text[]), follow_deleted_copies(text[]) from public;

create function follow_hidden_points() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  shared text[];
  copied text[];
begin
  if tg_op = 'UPDATE' then
    select array_agg(n.id) filter (where n.share_id is null), array_agg(n.share_id) filter (where n.share_id is not null)
      into shared, copied
      from new_rows n join old_rows o on o.id = n.id
      where o.status = 'visible' and n.status <> 'visible' and n.source_kind in ('disk', 'server');
  else
    select array_agg(o.id) filter (where o.share_id is null), array_agg(o.share_id) filter (where o.share_id is not null)
      into shared, copied
      from old_rows o where o.status = 'visible' and o.source_kind in ('disk', 'server');
  end if;
  if shared is not null then perform follow_deleted_backups(shared); end if;
  if copied is not null then perform follow_deleted_copies(copied); end if;
  return null;
end $$;
create trigger follow_hidden_points after update on backup_points
  referencing old table as old_rows new table as new_rows
  for each statement execute function follow_hidden_points();
create trigger follow_deleted_points after delete on backup_points
  referencing old table as old_rows
  for each statement execute function follow_hidden_points();

-- With a vault goes what it holds, at once: what was shared from it, and what came into it. A copy that was on its way
-- into it may go into another one.
create function follow_deleted_vault() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  arrived text[];
begin
  perform follow_deleted_backups(array(select s.point_id from backup_shares s where s.vault_id = new.id and s.slot is not null));
  arrived := array(select k.id from backup_copies k where k.target_vault_id = new.id and k.kind = 'share' and k.state = 'copied');
  perform follow_deleted_copies(arrived);
  update backup_shares s set state = 'failed', state_reason = 'vault_deleted', responded_at = null,
      recipient_untold = 'failed', sharer_untold = 'failed'
    from backup_copies k where k.id = s.id and k.target_vault_id = new.id and s.state = 'copying';
  delete from backup_copies k where k.target_vault_id = new.id and k.kind = 'share';
  update vaults set reserved_bytes = 0 where id = new.id;
  return null;
end $$;
create trigger follow_deleted_vault after update of status on vaults
  for each row when (new.status = 'deleting' and old.status <> 'deleting')
  execute function follow_deleted_vault();

-- Accepting: the state, the room and the work in one step, or the number of the reason why not. The recipient has locked
-- its vault; whoever comes second finds another state.
create function accept_backup_share(wanted text, vault text, copy_point text, by_whom text) returns text
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s backup_shares;
  v vaults;
begin
  select * into v from vaults t where t.id = vault and t.account_id = current_account() for no key update;
  select * into s from backup_shares b where b.id = wanted and b.recipient_account_id = current_account() for update;
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
  perform wake_ticker(s.account_id);
  perform wake_ticker(current_account());
  return null;
end $$;
create function reject_backup_share(wanted text) returns text
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s backup_shares;
begin
  select * into s from backup_shares b where b.id = wanted and b.recipient_account_id = current_account() for update;
  if s.id is null then return '6705'; end if;
  if s.state not in ('pending', 'failed') then return '6708'; end if;
  update backup_shares set state = 'rejected', slot = null, ended_at = now(), ended_by = 'recipient', responded_at = now(),
      sharer_untold = 'rejected', recipient_untold = null
    where id = s.id;
  perform wake_ticker(s.account_id);
  return null;
end $$;

-- Images that the recipient registered from its copy: they keep the share from being cancelled.
create function backup_share_holders(wanted text)
  returns table (image_id text, image_name text, account_id text, account_name text, created_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select i.id, i.name, s.recipient_account_id, s.recipient_name, i.created_at
    from backup_shares s join backup_points p on p.share_id = s.id
      join images i on i.account_id = s.recipient_account_id and i.point_id = p.id
    where s.id = wanted and current_account() in (s.account_id, s.recipient_account_id)
    order by i.created_at;
  end;
create function cancel_backup_share(wanted text) returns text
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s backup_shares;
begin
  perform 1 from vaults v where v.id in (select k.target_vault_id from backup_copies k
    join backup_shares b on b.id = k.id where k.id = wanted and b.account_id = current_account()) for no key update;
  select * into s from backup_shares b where b.id = wanted and b.account_id = current_account() for update;
  if s.id is null then return '6705'; end if;
  if s.slot is null then return '6708'; end if;
  if exists (select 1 from backup_points p join images i on i.account_id = p.account_id and i.point_id = p.id
      where p.share_id = s.id and p.status = 'visible') then
    update backup_shares set cancel_tried_at = now() where id = s.id;
    return '6710';
  end if;
  perform end_backup_shares(array[s.id], 'cancelled', 'sharer', null);
  return null;
end $$;
-- Keeps trying, or stops to.
create function want_backup_share_cancelled(wanted text, by_whom text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update backup_shares set cancel_wanted_at = case when by_whom is not null then now() end, cancel_wanted_by = by_whom
    where id = wanted and account_id = current_account() and state = 'accepted'
      and (cancel_wanted_by is null) <> (by_whom is null);
  if found then perform wake_ticker(current_account()); end if;
  return found;
end $$;

-- What one's own side is still to be told, once.
create function take_backup_share_notices()
  returns table (id text, side text, event text, backup_name text, source_kind text, sharer_name text, recipient_name text,
    region text, point_id text, state_reason text)
  language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  return query
    with mine as (
      select b.id, case when b.account_id = current_account() then 'sharer' else 'recipient' end as side,
        case when b.account_id = current_account() then b.sharer_untold else b.recipient_untold end as event
      from backup_shares b
      where b.account_id = current_account() and b.sharer_untold is not null
        or b.recipient_account_id = current_account() and b.recipient_untold is not null
      for update)
    update backup_shares b
      set sharer_untold = case when m.side = 'sharer' then null else b.sharer_untold end,
          recipient_untold = case when m.side = 'recipient' then null else b.recipient_untold end
      from mine m where m.id = b.id
      returning b.id, m.side, m.event, b.backup_name, b.source_kind, b.sharer_name, b.recipient_name, b.region, b.point_id,
        b.state_reason;
end $$;

-- The engine at work for the recipient. `hold` decides, with the share locked until the transaction ends, whether the
-- copy may still become visible.
create function hold_copied_share(wanted text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  found_state text;
begin
  select s.state into found_state from backup_shares s
    where s.id = wanted and s.recipient_account_id = current_account() for update;
  return found_state = 'copying';
end $$;
create function finish_backup_copy(wanted text, pin bigint) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  c backup_copies;
begin
  select * into c from backup_copies k where k.id = wanted and k.account_id = current_account() for update;
  if c.id is null or c.state <> 'copying' or c.pin_no is distinct from pin or not exists (
      select 1 from backup_points p where p.id = c.target_point_id and p.vault_id = c.target_vault_id) then
    return false;
  end if;
  update vaults set reserved_bytes = greatest(0, reserved_bytes - c.reserved_bytes) where id = c.target_vault_id;
  update backup_copies set state = 'copied', finished_at = now(), reserved_bytes = 0, waiting_reason = null,
      last_error = null, rate_bytes_per_second = 0
    where id = c.id;
  if c.kind = 'share' then
    update backup_shares set state = 'accepted', sharer_untold = 'accepted', recipient_untold = 'arrived' where id = c.id;
    perform wake_ticker((select s.account_id from backup_shares s where s.id = c.id));
  end if;
  return true;
end $$;
-- A copy that cannot succeed: the room is given back, and the share may be accepted again.
create function fail_backup_copy(wanted text, pin bigint, reason text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  c backup_copies;
begin
  perform 1 from vaults v where v.id = (select k.target_vault_id from backup_copies k
    where k.id = wanted and k.account_id = current_account()) for no key update;
  perform 1 from backup_shares s where s.id = wanted and s.recipient_account_id = current_account() for update;
  select * into c from backup_copies k where k.id = wanted and k.account_id = current_account() for update;
  if c.id is null or c.state <> 'copying' or c.pin_no is distinct from pin then return false; end if;
  update vaults set reserved_bytes = greatest(0, reserved_bytes - c.reserved_bytes) where id = c.target_vault_id;
  if c.kind = 'share' then
    delete from backup_copies where id = c.id;
    update backup_shares set state = 'failed', state_reason = reason, sharer_untold = 'failed', recipient_untold = 'failed'
      where id = c.id;
    perform wake_ticker((select s.account_id from backup_shares s where s.id = c.id));
  else
    update backup_copies set state = 'failed', finished_at = now(), reserved_bytes = 0, last_error = reason where id = c.id;
  end if;
  perform wake_ticker(current_account());
  return true;
end $$;
-- The keys of the shared backup that its owner does not share, as the recipient's engine may know them: none, or some.
create function is_share_key_missing(wanted text) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select exists (
      select 1 from backup_shares s join backup_points p on p.id = s.point_id cross join backup_keys(p) needed
      where s.id = wanted and current_account() in (s.account_id, s.recipient_account_id) and not exists (
        select 1 from key_grants g where g.key_id = needed and g.retired_at is null
          and g.grantee_account_id = s.recipient_account_id
          and (g.grantee_project_id is null or g.grantee_project_id = s.recipient_project_id)));
  end;
revoke execute on function accept_backup_share(text, text, text, text), reject_backup_share(text),
  backup_share_holders(text), cancel_backup_share(text), want_backup_share_cancelled(text, text),
  take_backup_share_notices(), hold_copied_share(text), finish_backup_copy(text, bigint),
  fail_backup_copy(text, bigint, text), is_share_key_missing(text) from public;
grant execute on function accept_backup_share(text, text, text, text), reject_backup_share(text),
  want_backup_share_cancelled(text, text) to crossvault_app;
grant execute on function backup_share_holders(text), cancel_backup_share(text), is_share_key_missing(text)
  to crossvault_app, crossvault_engine;
grant execute on function take_backup_share_notices(), hold_copied_share(text), finish_backup_copy(text, bigint),
  fail_backup_copy(text, bigint, text) to crossvault_engine;

-- Room that was put aside is taken by the bytes it was put aside for; beyond it they must fit like any others.
create function use_reserved_room() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  c backup_copies;
  taken bigint;
  v vaults;
begin
  select k.* into c from pins n join backup_copies k on k.id = n.work_id and k.target_vault_id = n.vault_id
    where n.pin_no = new.pin_no and n.work_kind = 'backup_copy' and k.state = 'copying' for update of k;
  if c.id is null then return null; end if;
  taken := least(c.reserved_bytes, new.size_bytes);
  update backup_copies set reserved_bytes = reserved_bytes - taken where id = c.id;
  update vaults set reserved_bytes = greatest(0, reserved_bytes - taken) where id = c.target_vault_id returning * into v;
  if v.stored_bytes + v.reserved_bytes > v.capacity_bytes then
    if not v.is_auto_expanding then raise exception 'vault % is full', v.id using errcode = 'CV060'; end if;
    update vaults set capacity_bytes = grown_capacity(v.stored_bytes + v.reserved_bytes) where id = v.id;
  end if;
  return null;
end $$;
-- After `count_pack` by its name: the bytes are counted by then.
create trigger use_reserved_room after insert on packs
  for each row when (new.pin_no is not null) execute function use_reserved_room();

-- A copy is what its original is: nobody makes one but for a share that is being copied, into the vault that was chosen,
-- with the dates of the original.
create function refuse_unfit_copy() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if not exists (
      select 1 from backup_shares s join backup_copies k on k.id = s.id join backup_points p on p.id = s.point_id
      where s.id = new.share_id and s.state = 'copying' and s.recipient_account_id = new.account_id
        and k.target_vault_id = new.vault_id and k.target_point_id = new.id and p.status = 'visible'
        and (p.expires_at, p.retention_days, p.is_encrypted, p.created_at, p.source_kind)
          = (new.expires_at, new.retention_days, new.is_encrypted, new.created_at, new.source_kind)) then
    raise exception 'point % is no copy of a shared backup', new.id using errcode = 'CV043';
  end if;
  return new;
end $$;
create trigger refuse_unfit_copy before insert on backup_points
  for each row when (new.share_id is not null) execute function refuse_unfit_copy();

-- An image is registered from a shared backup while the share stands; a cancellation beside it comes before or after.
create function hold_share_of_image() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  wanted text := (select p.share_id from backup_points p where p.id = new.point_id and p.account_id = new.account_id);
begin
  if wanted is null then return new; end if;
  perform 1 from backup_shares s where s.id = wanted and s.state = 'accepted' for share;
  if not found then raise exception 'the share of % has ended', new.point_id using errcode = 'CV042'; end if;
  return new;
end $$;
create trigger hold_share_of_image before insert on images
  for each row execute function hold_share_of_image();
create function retry_cancellation() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update backup_shares s set cancel_tried_at = null from backup_points p
    where p.id = old.point_id and p.account_id = old.account_id and s.id = p.share_id and s.cancel_wanted_at is not null;
  if found then
    perform wake_ticker(s.account_id) from backup_shares s join backup_points p on p.share_id = s.id where p.id = old.point_id;
  end if;
  return null;
end $$;
create trigger retry_cancellation after delete on images for each row execute function retry_cancellation();

-- The recipient's own lock does not cover what came by a share: the original's owner decides.
create or replace function refuse_locked_point() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if old.status = 'visible' and old.share_id is null
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
create or replace function refuse_unlocking() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and new.locked_at is distinct from old.locked_at
     or (tg_op = 'DELETE' or new.status = 'deleting' and old.status <> 'deleting') and exists (
       select 1 from backup_points p where p.vault_id = old.id and p.status = 'visible' and p.share_id is null
         and p.expires_at > expiry_now()) then
    raise exception 'vault % is locked', old.id using errcode = 'CV001';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create or replace function refuse_destroying_locked_key() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if exists (select 1 from vaults v join backup_points p on p.vault_id = v.id
      where v.kms_key_id = old.id and v.locked_at is not null and p.share_id is null
        and p.status = 'visible' and p.expires_at > expiry_now()) then
    raise exception 'key % opens locked backup points', old.id using errcode = 'CV001';
  end if;
  return new;
end $$;

-- A copy keeps the retention rules of its original: past its date it stays for as long as that one does, and goes with it.
create function is_original_there(share text) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select exists (select 1 from backup_shares s join backup_points p on p.id = s.point_id
      where s.id = share and s.recipient_account_id = current_account() and p.status = 'visible');
  end;
revoke execute on function is_original_there(text) from public;
grant execute on function is_original_there(text) to crossvault_app, crossvault_engine;
create or replace function is_kept_as_newest(p backup_points) returns boolean language sql stable
  begin atomic
    select p.keeps_newest and not exists (
      select 1 from backup_points q
      where q.vault_id = p.vault_id and q.source_id = p.source_id and q.status = 'visible' and q.keeps_newest
        and (q.binding_id = p.binding_id or q.paths = p.paths)
        and (q.created_at, q.id) > (p.created_at, p.id))
      or p.share_id is not null and is_original_there(p.share_id);
  end;

-- While the engine copies for a recipient it reads one backup of the sharer: its vault's row and keys, its own space, and
-- nothing else; under a KMS key only while that key is shared.
create function current_share() returns text language sql stable parallel safe
  return nullif(current_setting('app.share_id', true), '');
create function copied_share() returns backup_shares
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select s.* from backup_shares s join backup_copies k on k.id = s.id
    where s.id = current_share() and s.recipient_account_id = current_account() and k.account_id = current_account()
      and s.state = 'copying';
  end;
create function copied_vault() returns text language sql stable security definer set search_path = public, pg_temp
  return (copied_share()).vault_id;
create function copied_point() returns text language sql stable security definer set search_path = public, pg_temp
  return (copied_share()).point_id;
create function copied_space() returns integer language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select p.space_no from backup_points p where p.id = copied_point() and p.status = 'visible';
  end;
create function copied_keys() returns setof text language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select needed from backup_points p cross join backup_keys(p) needed
    where p.id = copied_point() and exists (
      select 1 from key_grants g where g.key_id = needed and g.retired_at is null
        and g.grantee_account_id = current_account()
        and (g.grantee_project_id is null or g.grantee_project_id = (copied_share()).recipient_project_id));
  end;
revoke execute on function copied_share(), copied_vault(), copied_point(), copied_space(), copied_keys() from public;
grant execute on function copied_share(), copied_vault(), copied_point(), copied_space(), copied_keys()
  to crossvault_engine;
create policy copied_source on vaults for select to crossvault_engine
  using (current_share() is not null and id = (select copied_vault()));
create policy copied_source on vault_keys for select to crossvault_engine
  using (current_share() is not null and vault_id = (select copied_vault()));
create policy copied_source on chunk_spaces for select to crossvault_engine
  using (current_share() is not null and space_no = (select copied_space()));
create policy copied_source on vault_lineages for select to crossvault_engine
  using (current_share() is not null and vault_id = (select copied_vault())
    and exists (select 1 from chunk_spaces c where c.vault_id = vault_lineages.vault_id
      and c.lineage_id = vault_lineages.lineage_id and c.space_no = (select copied_space())));
create policy copied_source on packs for select to crossvault_engine
  using (current_share() is not null and space_no = (select copied_space()));
create policy copied_source on chunks for select to crossvault_engine
  using (current_share() is not null and space_no = (select copied_space()));
create policy copied_source on backup_points for select to crossvault_engine
  using (current_share() is not null and id = (select copied_point()) and status = 'visible');
create policy copied_source on kms_keys for select to crossvault_engine
  using (current_share() is not null and id in (select copied_keys()));
