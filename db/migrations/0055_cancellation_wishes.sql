-- The wish to keep trying may not be committed yet when the image goes: the share's row is waited for before it is asked.
create or replace function retry_cancellation() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  shared text;
  sharer text;
begin
  select p.share_id into shared from backup_points p where p.id = old.point_id and p.account_id = old.account_id;
  perform 1 from backup_shares s where s.id = shared for update;
  update backup_shares s set cancel_tried_at = null where s.id = shared and s.cancel_wanted_at is not null
    returning s.account_id into sharer;
  if sharer is not null then perform wake_ticker(sharer); end if;
  return null;
end $$;
