-- What a restore to disks leaves behind, however its job ends: the disks of a job that is complete hold what was asked for;
-- those that were being made of one that is not are in error; those that were there before keep their bytes, because a
-- restore writes beside them and takes their place at its end.
create function settle_disk_restore() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  target jsonb := new.spec -> 'destination';
  is_done boolean := new.status = 'complete';
  why text := case when is_done then null else coalesce(new.error_message, 'The restore was cancelled.') end;
begin
  update disks d set
      state = case when is_done or d.state = 'restoring' then 'available' else 'error' end,
      state_reason = why,
      generation = d.generation + 1,
      bytes_done = 0, bytes_total = null, claimed_until = null
    from jsonb_array_elements(target -> 'disks') one
    where d.account_id = new.account_id and d.id = one ->> 'diskId' and d.state in ('creating', 'restoring');
  if target ->> 'resource' = 'server' then
    update servers s set
        state = case when is_done or s.state = 'restoring' then 'stopped' else 'error' end, state_reason = why
      where s.account_id = new.account_id and s.id = target ->> 'resourceId' and s.state in ('creating', 'restoring');
  elsif target ->> 'resource' = 'image' then
    update images i set state = case when is_done then 'available' else 'error' end, state_reason = why
      where i.account_id = new.account_id and i.id = target ->> 'resourceId' and i.state = 'creating';
  end if;
  perform wake_ticker(new.account_id);
  return null;
end $$;
create trigger settle_disk_restore after update of status on jobs for each row
  when (new.kind = 'restore' and old.status in ('queued', 'running') and new.status not in ('queued', 'running')
    and new.spec -> 'destination' ->> 'kind' = 'disks')
  execute function settle_disk_restore();

-- Which restore fills a disk, a server or an image, for its progress.
create index jobs_to_disks on jobs (account_id, (spec -> 'destination' ->> 'resourceId'), created_at desc)
  where spec -> 'destination' ->> 'kind' = 'disks';
