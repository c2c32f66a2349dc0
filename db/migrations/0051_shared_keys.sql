-- Keys as resources of a share. Like a vault, a key is put into a share and taken out of it; whom the share reaches may have
-- opened under it what was shared with them, as by a key grant. `docs/decisions/0025-keys-in-resource-shares.md` says why
-- the two ways stay two.
create table resource_share_keys (
  account_id text not null,
  share_id text not null,
  key_id text not null,
  created_at timestamptz not null default now(),
  -- The record stays for some days after the key was taken out.
  disassociated_at timestamptz,
  primary key (share_id, key_id),
  foreign key (account_id, share_id) references resource_shares (account_id, id) on delete cascade,
  foreign key (account_id, key_id) references kms_keys (account_id, id) on delete cascade
);
create index resource_share_keys_by_key on resource_share_keys (key_id);
create index resource_share_keys_ended on resource_share_keys (account_id, disassociated_at)
  where disassociated_at is not null;
call wall('resource_share_keys');
create trigger refuse_inactive_account before insert on resource_share_keys
  for each row execute function refuse_inactive_account('account_id');

-- Which account a key reaches by which share. Written only by `refresh_grants`, never by a login role.
create table key_accesses (
  key_id text not null,
  account_id text not null,
  grantee_account_id text not null,
  share_id text not null,
  created_at timestamptz not null default now(),
  primary key (key_id, grantee_account_id, share_id),
  foreign key (account_id, share_id) references resource_shares (account_id, id) on delete cascade,
  foreign key (account_id, key_id) references kms_keys (account_id, id) on delete cascade
);
create index key_accesses_by_grantee on key_accesses (grantee_account_id);
create index key_accesses_by_share on key_accesses (share_id);
alter table key_accesses enable row level security;
alter table key_accesses force row level security;
grant select on key_accesses to crossvault_app, crossvault_engine, crossvault_share_reader;
create policy both_sides on key_accesses for select to crossvault_app, crossvault_engine, crossvault_share_reader
  using (current_account() in (account_id, grantee_account_id));

-- What a share lets the other side know of a key: that there is one, its alias and its state, and never its material.
grant select (account_id, id, alias, state) on kms_keys to crossvault_share_reader;
create policy shared_with_me on kms_keys for select to crossvault_share_reader
  using (exists (select 1 from key_accesses a where a.key_id = kms_keys.id and a.grantee_account_id = current_account()));
create policy owners_of_shared_keys on accounts for select to crossvault_share_reader
  using (exists (select 1 from key_accesses a
    where a.account_id = accounts.account_id and a.grantee_account_id = current_account()));
create view shared_keys with (security_barrier) as
  select k.id, k.account_id as owner_account_id, a.name as owner_name, k.alias, k.state
  from kms_keys k join accounts a on a.account_id = k.account_id;
alter view shared_keys owner to crossvault_share_reader;
grant select on shared_keys to crossvault_app, crossvault_engine;

-- Only a key that is in use is shared.
create function refuse_unfit_shared_key() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  found_state text;
begin
  if new.disassociated_at is not null or current_account() is null then return new; end if;
  select k.state into found_state from kms_keys k where k.id = new.key_id and k.account_id = new.account_id for share;
  -- Of a key that is not the account's, the foreign key tells.
  if found_state <> 'enabled' then
    raise exception 'key % cannot be shared', new.key_id using errcode = 'CV040';
  end if;
  return new;
end $$;
create trigger refuse_unfit_shared_key before insert or update on resource_share_keys
  for each row execute function refuse_unfit_shared_key();

-- The one answer to "is this key shared with this project?", by whichever way. The rule in lib/key-grants is the same.
create function reaches_project(key text, account text, project text) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select exists (select 1 from key_grants g
        where g.key_id = key and g.retired_at is null and g.grantee_account_id = account
          and (g.grantee_project_id is null or g.grantee_project_id = project))
      or exists (select 1 from key_accesses a where a.key_id = key and a.grantee_account_id = account);
  end;
revoke execute on function reaches_project(text, text, text) from public;

create or replace function refresh_grants(share text) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  sharer text;
  gone integer;
  come integer;
  keys_come integer;
  waiting text[] := '{}';
