-- A job that is queued or to be cancelled reaches its client's waiting heartbeat at once: `listen jobs` in the gateway.
create function notify_job() returns trigger language plpgsql set search_path = public as $$
begin
  perform pg_notify('jobs', new.client_id);
  return null;
end $$;
create trigger notify_queued_job after insert on jobs
  for each row when (new.status = 'queued') execute function notify_job();
create trigger notify_changed_job after update of status, cancel_requested_at on jobs
  for each row when (new.cancel_requested_at is distinct from old.cancel_requested_at
    or new.status is distinct from old.status and new.status in ('queued', 'failed', 'cancelled'))
  execute function notify_job();

-- Lists page through an account's points by capture time, over all its vaults.
create index backup_points_by_time on backup_points (account_id, created_at desc, id desc) where status = 'visible';

-- When a console last woke the account's tickers: a page in a loop costs one wake in two seconds.
alter table tickers add column woken_at timestamptz;
create function wake_my_tickers() returns boolean
  language plpgsql security definer set search_path = public as $$
declare
  target text;
begin
  if current_account() is null then return false; end if;
  insert into tickers (account_id, woken_at) values (current_account(), now())
    on conflict (account_id) do update set woken_at = excluded.woken_at
      where tickers.woken_at is null or tickers.woken_at < now() - interval '2 seconds';
  if not found then return false; end if;
  perform wake_ticker(current_account());
  for target in
    select distinct r.account_id from replications r
    where r.source_account_id = current_account() and r.account_id <> current_account() and r.state = 'active'
    order by 1
  loop
    perform wake_ticker(target);
  end loop;
  return true;
end $$;
revoke execute on function wake_my_tickers() from public;
grant execute on function wake_my_tickers() to crossvault_app;
