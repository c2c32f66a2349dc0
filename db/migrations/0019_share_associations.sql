-- Shares whole: principals that are a directory or a folder, associations that end one by one, invitations that fail.
-- Grants stay one row per vault, member account and share; whatever changes a membership or a share works them out anew.

alter table resource_share_vaults
  -- The record stays for some days after the vault was taken out.
  add column disassociated_at timestamptz;
alter table resource_share_principals
  -- Outside the directory: access rests on an accepted invitation. Inside it rests on the common directory alone.
  add column external boolean not null default true,
  add column disassociated_at timestamptz,
  add column ended_reason text check (ended_reason in ('removed', 'left', 'left_directory', 'folder_deleted', 'share_deleted')),
  add check (external <= (principal_type = 'account'));
create index resource_share_principals_by_id on resource_share_principals (principal_id);
create index resource_share_vaults_ended on resource_share_vaults (account_id, disassociated_at) where disassociated_at is not null;
create index resource_share_principals_ended on resource_share_principals (account_id, disassociated_at)
  where disassociated_at is not null;
revoke update on resource_shares from crossvault_app, crossvault_engine;
grant update (name, status, deleted_at) on resource_shares to crossvault_app;

alter table invitations
  add column warned_at timestamptz,
  -- Why an acceptance could not be completed.
  add column failure_reason text check (failure_reason in ('owner_inactive', 'nothing_shared')),
  -- What ended an invitation that had been accepted.
  add column ended_reason text check (ended_reason in ('removed', 'left', 'share_deleted')),
  drop constraint invitations_status_check,
  add constraint invitations_status_check
    check (status in ('pending', 'accepted', 'rejected', 'cancelled', 'expired', 'failed'));
create index invitations_open on invitations (account_id, expires_at) where status = 'pending';
grant update (status, warned_at) on invitations to crossvault_engine;

drop policy recipient_answers on invitations;
create policy recipient_answers on invitations for update to crossvault_app
  using (recipient_account_id = current_account() and status = 'pending')
  with check (recipient_account_id = current_account()
    and (status in ('rejected', 'failed') or status = 'accepted' and expires_at > now()));
create or replace function refuse_altered_invitation() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if (new.account_id, new.id, new.share_id, new.recipient_account_id, new.owner_name, new.permission,
      new.created_at, new.expires_at)
     is distinct from (old.account_id, old.id, old.share_id, old.recipient_account_id, old.owner_name,
      old.permission, old.created_at, old.expires_at)
     or new.status = 'pending' and old.status <> 'pending'
     or new.status = 'accepted' and old.status <> 'accepted' and current_account() <> new.recipient_account_id
     -- The name follows the share's, and nothing else.
     or new.share_name is distinct from old.share_name
       and not exists (select 1 from resource_shares s where s.id = new.share_id and s.name = new.share_name)
     or current_account() is not null and new.status <> old.status
       and not (old.status = 'pending' or old.status = 'accepted' and new.status = 'cancelled') then
    raise exception 'invitation % cannot be changed this way', old.id using errcode = 'CV004';
  end if;
  return new;
end $$;
create function rename_invitations() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update invitations set share_name = new.name where share_id = new.id;
  return null;
end $$;
create trigger rename_invitations after update of name on resource_shares
  for each row when (old.name is distinct from new.name) execute function rename_invitations();

-- The directory of an account, when sharing inside it is enabled.
create function sharing_directory(wanted text) returns text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select d.id from directory_members m join directories d on d.id = m.directory_id
    where m.member_account_id = wanted and d.sharing_enabled_at is not null;
  end;
revoke execute on function sharing_directory(text) from public;

-- A folder with all that it lies in, up to the root.
create function folder_path(folder text) returns setof text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    with recursive up as (
      select f.id, f.parent_id from directory_folders f where f.id = folder
      union all
      select f.id, f.parent_id from directory_folders f join up on f.id = up.parent_id)
    select up.id from up;
  end;
revoke execute on function folder_path(text) from public;

create function refuse_unfit_principal() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  shared text := sharing_directory(new.account_id);
  is_fit boolean;
begin
  if new.disassociated_at is not null then return new; end if;
  is_fit := case
    when new.external then
      (select s.principal_scope = 'any_account' from resource_shares s where s.id = new.share_id)
    when new.principal_type = 'account' then sharing_directory(new.principal_id) = shared
    when new.principal_type = 'directory' then new.principal_id = shared
    else exists (select 1 from directory_folders f
      where f.id = new.principal_id and f.directory_id = shared and f.parent_id is not null)
  end;
  if is_fit is not true or new.principal_id = new.account_id then
    raise exception '% % cannot be a principal of share %', new.principal_type, new.principal_id, new.share_id
      using errcode = 'CV005';
  end if;
  return new;
