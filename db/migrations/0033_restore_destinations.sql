-- Where a restore writes to has one shape for each way of writing; until now there were only hosts' folders.
update jobs
  set spec = (spec - 'targetPath')
    || jsonb_build_object('destination', jsonb_build_object('kind', 'host', 'targetPath', spec -> 'targetPath'))
  where kind = 'restore' and spec ? 'targetPath';
alter table jobs add constraint jobs_restore_destination check (
  kind <> 'restore'
  or coalesce(spec -> 'destination' ->> 'kind' in ('host', 'file_system', 'oss', 'tablestore', 'hana'), false)
);

-- A point is restored to a destination of its own kind, and a registered one belongs to the same account.
create function refuse_other_destination() returns trigger
  language plpgsql set search_path = public, pg_temp as $$
declare
  target text := new.spec -> 'destination' ->> 'kind';
  source_kind text;
begin
  select p.source_kind into source_kind
    from backup_points p where p.account_id = new.account_id and p.id = new.point_id;
  if source_kind is null then
    return new;
  end if;
  if target <> (case source_kind when 'nas' then 'file_system' when 'cpfs' then 'file_system' when 'oss' then 'oss'
      when 'tablestore' then 'tablestore' when 'hana' then 'hana' else 'host' end) then
    raise exception 'a point of % is not restored to %', source_kind, target using errcode = 'CV005';
  end if;
  if target <> 'host' and not exists (
    select from data_sources s
      where s.account_id = new.account_id and s.id = new.spec -> 'destination' ->> 'sourceId'
        and s.kind = source_kind and s.client_id = new.client_id
  ) then
    raise exception 'no such destination' using errcode = 'CV005';
  end if;
  return new;
end $$;
create trigger jobs_destination before insert on jobs
  for each row when (new.kind = 'restore') execute function refuse_other_destination();
