create table resource_shares (
  account_id text not null references accounts,
  id text primary key,
  name text not null check (name ~ '^[A-Za-z0-9._-]{1,50}$'),
  principal_scope text not null default 'any_account' check (principal_scope in ('any_account', 'directory_only')),
  permission text not null default 'AliyunRSDefaultPermissionHBRVault'
    check (permission = 'AliyunRSDefaultPermissionHBRVault'),
  status text not null default 'active' check (status in ('active', 'deleted')),
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  unique (account_id, id)
);
create unique index resource_share_names on resource_shares (account_id, name) where status = 'active';
call wall('resource_shares');

create table resource_share_vaults (
  account_id text not null,
  share_id text not null,
  vault_id text not null,
  created_at timestamptz not null default now(),
  primary key (share_id, vault_id),
  foreign key (account_id, share_id) references resource_shares (account_id, id) on delete cascade,
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
call wall('resource_share_vaults');

create table resource_share_principals (
  account_id text not null,
  share_id text not null,
  principal_type text not null check (principal_type in ('account', 'directory', 'folder')),
  principal_id text not null,
  created_at timestamptz not null default now(),
  primary key (share_id, principal_type, principal_id),
  foreign key (account_id, share_id) references resource_shares (account_id, id) on delete cascade
);
call wall('resource_share_principals');

-- Seen by both sides: the owner (account_id) and the one who is invited.
create table invitations (
  account_id text not null,
  id text primary key,
  share_id text not null,
  share_name text not null,
  recipient_account_id text not null,
  owner_name text not null,
  permission text not null,
  status text not null default 'pending' check (status in ('pending', 'accepted', 'rejected', 'cancelled', 'expired')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  responded_at timestamptz,
  responded_by text,
  unique (account_id, id),
  foreign key (account_id, share_id) references resource_shares (account_id, id) on delete cascade
);
create unique index one_open_invitation on invitations (share_id, recipient_account_id)
  where status in ('pending', 'accepted');
create index invitations_by_recipient on invitations (recipient_account_id, created_at desc);
alter table invitations enable row level security;
alter table invitations force row level security;
grant select, insert, update on invitations to crossvault_app, crossvault_engine;
create policy owner_side on invitations to crossvault_app, crossvault_engine
  using (account_id = current_account()) with check (account_id = current_account());
create policy recipient_reads on invitations for select to crossvault_app, crossvault_engine
  using (recipient_account_id = current_account());
create policy recipient_answers on invitations for update to crossvault_app, crossvault_engine
  using (recipient_account_id = current_account() and status = 'pending')
  with check (recipient_account_id = current_account() and status in ('accepted', 'rejected'));

-- Which account may see and replicate into which vault. Written only by the function below, never by a login role.
create table grants (
  vault_id text not null references vaults on delete cascade,
  account_id text not null,
  grantee_account_id text not null,
  share_id text not null references resource_shares on delete cascade,
  created_at timestamptz not null default now(),
  primary key (vault_id, grantee_account_id, share_id)
);
create index grants_by_grantee on grants (grantee_account_id);
alter table grants enable row level security;
alter table grants force row level security;
grant select on grants to crossvault_app, crossvault_engine, crossvault_share_reader;
-- A locking read needs the UPDATE privilege; the policies below still let no row be changed.
grant update (created_at) on grants to crossvault_engine;
create policy both_sides on grants for select to crossvault_app, crossvault_engine, crossvault_share_reader
  using (current_account() in (account_id, grantee_account_id));
create policy lock_only on grants for update to crossvault_engine
  using (current_account() = account_id) with check (false);

create function refresh_grants(share text) returns void language plpgsql security definer set search_path = public as $$
begin
  delete from grants g where g.share_id = share and not exists (
    select 1 from resource_shares s
      join resource_share_vaults v on v.share_id = s.id
      join invitations i on i.share_id = s.id and i.status = 'accepted'
    where s.id = share and s.status = 'active' and v.vault_id = g.vault_id and i.recipient_account_id = g.grantee_account_id);
  insert into grants (vault_id, account_id, grantee_account_id, share_id)
    select v.vault_id, s.account_id, i.recipient_account_id, s.id
    from resource_shares s
      join resource_share_vaults v on v.share_id = s.id
      join invitations i on i.share_id = s.id and i.status = 'accepted'
    where s.id = share and s.status = 'active'
    on conflict do nothing;
end $$;
revoke execute on function refresh_grants(text) from public;
create function refresh_grants_of_row() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform refresh_grants(case when tg_op = 'DELETE' then old.share_id else new.share_id end);
  return null;
end $$;
create function refresh_grants_of_share() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform refresh_grants(new.id);
  return null;
end $$;
create trigger refresh_grants after insert or update or delete on invitations
  for each row execute function refresh_grants_of_row();
create trigger refresh_grants after insert or delete on resource_share_vaults
  for each row execute function refresh_grants_of_row();
create trigger refresh_grants after update of status on resource_shares
  for each row execute function refresh_grants_of_share();

-- What a share lets the other side see of a vault: these columns and nothing else.
create policy shared_with_me on vaults for select to crossvault_share_reader
  using (exists (select 1 from grants g where g.vault_id = vaults.id and g.grantee_account_id = current_account()));
grant select on vaults, accounts, resource_share_vaults to crossvault_share_reader;
create policy owners_of_shared on accounts for select to crossvault_share_reader
  using (exists (select 1 from grants g where g.account_id = accounts.account_id and g.grantee_account_id = current_account()));
create view shared_vaults with (security_barrier) as
  select distinct v.id, v.account_id as owner_account_id, a.name as owner_name, v.name, v.region, v.encryption, v.status, v.kind
  from vaults v join accounts a on a.account_id = v.account_id;
alter view shared_vaults owner to crossvault_share_reader;
grant select on shared_vaults to crossvault_app, crossvault_engine;

create table replications (
  -- The target's account owns the relationship; the source only wakes its ticker.
  account_id text not null,
  id text primary key,
  source_account_id text not null,
  source_account_name text not null,
  source_vault_id text not null,
  source_vault_name text not null,
  source_region text not null,
  target_vault_id text not null,
  target_vault_name text not null,
  target_account_name text not null,
  target_region text not null,
  state text not null default 'active' check (state in ('active', 'stopped')),
  -- Why an active replication is not moving, as a stable word; null while it moves.
  waiting_reason text,
  waiting_since timestamptz,
  -- Raised by each engine that takes the work over; a commit with an older number changes nothing.
  fence bigint not null default 0,
  -- The source vault's newest event that has been planned.
  seen_seq bigint not null default 0,
  history_points_total integer not null default 0,
  history_points_done integer not null default 0,
  history_bytes_total bigint not null default 0,
  history_bytes_done bigint not null default 0,
  history_completed_at timestamptz,
  -- Capture time of the newest point that is visible at the target.
  newest_point_at timestamptz,
  lag_points integer not null default 0,
  lag_bytes bigint not null default 0,
  -- Commit time of the oldest new point that is not yet at the target; null when there is none.
  lag_since timestamptz,
  rate_bytes_per_second bigint not null default 0,
  copied_bytes bigint not null default 0,
  current_point_id text,
  current_bytes_done bigint not null default 0,
  current_bytes_total bigint not null default 0,
  last_step_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  created_by text not null,
  stopped_at timestamptz,
  stopped_by text,
  unique (account_id, id),
  -- Used once, used for ever: a target never serves a second replication.
  unique (target_vault_id),
  foreign key (account_id, target_vault_id) references vaults (account_id, id) on delete cascade
);
create unique index one_replication_per_source on replications (source_vault_id) where state = 'active';
create index replications_by_source on replications (source_account_id);
alter table replications enable row level security;
alter table replications force row level security;
grant select, insert, update on replications to crossvault_app, crossvault_engine;
create policy both_sides_read on replications for select to crossvault_app, crossvault_engine
  using (current_account() in (account_id, source_account_id));
create policy source_starts on replications for insert to crossvault_app
  with check (source_account_id = current_account()
    and exists (select 1 from vaults v where v.id = source_vault_id and v.account_id = current_account())
    and (account_id = current_account() or exists (
      select 1 from grants g where g.vault_id = target_vault_id and g.account_id = replications.account_id
        and g.grantee_account_id = current_account())));
create policy both_sides_stop on replications for update to crossvault_app, crossvault_engine
  using (current_account() in (account_id, source_account_id))
  with check (current_account() in (account_id, source_account_id));

-- A vault at either end of a running replication is not deleted, whoever asks.
create function refuse_replicating_vault() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if (tg_op = 'DELETE' or new.status = 'deleting' and old.status <> 'deleting') and exists (
      select 1 from replications r where r.state = 'active' and old.id in (r.source_vault_id, r.target_vault_id)) then
    raise exception 'vault % takes part in a replication', old.id using errcode = 'CV002';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger refuse_replicating_vault before update of status or delete on vaults
  for each row execute function refuse_replicating_vault();

-- One row per source point; a final state is never copied again.
create table replication_points (
  account_id text not null,
  replication_id text not null,
  source_point_id text not null,
  target_point_id text,
  state text not null default 'pending' check (state in ('pending', 'copied', 'expired', 'archived', 'deleted', 'skipped')),
  reason text,
  is_history boolean not null,
  captured_at timestamptz not null,
  committed_at timestamptz not null,
  source_bytes bigint not null,
  copied_bytes bigint not null default 0,
  finished_at timestamptz,
  primary key (replication_id, source_point_id),
  foreign key (account_id, replication_id) references replications (account_id, id) on delete cascade
);
create index replication_points_due on replication_points (replication_id, is_history, captured_at desc) where state = 'pending';
alter table replication_points enable row level security;
alter table replication_points force row level security;
grant select, insert, update, delete on replication_points to crossvault_app, crossvault_engine;
create policy own_account on replication_points to crossvault_app, crossvault_engine
  using (account_id = current_account()) with check (account_id = current_account());
create policy source_reads on replication_points for select to crossvault_app, crossvault_engine
  using (exists (select 1 from replications r where r.id = replication_id and r.source_account_id = current_account()));

create table replication_samples (
  account_id text not null,
  replication_id text not null,
  at timestamptz not null,
  copied_bytes bigint not null,
  lag_points integer not null,
  lag_seconds integer not null,
  primary key (replication_id, at),
  foreign key (account_id, replication_id) references replications (account_id, id) on delete cascade
);
alter table replication_samples enable row level security;
alter table replication_samples force row level security;
grant select, insert, delete on replication_samples to crossvault_app, crossvault_engine;
create policy own_account on replication_samples to crossvault_app, crossvault_engine
  using (account_id = current_account()) with check (account_id = current_account());
create policy source_reads on replication_samples for select to crossvault_app, crossvault_engine
  using (exists (select 1 from replications r where r.id = replication_id and r.source_account_id = current_account()));

-- While the engine works for a target's account on one active replication, it may read the source vault's bytes and
-- points, and only those: SELECT-only policies that ask for that replication.
create function replicated_source_vault() returns text language sql stable
  begin atomic
    select r.source_vault_id from replications r
    where r.id = current_replication() and r.account_id = current_account() and r.state = 'active';
  end;
create policy replicated_source on vaults for select to crossvault_engine using (id = (select replicated_source_vault()));
create policy replicated_source on vault_keys for select to crossvault_engine using (vault_id = (select replicated_source_vault()));
create policy replicated_source on vault_lineages for select to crossvault_engine using (vault_id = (select replicated_source_vault()));
create policy replicated_source on chunk_spaces for select to crossvault_engine using (vault_id = (select replicated_source_vault()));
create policy replicated_source on packs for select to crossvault_engine using (vault_id = (select replicated_source_vault()));
create policy replicated_source on backup_points for select to crossvault_engine using (vault_id = (select replicated_source_vault()));
create policy replicated_source on point_events for select to crossvault_engine using (vault_id = (select replicated_source_vault()));
create policy replicated_source on chunks for select to crossvault_engine
  using (space_no = any (array (select s.space_no from chunk_spaces s where s.vault_id = (select replicated_source_vault()))));
create policy replicated_source on kms_keys for select to crossvault_engine
  using (id = (select v.kms_key_id from vaults v where v.id = (select replicated_source_vault())));

-- The queue of due work: account and time only, so that the engine needs no tenant's rows to know whom to serve.
create table tickers (
  account_id text primary key references accounts,
  due_at timestamptz,
  lease_owner text,
  lease_until timestamptz,
  fence bigint not null default 0,
  last_tick_at timestamptz,
  last_error text
);
create index tickers_due on tickers (due_at) where due_at is not null;
alter table tickers enable row level security;
alter table tickers force row level security;
grant select on tickers to crossvault_app;
grant select, insert, update on tickers to crossvault_engine;
create policy own_account on tickers for select to crossvault_app using (account_id = current_account());
create policy engine_serves_all on tickers to crossvault_engine using (true) with check (true);

-- Wakes a ticker at once, or no later than a given time. A source wakes its targets' tickers with it too.
create function wake_ticker(wanted text, at timestamptz default now()) returns void
  language plpgsql security definer set search_path = public as $$
begin
  insert into tickers (account_id, due_at) values (wanted, at)
    on conflict (account_id) do update set due_at = least(tickers.due_at, excluded.due_at);
  if at <= now() then perform pg_notify('ticker', wanted); end if;
end $$;
revoke execute on function wake_ticker(text, timestamptz) from public;
grant execute on function wake_ticker(text, timestamptz) to crossvault_app, crossvault_engine;
grant usage on all sequences in schema public to crossvault_app, crossvault_engine;
