-- Backups of SAP HANA, which the database itself starts through its Backint agent and later asks for by name and id.

-- What the database called the backup, and its objects. Copies keep it, so that a copy can be recovered from by itself.
alter table backup_points
  add column hana jsonb,
  add constraint only_hana_has_objects check (hana is null or source_kind = 'hana');

-- The objects of the points, one row each, made by the database from the column above and gone with the point. A client hides
-- them: then its database is not told of them any more. Their bytes go with their point.
create table hana_objects (
  account_id text not null,
  point_id text not null,
  ebid uuid not null,
  source_id text not null,
  user_name text not null,
  path text not null check (octet_length(path) <= 2048),
  size_bytes bigint not null check (size_bytes >= 0),
  saved_at timestamptz not null,
  hidden_at timestamptz,
  primary key (account_id, point_id, ebid),
  foreign key (account_id, point_id) references backup_points (account_id, id) on delete cascade
);
create index hana_objects_by_path on hana_objects (account_id, user_name, path, saved_at desc);
create index hana_objects_by_ebid on hana_objects (account_id, ebid);
call wall('hana_objects');
revoke insert, update, delete on hana_objects from crossvault_app, crossvault_engine;
grant update (hidden_at) on hana_objects to crossvault_engine;

create function list_hana_objects() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into hana_objects (account_id, point_id, ebid, source_id, user_name, path, size_bytes, saved_at)
    select new.account_id, new.id, (o ->> 'ebid')::uuid, new.source_id, new.hana ->> 'user', o ->> 'path',
      (o ->> 'bytes')::bigint, new.created_at
    from jsonb_array_elements(new.hana -> 'objects') o;
  return null;
end $$;
create trigger list_hana_objects after insert on backup_points
  for each row when (new.hana is not null) execute function list_hana_objects();

-- Points that a restore job has made available to an instance of the account, which may be another one than they came from.
create table hana_prepared_points (
  account_id text not null,
  job_id text not null,
  point_id text not null,
  -- The instance; no foreign key, for it may be removed.
  source_id text not null,
  prepared_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (account_id, job_id, point_id),
  foreign key (account_id, job_id) references jobs (account_id, id) on delete cascade,
  foreign key (account_id, point_id) references backup_points (account_id, id) on delete cascade
);
create index hana_prepared_points_by_point on hana_prepared_points (account_id, point_id);
call wall('hana_prepared_points');
revoke insert, update, delete on hana_prepared_points from crossvault_app;

-- The agent repeats a call whose answer it did not hear; it starts one job all the same.
create unique index one_job_a_backint_call on jobs (client_id, (spec -> 'backint' ->> 'callId'))
  where spec -> 'backint' is not null and kind = 'backup';
