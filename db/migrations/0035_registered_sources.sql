-- Sources that are registered: where the engine's own mover reaches them, or which client does; and what a region's mover is
-- in an account. The mover has no credential of its own: the engine's internal secret signs what it says.

alter table clients drop constraint clients_placement_check;
alter table clients
  add constraint clients_placement_check check (placement in ('server', 'ecs', 'region')),
  alter column credential_hash drop not null,
  add constraint only_hosts_have_credentials check ((placement = 'region') = (credential_hash is null)),
  add constraint region_clients_stay check (placement <> 'region' or revoked_at is null);
-- One for each account and region; made with the first source that needs it.
create unique index one_client_a_region on clients (account_id, region) where placement = 'region';

alter table data_sources drop constraint stream_has_item;
alter table data_sources drop constraint data_sources_item_check;
alter table data_sources
  add column region text not null default '',
  -- What is needed to reach it, without any secret.
  add column config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
  add column created_by text not null default '',
  add column check_state text not null default 'unchecked' check (check_state in ('unchecked', 'ok', 'failed')),
  add column checked_at timestamptz,
  add column check_message text check (length(check_message) <= 2000),
  add column check_facts jsonb not null default '[]',
  add constraint data_sources_item_check check (length(item) <= 1024),
  add constraint checked_at_a_time check ((check_state = 'unchecked') = (checked_at is null)),
  -- A host's own files are the one source without an item; everything else says which of its client's it is.
  add constraint item_of_other_kinds check ((kind in ('ecs_file', 'local_file')) = (item = ''));
update data_sources s set region = c.region from clients c where c.id = s.client_id;
create function place_source() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.region := coalesce(
    (select c.region from clients c where c.id = new.client_id and c.account_id = new.account_id), '');
  return new;
end $$;
-- A source is where its client is.
create trigger place_source before insert or update of client_id, region on data_sources
  for each row execute function place_source();

-- Secrets of sources, sealed for the engine alone. The console writes them and never reads them back.
create table source_secrets (
  account_id text not null,
  source_id text primary key,
  sealed bytea not null check (length(sealed) <= 65536),
  updated_at timestamptz not null default now(),
  foreign key (account_id, source_id) references data_sources (account_id, id) on delete cascade
);
call wall('source_secrets');
revoke select, update on source_secrets from crossvault_app;
revoke insert on source_secrets from crossvault_engine;
-- A conflicting row is replaced without being read.
create function put_source_secret(source text, secret bytea) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into source_secrets (account_id, source_id, sealed)
    select current_account(), s.id, secret from data_sources s where s.id = source and s.account_id = current_account()
    on conflict (source_id) do update set sealed = excluded.sealed, updated_at = now();
end $$;
revoke execute on function put_source_secret(text, bytea) from public;
grant execute on function put_source_secret(text, bytea) to crossvault_app;

-- What web servers seal secrets with: X25519 public keys, made from the service key by the engine.
create table sealing_keys (
  label text primary key,
  public_key bytea not null check (length(public_key) = 32),
  is_current boolean not null,
  told_at timestamptz not null default now()
);
create unique index one_sealing_key on sealing_keys (is_current) where is_current;
grant select on sealing_keys to crossvault_app;
grant select, insert, update, delete on sealing_keys to crossvault_engine;

-- Short questions to a client or a region's mover: whether a source can be reached, what a folder of it holds. Delivered with
-- the heartbeat; over after a minute.
create table source_questions (
  account_id text not null,
  id text primary key,
  client_id text not null,
  -- A registered source; null while one is being registered. No foreign key: it may be removed meanwhile.
  source_id text,
  ask text not null check (ask in ('check', 'list', 'destination')),
  body jsonb not null,
  -- Of a source that is being registered; the engine alone opens it.
  sealed bytea check (length(sealed) <= 65536),
  created_by text not null,
  asked_at timestamptz not null default now(),
  delivered_at timestamptz,
  answered_at timestamptz,
  answer jsonb,
  error jsonb,
  expires_at timestamptz not null default now() + interval '1 minute',
  unique (account_id, id),
  check ((answered_at is null) = (answer is null and error is null)),
  foreign key (account_id, client_id) references clients (account_id, id)
);
create index source_questions_open on source_questions (client_id, asked_at) where answered_at is null;
call wall('source_questions');
revoke select, update on source_questions from crossvault_app;
grant select (account_id, id, client_id, source_id, ask, body, created_by, asked_at, delivered_at, answered_at, answer, error,
  expires_at) on source_questions to crossvault_app;
create function notify_question() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform pg_notify('jobs', new.client_id);
  return null;
end $$;
create trigger notify_question after insert on source_questions for each row execute function notify_question();

-- Which accounts a mover has work of, fewest running first, so that one account's many jobs never keep another's one waiting.
-- Ids and counts only: what is to be done is read behind the walls of each account.
create function due_region_clients(seen_before timestamptz, at_most integer)
  returns table (account_id text, client_id text, running integer)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    with work as (
      select j.account_id, j.client_id,
        count(*) filter (where j.status = 'running' and j.heartbeat_at >= seen_before) as running,
        min(j.created_at) filter (where j.status = 'queued' or j.heartbeat_at < seen_before) as waiting_since
      from jobs j join clients c on c.id = j.client_id and c.placement = 'region'
      where j.status in ('queued', 'running') group by 1, 2),
    asked as (
      select q.account_id, q.client_id, min(q.asked_at) as waiting_since
      from source_questions q join clients c on c.id = q.client_id and c.placement = 'region'
      where q.answered_at is null and q.delivered_at is null and q.expires_at > now() group by 1, 2)
    select coalesce(w.account_id, a.account_id), coalesce(w.client_id, a.client_id), coalesce(w.running, 0)::integer
    from work w full join asked a on a.client_id = w.client_id
    where w.waiting_since is not null or a.waiting_since is not null
    order by sum(coalesce(w.running, 0)) over (partition by coalesce(w.account_id, a.account_id)),
      least(w.waiting_since, a.waiting_since)
    limit at_most;
  end;
-- A mover serves every account: all its clients are there while one mover is.
create function note_mover(seen_at timestamptz, is_version text) returns void
  language sql volatile security definer set search_path = public, pg_temp
  begin atomic
    update clients c set last_heartbeat_at = seen_at, version = is_version
    where c.id in (select d.id from clients d
      where d.placement = 'region' and (d.last_heartbeat_at is null or d.last_heartbeat_at < seen_at - interval '10 seconds')
      order by d.id for no key update skip locked);
  end;
revoke execute on function due_region_clients(timestamptz, integer), note_mover(timestamptz, text) from public;
grant execute on function due_region_clients(timestamptz, integer), note_mover(timestamptz, text) to crossvault_engine;