begin
  select s.account_id into sharer from resource_shares s where s.id = share;
  perform 1 from directories d join directory_members m on m.directory_id = d.id
    where m.member_account_id = sharer for share of d;
  perform 1 from resource_shares s where s.id = share for no key update;
  with due as (
    select distinct v.vault_id, g.grantee from resource_share_vaults v cross join share_grantees(share) g
    where v.share_id = share and v.disassociated_at is null)
  delete from grants g where g.share_id = share and not exists (
    select 1 from due where due.vault_id = g.vault_id and due.grantee = g.grantee_account_id);
  get diagnostics gone = row_count;
  insert into grants (vault_id, account_id, grantee_account_id, share_id)
    select distinct v.vault_id, v.account_id, g.grantee, share
    from resource_share_vaults v cross join share_grantees(share) g
    where v.share_id = share and v.disassociated_at is null
    on conflict do nothing;
  get diagnostics come = row_count;
  with due as (
    select distinct k.key_id, g.grantee from resource_share_keys k cross join share_grantees(share) g
    where k.share_id = share and k.disassociated_at is null)
  delete from key_accesses a where a.share_id = share and not exists (
    select 1 from due where due.key_id = a.key_id and due.grantee = a.grantee_account_id);
  insert into key_accesses (key_id, account_id, grantee_account_id, share_id)
    select distinct k.key_id, k.account_id, g.grantee, share
    from resource_share_keys k cross join share_grantees(share) g
    where k.share_id = share and k.disassociated_at is null
    on conflict do nothing;
  get diagnostics keys_come = row_count;
  if keys_come > 0 then
    -- A copy that waited for the key goes on.
    select coalesce(array_agg(distinct c.account_id), '{}') into waiting
      from backup_copies c join key_accesses a on a.share_id = share and a.grantee_account_id = c.account_id
      where c.state = 'copying' and c.waiting_reason = 'key_not_shared';
  end if;
  -- Replications into its vaults stand still, or move again, as soon as the owner's ticker has looked.
  if gone + come > 0 then waiting := waiting || sharer; end if;
  if cardinality(waiting) > 0 then perform wake_tickers(waiting); end if;
end $$;
create trigger refresh_grants after insert or update or delete on resource_share_keys
  for each row execute function refresh_grants_of_row();

-- What is destroyed is shared with nobody, by neither way.
create function end_shared_key() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update resource_share_keys set disassociated_at = now() where key_id = new.id and disassociated_at is null;
  return null;
end $$;
create trigger end_shared_key after update of state on kms_keys
  for each row when (new.state = 'destroyed' and old.state <> 'destroyed') execute function end_shared_key();

-- How much an invitation is about, for its two sides; what it is, is seen after the acceptance.
create or replace function invited_vault_count(invitation text) returns integer
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select count(*)::integer from resource_share_vaults v join invitations i on i.share_id = v.share_id
    where i.id = invitation and v.disassociated_at is null and current_account() in (i.account_id, i.recipient_account_id);
  end;
create function invited_key_count(invitation text) returns integer
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select count(*)::integer from resource_share_keys k join invitations i on i.share_id = k.share_id
    where i.id = invitation and k.disassociated_at is null and current_account() in (i.account_id, i.recipient_account_id);
  end;
revoke execute on function invited_key_count(text) from public;
grant execute on function invited_key_count(text) to crossvault_app;
create or replace function acceptance_failure(invitation text) returns text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select case
      when a.state in ('suspended', 'closed') then 'owner_inactive'
      when not exists (select 1 from resource_share_vaults v join vaults t on t.id = v.vault_id
          where v.share_id = i.share_id and v.disassociated_at is null and t.status <> 'deleting')
        and not exists (select 1 from resource_share_keys k
          where k.share_id = i.share_id and k.disassociated_at is null) then 'nothing_shared' end
    from invitations i join accounts a on a.account_id = i.account_id
    where i.id = invitation and current_account() = i.recipient_account_id;
  end;

-- The keys of a backup that are not shared with a project, with the resource share that would, once its invitation is
-- accepted.
drop function backup_keys_to_share(text, text);
create function backup_keys_to_share(wanted text, project text)
  returns table (key_id text, key_alias text, awaited_share_id text, awaited_share_name text)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select k.id, k.alias, i.share_id, i.share_name
    from backup_points p cross join backup_keys(p) needed join kms_keys k on k.id = needed
      left join projects r on r.id = project
      left join lateral (
        select o.share_id, o.share_name from invitations o join resource_share_keys h on h.share_id = o.share_id
        where h.key_id = k.id and h.disassociated_at is null and o.recipient_account_id = r.account_id
          and o.status = 'pending' and o.expires_at > now()
        order by o.created_at limit 1) i on true
    where p.id = wanted and p.account_id = current_account() and not reaches_project(k.id, r.account_id, project);
  end;
revoke execute on function backup_keys_to_share(text, text) from public;
grant execute on function backup_keys_to_share(text, text) to crossvault_app;

create or replace function backup_share_refusal(p backup_points, project text) returns text
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
      when exists (select 1 from backup_keys(p) needed
        where not reaches_project(needed, r.account_id, project)) then '6709'
    end
    from vaults v left join projects r on r.id = project left join accounts a on a.account_id = r.account_id
    where v.id = p.vault_id;
  end;

create or replace function is_share_key_missing(wanted text) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select exists (
      select 1 from backup_shares s join backup_points p on p.id = s.point_id cross join backup_keys(p) needed
      where s.id = wanted and current_account() in (s.account_id, s.recipient_account_id)
        and not reaches_project(needed, s.recipient_account_id, s.recipient_project_id));
  end;
