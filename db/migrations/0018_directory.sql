-- A resource directory: the management account that keeps it, a tree of folders, and the accounts that have joined. Its
-- members read the tree; only the management account changes it, and nobody is put into it without having agreed.

create table directories (
  account_id text not null unique references accounts,
  id text primary key check (id ~ '^rd-[0-9a-z]+$'),
  root_folder_id text not null,
  -- Until the management account has allowed it, no share reaches into the directory without an invitation.
  sharing_enabled_at timestamptz,
  created_at timestamptz not null default now(),
  unique (account_id, id)
);
call wall('directories');

create table directory_folders (
  account_id text not null,
  directory_id text not null,
  id text primary key check (id ~ '^(r|fd)-[0-9a-z]+$'),
  parent_id text,
  name text not null check (length(name) between 1 and 24),
  -- 0 is the root. Folders are never moved, so that no circle can come about.
  depth integer not null default 0 check (depth between 0 and 5),
  created_at timestamptz not null default now(),
  unique (account_id, id),
  check ((parent_id is null) = (depth = 0)),
  check ((parent_id is null) = (id like 'r-%')),
  foreign key (account_id, directory_id) references directories (account_id, id) on delete cascade,
  foreign key (account_id, parent_id) references directory_folders (account_id, id)
);
create unique index directory_folder_names on directory_folders (parent_id, lower(name));
create unique index one_root_per_directory on directory_folders (directory_id) where parent_id is null;
call wall('directory_folders');

create table directory_members (
  account_id text not null,
  directory_id text not null,
  -- An account is in one directory only.
  member_account_id text primary key references accounts,
  -- Null for the management account: it stands beside the tree.
  folder_id text,
  joined_by text not null check (joined_by in ('management', 'invited', 'created')),
  joined_at timestamptz not null default now(),
  check ((folder_id is null) = (joined_by = 'management')),
  foreign key (account_id, directory_id) references directories (account_id, id) on delete cascade,
  foreign key (account_id, folder_id) references directory_folders (account_id, id)
);
create index directory_members_by_folder on directory_members (directory_id, folder_id);
call wall('directory_members');

create table directory_invitations (
  account_id text not null,
  id text primary key,
  directory_id text not null,
  management_name text not null,
  recipient_account_id text not null,
  -- Where it joins; the root when that folder is gone by then.
  folder_id text not null,
  note text not null default '' check (length(note) <= 255),
  status text not null default 'pending' check (status in ('pending', 'accepted', 'declined', 'cancelled', 'expired')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  warned_at timestamptz,
  responded_at timestamptz,
  responded_by text,
  unique (account_id, id),
  foreign key (account_id, directory_id) references directories (account_id, id) on delete cascade
);
create unique index one_open_directory_invitation on directory_invitations (directory_id, recipient_account_id)
  where status = 'pending';
create index directory_invitations_by_recipient on directory_invitations (recipient_account_id, created_at desc);
create index directory_invitations_open on directory_invitations (account_id, expires_at) where status = 'pending';
alter table directory_invitations enable row level security;
alter table directory_invitations force row level security;
grant select, insert on directory_invitations to crossvault_app;
grant update (status, responded_at, responded_by) on directory_invitations to crossvault_app;
grant select, update (status, warned_at) on directory_invitations to crossvault_engine;
create policy owner_side on directory_invitations to crossvault_app, crossvault_engine
  using (account_id = current_account()) with check (account_id = current_account());
create policy recipient_reads on directory_invitations for select to crossvault_app
  using (recipient_account_id = current_account());
create policy recipient_answers on directory_invitations for update to crossvault_app
  using (recipient_account_id = current_account() and status = 'pending')
  with check (recipient_account_id = current_account()
    and (status = 'declined' or status = 'accepted' and expires_at > now()));

revoke insert, update, delete on directories, directory_folders, directory_members from crossvault_engine;
revoke update on directories, directory_folders from crossvault_app;
grant update (sharing_enabled_at) on directories to crossvault_app;
grant update (name) on directory_folders to crossvault_app;
-- Joining goes through an accepted invitation or a created account, never through a plain row.
revoke insert, update on directory_members from crossvault_app;
grant update (folder_id) on directory_members to crossvault_app;

-- Members see names and ids of the whole tree; strangers see nothing.
create function current_directory() returns text
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select m.directory_id from directory_members m where m.member_account_id = current_account();
  end;
revoke execute on function current_directory() from public;
grant execute on function current_directory() to crossvault_app, crossvault_engine;
create policy members_read on directories for select to crossvault_app, crossvault_engine
  using (id = (select current_directory()));
create policy members_read on directory_folders for select to crossvault_app, crossvault_engine
  using (directory_id = (select current_directory()));
create policy members_read on directory_members for select to crossvault_app, crossvault_engine
  using (directory_id = (select current_directory()));

create function furnish_directory() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into directory_folders (account_id, directory_id, id, name) values (new.account_id, new.id, new.root_folder_id, 'Root');
  insert into directory_members (account_id, directory_id, member_account_id, joined_by)
    values (new.account_id, new.id, new.account_id, 'management');
  return null;
end $$;
create trigger furnish_directory after insert on directories for each row execute function furnish_directory();

create function refuse_directory_change() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    if old.sharing_enabled_at is not null and new.sharing_enabled_at is null then
      raise exception 'sharing with directory % stays enabled', old.id using errcode = 'CV005';
    end if;
    return new;
  end if;
  perform 1 from directories d where d.id = old.id for update;
  if exists (select 1 from directory_members m where m.directory_id = old.id and m.joined_by <> 'management')
    or exists (select 1 from directory_folders f where f.directory_id = old.id and f.parent_id is not null)
    or exists (select 1 from directory_invitations i
      where i.directory_id = old.id and i.status = 'pending' and i.expires_at > now()) then
    raise exception 'directory % is not empty', old.id using errcode = 'CV005';
  end if;
  return old;
end $$;
create trigger refuse_directory_change before update or delete on directories
  for each row execute function refuse_directory_change();

create function place_folder() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.parent_id is null then
    new.depth := 0;
    return new;
  end if;
  select f.depth + 1 into new.depth from directory_folders f
    where f.id = new.parent_id and f.account_id = new.account_id and f.directory_id = new.directory_id;
  if new.depth is null then
    raise exception 'folder % does not exist', new.parent_id using errcode = 'CV005';
  end if;
  return new;
end $$;
create trigger place_folder before insert on directory_folders for each row execute function place_folder();

create function refuse_root_change() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select 1 from directories d where d.id = old.directory_id) then
    raise exception 'the root of directory % stays as it is', old.directory_id using errcode = 'CV005';
  end if;
  return old;