end $$;
create trigger refuse_unfit_principal before insert or update on resource_share_principals
  for each row execute function refuse_unfit_principal();

create function refuse_invitation_inside() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select 1 from resource_shares s where s.id = new.share_id and s.principal_scope = 'directory_only') then
    raise exception 'share % is for its directory only', new.share_id using errcode = 'CV005';
  end if;
  return new;
end $$;
create trigger refuse_invitation_inside before insert on invitations
  for each row execute function refuse_invitation_inside();

-- Which accounts a share reaches and by what. The management account stands beside the tree: a directory or folder as
-- principal means its members.
create function share_grantees(share text)
  returns table (grantee text, principal_type text, principal_id text, external boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select i.recipient_account_id, 'account', i.recipient_account_id, true
    from invitations i join resource_shares s on s.id = i.share_id
    where i.share_id = share and i.status = 'accepted' and s.status = 'active'
    union all
    select m.member_account_id, p.principal_type, p.principal_id, false
    from resource_shares s
      join resource_share_principals p on p.share_id = s.id and not p.external and p.disassociated_at is null
      join directory_members m on m.directory_id = sharing_directory(s.account_id) and m.member_account_id <> s.account_id
    where s.id = share and s.status = 'active' and case p.principal_type
      when 'account' then p.principal_id = m.member_account_id
      when 'directory' then p.principal_id = m.directory_id and m.folder_id is not null
      else p.principal_id in (select folder_path(m.folder_id)) end;
  end;
revoke execute on function share_grantees(text) from public;

-- One order for all locks: the directory, then the share, then its invitations. A change of the directory holds its row
-- against everyone who works out grants, so that a member who joins and a principal that is added never miss each other.
create or replace function refresh_grants(share text) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  sharer text;
  gone integer;
  come integer;
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
  -- Replications into its vaults stand still, or move again, as soon as the owner's ticker has looked.
  if gone + come > 0 then perform wake_ticker(sharer); end if;
end $$;
drop trigger refresh_grants on resource_share_vaults;
create trigger refresh_grants after insert or update or delete on resource_share_vaults
  for each row execute function refresh_grants_of_row();
create trigger refresh_grants after insert or update or delete on resource_share_principals
  for each row execute function refresh_grants_of_row();

create function refresh_directory_grants(directory text) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  share text;
begin
  for share in
    select s.id from resource_shares s join directory_members m on m.member_account_id = s.account_id
    where m.directory_id = directory and s.status = 'active' order by s.id
  loop
    perform refresh_grants(share);
  end loop;
end $$;
revoke execute on function refresh_directory_grants(text) from public;

-- Before the change the directory is locked; after it every share of the directory is worked out anew. What rested on the
-- common directory ends for good with a membership: who comes back is not let in by what was agreed before.
create function hold_directory() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform 1 from directories d where d.id = case when tg_op = 'INSERT' then new.directory_id else old.directory_id end
    for no key update;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger hold_directory before insert or update or delete on directory_members
  for each row execute function hold_directory();
create function follow_membership() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  share text;
begin
  if tg_op = 'DELETE' then
    for share in
      select distinct p.share_id from resource_share_principals p
      where not p.external and p.disassociated_at is null and (p.account_id = old.member_account_id
        or p.principal_type = 'account' and p.principal_id = old.member_account_id and p.account_id in (
          select m.member_account_id from directory_members m where m.directory_id = old.directory_id))
      order by 1
    loop
      update resource_share_principals p set disassociated_at = now(), ended_reason = 'left_directory'
        where p.share_id = share and not p.external and p.disassociated_at is null
          and (p.account_id = old.member_account_id or p.principal_id = old.member_account_id);
    end loop;
    perform refresh_directory_grants(old.directory_id);
  else
    perform refresh_directory_grants(new.directory_id);
  end if;
  return null;
end $$;
create trigger follow_membership after insert or update or delete on directory_members
  for each row execute function follow_membership();
create function follow_directory() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refresh_directory_grants(new.id);
  return null;
end $$;
create trigger follow_directory after update of sharing_enabled_at on directories
  for each row execute function follow_directory();

-- An empty folder reaches nobody; shares that name it no longer do once it is gone.
create function end_folder_principals() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update resource_share_principals set disassociated_at = now(), ended_reason = 'folder_deleted'
    where principal_type = 'folder' and principal_id = old.id and disassociated_at is null;
  return null;
end $$;
create trigger end_folder_principals after delete on directory_folders
  for each row execute function end_folder_principals();

-- Held by a verb before it locks a share; see the order above.
create function hold_my_directory() returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform 1 from directories d join directory_members m on m.directory_id = d.id
    where m.member_account_id = current_account() for share of d;
end $$;
create or replace function lock_invited_share(invitation text) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform 1 from directories d join directory_members m on m.directory_id = d.id
    join invitations i on i.account_id = m.member_account_id
    where i.id = invitation and current_account() in (i.account_id, i.recipient_account_id) for share of d;
  perform 1 from resource_shares s join invitations i on i.share_id = s.id
    where i.id = invitation and current_account() in (i.account_id, i.recipient_account_id)
    for no key update of s;
end $$;
-- Why an acceptance cannot be completed now, or null.
create function acceptance_failure(invitation text) returns text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select case
      when a.state in ('suspended', 'closed') then 'owner_inactive'
      when not exists (select 1 from resource_share_vaults v join vaults t on t.id = v.vault_id
        where v.share_id = i.share_id and v.disassociated_at is null and t.status <> 'deleting') then 'nothing_shared' end
    from invitations i join accounts a on a.account_id = i.account_id
    where i.id = invitation and current_account() = i.recipient_account_id;
  end;

-- A principal that was invited from outside ends its own access.
create function leave_share(share text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  invited text;
begin
  select i.id into invited from invitations i
    where i.share_id = share and i.recipient_account_id = current_account() and i.status = 'accepted';
  if invited is null then return false; end if;
  perform lock_invited_share(invited);
  update invitations set status = 'cancelled', ended_reason = 'left' where id = invited and status = 'accepted';
  if not found then return false; end if;
  update resource_share_principals set disassociated_at = now(), ended_reason = 'left'
    where share_id = share and principal_type = 'account' and principal_id = current_account() and external
      and disassociated_at is null;
  return true;
end $$;

-- The shares that reach the account, by an accepted invitation or inside the directory.
create function received_shares()
  returns table (id text, name text, owner_account_id text, owner_name text, permission text, external boolean,
    principal_type text, principal_id text, since timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select distinct on (s.id) s.id, s.name, s.account_id, a.name, s.permission, g.external, g.principal_type, g.principal_id,
      coalesce(i.responded_at, greatest(p.created_at, m.joined_at))
    from resource_shares s
      join accounts a on a.account_id = s.account_id
      cross join lateral share_grantees(s.id) g
      left join invitations i on g.external and i.share_id = s.id and i.recipient_account_id = g.grantee and i.status = 'accepted'
      left join resource_share_principals p on p.share_id = s.id and p.principal_type = g.principal_type
        and p.principal_id = g.principal_id
      left join directory_members m on m.member_account_id = g.grantee
    where g.grantee = current_account() and s.status = 'active' and (
      exists (select 1 from invitations o
        where o.share_id = s.id and o.recipient_account_id = current_account() and o.status = 'accepted')
      or s.account_id in (select m2.member_account_id from directory_members m2
        where m2.directory_id = sharing_directory(current_account())))
    order by s.id, g.external desc, g.principal_type;
  end;

-- Running replications between accounts that have their grant: those of this account, and, for a management account,
-- those between the accounts of its directory.
create function standing_replications()
  returns table (id text, account_id text, target_account_name text, target_vault_id text, target_vault_name text,
    target_region text, source_account_id text, source_account_name text, source_vault_id text, source_vault_name text,
    source_region text)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select r.id, r.account_id, r.target_account_name, r.target_vault_id, r.target_vault_name, r.target_region,
      r.source_account_id, r.source_account_name, r.source_vault_id, r.source_vault_name, r.source_region
    from replications r
    where r.state = 'active' and r.account_id <> r.source_account_id
      and exists (select 1 from grants g where g.vault_id = r.target_vault_id and g.account_id = r.account_id
        and g.grantee_account_id = r.source_account_id)
      and (current_account() in (r.account_id, r.source_account_id)
        or exists (select 1 from directories d
          join directory_members t on t.directory_id = d.id and t.member_account_id = r.account_id
          join directory_members s on s.directory_id = d.id and s.member_account_id = r.source_account_id
          where d.account_id = current_account()));
  end;
-- Of replications that the caller knows, those that have a grant now: asked again after a change within one transaction.
create function replications_with_access(wanted text[]) returns setof text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select r.id from replications r
    where r.id = any (wanted) and current_account() is not null and r.state = 'active'
      and exists (select 1 from grants g where g.vault_id = r.target_vault_id and g.account_id = r.account_id
        and g.grantee_account_id = r.source_account_id);
  end;
-- Whether another account can be reached inside the caller's directory.
create function is_inside(wanted text) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select coalesce(sharing_directory(wanted) = sharing_directory(current_account()), false);
  end;
revoke execute on function hold_my_directory(), acceptance_failure(text), leave_share(text), received_shares(),
  standing_replications(), replications_with_access(text[]), is_inside(text) from public;
grant execute on function hold_my_directory(), acceptance_failure(text), leave_share(text), received_shares(),
  standing_replications(), replications_with_access(text[]), is_inside(text) to crossvault_app;
