-- A project is an account in a region: what somebody is named by who is to receive a backup there. It comes into being
-- when its account first asks for it, so that a region added later and an account made earlier need no filling.
create table projects (
  account_id text not null references accounts,
  region text not null,
  id text not null unique check (id ~ '^[0-9a-f]{32}$'),
  created_at timestamptz not null default now(),
  primary key (account_id, region),
  unique (account_id, id)
);
call wall('projects');
-- An id is handed out by the function below and never changes.
revoke insert, update, delete on projects from crossvault_app, crossvault_engine;

create function my_projects(regions text[]) returns setof projects
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    insert into projects (account_id, region, id)
      select a.account_id, r.region, replace(gen_random_uuid()::text, '-', '')
      from accounts a cross join unnest(regions) r (region) where a.account_id = current_account()
      on conflict do nothing;
    select p.* from projects p where p.account_id = current_account() and p.region = any (regions);
  end;
-- Whose project it is, for whoever holds its 32 digits.
create function door_project(wanted text) returns table (account_id text, account_name text, region text)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select p.account_id, a.name, p.region from projects p join accounts a on a.account_id = p.account_id
    where p.id = wanted;
  end;
revoke execute on function my_projects(text[]), door_project(text) from public;
grant execute on function my_projects(text[]), door_project(text) to crossvault_app;

-- A key shared with another account, for one purpose. What the grantee may do with it is this and nothing else: while
-- the grant stands, the engine opens with the key what was shared with the grantee under it.
create table key_grants (
  account_id text not null references accounts,
  id text primary key check (id ~ '^kg-[0-9a-z]{20}$'),
  key_id text not null,
  key_alias text,
  owner_name text not null default '',
  grantee_account_id text not null,
  grantee_name text not null default '',
  -- One project of that account; null: all of them.
  grantee_project_id text,
  purpose text not null default 'open_shared_backups' check (purpose = 'open_shared_backups'),
  created_at timestamptz not null default now(),
  created_by text not null,
  retired_at timestamptz,
  retired_by text check (retired_by in ('owner', 'grantee', 'key_destroyed')),
  unique (account_id, id),
  foreign key (account_id, key_id) references kms_keys (account_id, id),
  check (grantee_account_id <> account_id),
  check ((retired_at is null) = (retired_by is null))
);
create unique index key_granted_once on key_grants (key_id, grantee_account_id, coalesce(grantee_project_id, ''))
  where retired_at is null;
create index key_grants_by_grantee on key_grants (grantee_account_id, created_at desc);
create index key_grants_by_key on key_grants (key_id);
alter table key_grants enable row level security;
alter table key_grants force row level security;
grant select, insert on key_grants to crossvault_app;
grant select on key_grants to crossvault_engine;
grant update (retired_at, retired_by) on key_grants to crossvault_app;
create policy owner_side on key_grants for select to crossvault_app, crossvault_engine
  using (account_id = current_account());
create policy grantee_reads on key_grants for select to crossvault_app, crossvault_engine
  using (grantee_account_id = current_account());
create policy owner_grants on key_grants for insert to crossvault_app
  with check (account_id = current_account() and retired_at is null);
create policy either_side_retires on key_grants for update to crossvault_app
  using (retired_at is null and current_account() in (account_id, grantee_account_id))
  with check (retired_at is not null
    and (account_id = current_account() and retired_by = 'owner'
      or grantee_account_id = current_account() and retired_by = 'grantee'));

-- Only a key that is in use is shared, with an account that there is; names come from the rows they belong to.
create function refuse_unfit_key_grant() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  k kms_keys;
begin
  select * into k from kms_keys where id = new.key_id and account_id = new.account_id for share;
  if current_account() is not null and (k.state <> 'enabled'
      or not exists (select 1 from accounts a where a.account_id = new.grantee_account_id and a.state <> 'closed')
      or new.grantee_project_id is not null and not exists (
        select 1 from projects p where p.id = new.grantee_project_id and p.account_id = new.grantee_account_id)) then
    raise exception 'key % cannot be granted', new.key_id using errcode = 'CV040';
  end if;
  new.key_alias := k.alias;
  new.owner_name := coalesce((select a.name from accounts a where a.account_id = new.account_id), '');
  new.grantee_name := coalesce((select a.name from accounts a where a.account_id = new.grantee_account_id), '');
  return new;
end $$;
create trigger refuse_unfit_key_grant before insert on key_grants
  for each row execute function refuse_unfit_key_grant();
create trigger refuse_inactive_account before insert on key_grants
  for each row execute function refuse_inactive_account('account_id');

-- What is destroyed is shared with nobody; a new alias is shown to both.
create function follow_granted_key() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if new.state = 'destroyed' and old.state <> 'destroyed' then
    update key_grants set retired_at = now(), retired_by = 'key_destroyed' where key_id = new.id and retired_at is null;
  end if;
  if new.alias is distinct from old.alias then
    update key_grants set key_alias = new.alias where key_id = new.id;
  end if;
  return null;
end $$;
create trigger follow_granted_key after update of state, alias on kms_keys
  for each row execute function follow_granted_key();

create function count_key_grant() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  step integer := case when tg_op = 'INSERT' then 1 else -1 end;
begin
  insert into quota_counters (account_id, name, region, used, maximum)
    values (new.account_id, 'key_grants', '', greatest(step, 0), 200)
    on conflict (account_id, name, region) do update set used = quota_counters.used + step;
  return null;
end $$;
create trigger count_key_grant after insert on key_grants for each row execute function count_key_grant();
create trigger count_retired_key_grant after update of retired_at on key_grants
  for each row when (old.retired_at is null and new.retired_at is not null) execute function count_key_grant();

-- Accounts that a key grant links may tell each other of it.
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
        and (g.account_id, g.grantee_account_id) in ((current_account(), wanted), (wanted, current_account()))))
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