end $$;
create trigger refuse_root_change before update or delete on directory_folders
  for each row when (old.parent_id is null) execute function refuse_root_change();
create trigger refuse_management_change before update or delete on directory_members
  for each row when (old.joined_by = 'management') execute function refuse_root_change();

create function refuse_directory_answer() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if current_account() is null then return new; end if;
  if tg_op = 'INSERT' then
    if new.status <> 'pending' then
      raise exception 'directory invitation % begins with an answer', new.id using errcode = 'CV004';
    end if;
    return new;
  end if;
  if new.status <> old.status and (old.status <> 'pending'
      or new.status in ('accepted', 'declined') and current_account() <> old.recipient_account_id
      or new.status in ('cancelled', 'expired') and current_account() <> old.account_id) then
    raise exception 'directory invitation % cannot be changed this way', old.id using errcode = 'CV004';
  end if;
  return new;
end $$;
create trigger refuse_directory_answer before insert or update on directory_invitations
  for each row execute function refuse_directory_answer();

-- Who changes the membership holds the directory until the end, so that shares are worked out one after the other.
create function join_directory() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  d directories;
begin
  select * into d from directories where id = new.directory_id for no key update;
  insert into directory_members (account_id, directory_id, member_account_id, folder_id, joined_by)
    values (d.account_id, d.id, new.recipient_account_id,
      coalesce((select f.id from directory_folders f where f.id = new.folder_id and f.directory_id = d.id for key share),
        d.root_folder_id), 'invited');
  return null;
end $$;
create trigger join_directory after update of status on directory_invitations
  for each row when (old.status = 'pending' and new.status = 'accepted') execute function join_directory();

-- Opens an account inside the directory of the account that asks, with its first administrator.
create function create_member_account(
  uid text, account_name text, group_id text, user_id text, user_email text, user_name text, hash text, folder text)
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  d directories;
begin
  select * into d from directories where account_id = current_account() for no key update;
  if d.id is null or not exists (select 1 from directory_folders f where f.id = folder and f.directory_id = d.id) then
    raise exception 'account % manages no such folder', current_account() using errcode = 'CV005';
  end if;
  insert into accounts (account_id, name) values (uid, account_name);
  insert into resource_groups (account_id, id, name) values (uid, group_id, 'default');
  insert into users (account_id, id, email, name, role, password_hash)
    values (uid, user_id, lower(user_email), user_name, 'administrator', hash);
  insert into directory_members (account_id, directory_id, member_account_id, folder_id, joined_by)
    values (d.account_id, d.id, uid, folder, 'created');
end $$;
revoke execute on function create_member_account(text, text, text, text, text, text, text, text) from public;
grant execute on function create_member_account(text, text, text, text, text, text, text, text) to crossvault_app;

-- An account that joins a directory is looked at by its invitation's sender only as far as that: in one already or not.
create function is_in_a_directory(wanted text) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select exists (select 1 from directory_members m where m.member_account_id = wanted)
      and exists (select 1 from directories d where d.account_id = current_account());
  end;
revoke execute on function is_in_a_directory(text) from public;
grant execute on function is_in_a_directory(text) to crossvault_app;

-- Leaves a notification with another account. As before, and also between the two sides of a directory's invitation and
-- between a directory's management account and its members.
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
        and (m.account_id, m.member_account_id) in ((current_account(), wanted), (wanted, current_account()))))
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
