-- The walls in front of rows that two accounts share, and of what nobody may undo. The verbs hold these rules too; here
-- they hold when a verb is wrong.

-- A replication belongs to its target's account. The engine works on it as that account; from the console either side
-- can stop it, and that is all.
drop policy both_sides_stop on replications;
create policy target_works on replications for update to crossvault_engine
  using (account_id = current_account()) with check (account_id = current_account());
create policy either_side_stops on replications for update to crossvault_app
  using (state = 'active' and current_account() in (account_id, source_account_id))
  with check (state = 'stopped' and current_account() in (account_id, source_account_id));
revoke insert on replications from crossvault_engine;
revoke update on replications from crossvault_app;
grant update (state, stopped_at, stopped_by, waiting_reason, waiting_since) on replications to crossvault_app;

drop policy source_starts on replications;
create policy source_starts on replications for insert to crossvault_app
  with check (source_account_id = current_account()
    and exists (select 1 from vaults v where v.id = source_vault_id and v.account_id = current_account())
    and (account_id = current_account() or exists (
      select 1 from grants g where g.vault_id = target_vault_id and g.account_id = replications.account_id
        and g.grantee_account_id = current_account()))
    and state = 'active' and (fence, seen_seq) = (0, 0)
    and (history_points_total, history_points_done, history_bytes_total, history_bytes_done) = (0, 0, 0, 0)
    and (lag_points, lag_bytes, rate_bytes_per_second, copied_bytes) = (0, 0, 0, 0)
    and num_nonnulls(history_completed_at, newest_point_at, lag_since, last_step_at, stopped_at, stopped_by) = 0);

-- What each side is shown of the other comes from the vaults and accounts themselves, not from who starts.
create or replace function refuse_unfit_replication() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  source vaults;
  target vaults;
begin
  perform 1 from vaults v where v.id in (new.source_vault_id, new.target_vault_id) order by v.id for no key update;
  select * into source from vaults v where v.id = new.source_vault_id;
  select * into target from vaults v where v.id = new.target_vault_id;
  if source.kind <> 'standard' or target.kind <> 'replication_target' or source.encryption <> target.encryption
      or source.account_id <> new.source_account_id
      or 'deleting' in (source.status, target.status)
      or source.account_id = target.account_id and source.region = target.region then
    raise exception 'vault % cannot be replicated to %', new.source_vault_id, new.target_vault_id using errcode = 'CV003';
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

-- Only who was invited accepts, in time, and nobody changes what an invitation says.
drop policy recipient_answers on invitations;
create policy recipient_answers on invitations for update to crossvault_app
  using (recipient_account_id = current_account() and status = 'pending')
  with check (recipient_account_id = current_account()
    and (status = 'rejected' or status = 'accepted' and expires_at > now()));
revoke insert, update on invitations from crossvault_engine;
create or replace function refuse_altered_invitation() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if (new.account_id, new.id, new.share_id, new.share_name, new.recipient_account_id, new.owner_name, new.permission,
      new.created_at, new.expires_at)
     is distinct from (old.account_id, old.id, old.share_id, old.share_name, old.recipient_account_id, old.owner_name,
      old.permission, old.created_at, old.expires_at)
     or new.status = 'pending' and old.status <> 'pending'
     or new.status = 'accepted' and old.status <> 'accepted' and current_account() <> new.recipient_account_id then
    raise exception 'invitation % cannot be changed this way', old.id using errcode = 'CV004';
  end if;
  return new;
end $$;
create function refuse_answered_invitation() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.status <> 'pending' and current_account() is not null then
    raise exception 'invitation % begins with an answer', new.id using errcode = 'CV004';
  end if;
  return new;
end $$;
create trigger refuse_answered_invitation before insert on invitations
  for each row execute function refuse_answered_invitation();

-- A lock is for ever, and a vault does not go before the points it keeps.
create function refuse_unlocking() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.locked_at is distinct from old.locked_at
     or new.status = 'deleting' and old.status <> 'deleting' and exists (
       select 1 from backup_points p where p.vault_id = old.id and p.status = 'visible' and p.expires_at > now()) then
    raise exception 'vault % is locked', old.id using errcode = 'CV001';
  end if;
  return new;
end $$;
create trigger refuse_unlocking before update of locked_at, status on vaults
  for each row when (old.locked_at is not null) execute function refuse_unlocking();

-- Of a point only its way out is ever changed. Keys, lineages and events are append-only; they go with their vault.
revoke update on backup_points from crossvault_app, crossvault_engine;
grant update (status) on backup_points to crossvault_app, crossvault_engine;
revoke update, delete on point_events, vault_keys, vault_lineages from crossvault_app, crossvault_engine;
revoke insert on vault_keys, vault_lineages from crossvault_app;
revoke insert, delete on backup_points from crossvault_app;
revoke insert, update, delete on chunk_spaces, pins, packs, collections, replication_points, replication_samples
  from crossvault_app;
revoke delete on accounts, vaults from crossvault_app;

-- Functions that pass the walls look at a role's temporary tables last, so that none of them can stand in for ours.
do $$
declare
  passes regprocedure;
begin
  for passes in
    select p.oid from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef and p.prokind = 'f'
  loop
    execute format('alter function %s set search_path = public, pg_temp', passes);
  end loop;
end $$;