create or replace function copied_keys() returns setof text language sql stable security definer
  set search_path = public, pg_temp
  begin atomic
    select needed from backup_points p cross join backup_keys(p) needed
    where p.id = copied_point()
      and reaches_project(needed, current_account(), (copied_share()).recipient_project_id);
  end;

-- Asked by the copy in the transaction that makes it visible: whoever takes the key back comes before, and nothing becomes
-- visible, or after. The rows that allow it stay as they are until then.
create function hold_share_keys(wanted text) returns boolean language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  perform 1 from key_grants g where g.retired_at is null and g.grantee_account_id = current_account() and g.key_id in (
    select backup_keys(p) from backup_shares s join backup_points p on p.id = s.point_id where s.id = wanted)
    order by g.id for share;
  perform 1 from key_accesses a where a.grantee_account_id = current_account() and a.key_id in (
    select backup_keys(p) from backup_shares s join backup_points p on p.id = s.point_id where s.id = wanted)
    order by a.key_id, a.share_id for share;
  return not is_share_key_missing(wanted);
end $$;
revoke execute on function hold_share_keys(text) from public;
grant execute on function hold_share_keys(text) to crossvault_engine;

-- A backup whose key was taken back since it was offered is not accepted.
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
  if is_share_key_missing(s.id) then return '6709'; end if;
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

-- Shared backups whose bytes have still to be copied, and which have their keys: those that this account gave or received,
-- and, for a management account, those between the accounts of its directory. Asked before a change that may take a key.
create function keyed_backup_shares()
  returns table (id text, account_id text, sharer_name text, recipient_account_id text, recipient_name text, region text,
    backup_name text, state text)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select s.id, s.account_id, s.sharer_name, s.recipient_account_id, s.recipient_name, s.region, s.backup_name, s.state
    from backup_shares s join backup_points p on p.id = s.point_id
    where s.state in ('pending', 'copying', 'failed')
      and exists (select 1 from backup_keys(p))
      and not exists (select 1 from backup_keys(p) needed
        where not reaches_project(needed, s.recipient_account_id, s.recipient_project_id))
      and (current_account() in (s.account_id, s.recipient_account_id)
        or exists (select 1 from directories d
          join directory_members g on g.directory_id = d.id and g.member_account_id = s.account_id
          join directory_members r on r.directory_id = d.id and r.member_account_id = s.recipient_account_id
          where d.account_id = current_account()));
  end;
-- Of shared backups that the caller knows, those that have their keys now: asked again after a change within one transaction.
create function backup_shares_with_keys(wanted text[]) returns setof text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select s.id from backup_shares s join backup_points p on p.id = s.point_id
    where s.id = any (wanted) and current_account() is not null
      and not exists (select 1 from backup_keys(p) needed
        where not reaches_project(needed, s.recipient_account_id, s.recipient_project_id));
  end;
revoke execute on function keyed_backup_shares(), backup_shares_with_keys(text[]) from public;
grant execute on function keyed_backup_shares(), backup_shares_with_keys(text[]) to crossvault_app;

-- Accounts that a shared key or a shared backup links may tell each other of it.
create or replace function notify_account(
  wanted text, link_id text, kind text, severity text, title text, body text, href text)
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if current_account() is null
    or not (
      exists (select 1 from invitations i where i.id = link_id
        and (i.account_id, i.recipient_account_id) in ((current_account(), wanted), (wanted, current_account())))
      or exists (select 1 from grants g where g.vault_id = link_id
        and (g.account_id, g.grantee_account_id) in ((current_account(), wanted), (wanted, current_account())))
      or exists (select 1 from replications r where r.id = link_id
        and (r.account_id, r.source_account_id) in ((current_account(), wanted), (wanted, current_account())))
      or exists (select 1 from directory_invitations i where i.id = link_id
        and (i.account_id, i.recipient_account_id) in ((current_account(), wanted), (wanted, current_account())))
      or exists (select 1 from directory_members m where m.directory_id = link_id
        and (m.account_id, m.member_account_id) in ((current_account(), wanted), (wanted, current_account())))
      or exists (select 1 from key_grants g where g.id = link_id
        and (g.account_id, g.grantee_account_id) in ((current_account(), wanted), (wanted, current_account())))
      or exists (select 1 from key_accesses a where a.key_id = link_id
        and (a.account_id, a.grantee_account_id) in ((current_account(), wanted), (wanted, current_account())))
      or exists (select 1 from backup_shares s where s.id = link_id
        and (s.account_id, s.recipient_account_id) in ((current_account(), wanted), (wanted, current_account()))))
  then
    raise exception 'no link % with account %', link_id, wanted using errcode = 'CV004';
  end if;
  if kind !~ '^(share|replication|directory)\.[a-z_]+$' or href !~ '^/[A-Za-z0-9]'
      or length(title) > 200 or length(body) > 1000 then
    raise exception 'not a notification between accounts' using errcode = 'CV004';
  end if;
  insert into notifications (account_id, id, kind, severity, title, body, href)
    values (wanted, 'n-' || replace(gen_random_uuid()::text, '-', ''), kind, severity, title, body, href);
end $$;
