-- When rows that are kept for a while only were last trimmed; once a day.
alter table tickers add column trimmed_at timestamptz;

create index idempotency_keys_by_age on idempotency_keys (account_id, created_at);
create index user_sessions_by_age on user_sessions (account_id, coalesce(ended_at, expires_at));
create index download_tickets_by_age on download_tickets (account_id, expires_at);
create index enrolment_tokens_by_age on enrolment_tokens (account_id, coalesce(used_at, expires_at));
create index point_events_by_age on point_events (account_id, at);

-- Events go by age, through the engine alone; the newest of a vault never, because readers compare with its number.
grant delete on point_events to crossvault_engine;
create function refuse_needed_event() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- With its vault everything goes.
  if current_account() is not null and exists (select 1 from vaults v where v.id = old.vault_id) and (
    old.at > now() - interval '30 days'
    or exists (select 1 from vaults v where v.id = old.vault_id and v.head = old.seq)
    or exists (select 1 from backup_points p where p.id = old.point_id and p.vault_id = old.vault_id)
    or exists (select 1 from replications r
      where r.source_vault_id = old.vault_id and r.state = 'active' and r.seen_seq < old.seq)) then
    raise exception 'event % of vault % is still needed', old.seq, old.vault_id using errcode = 'CV023';
  end if;
  return old;
end $$;
create trigger refuse_needed_event before delete on point_events
  for each row execute function refuse_needed_event();
