-- An on-premises NAS is restored to a folder of one that is registered; a named source is of the point's kind in every case.
create or replace function refuse_other_destination() returns trigger
  language plpgsql set search_path = public, pg_temp as $$
declare
  target text := new.spec -> 'destination' ->> 'kind';
  source text := new.spec -> 'destination' ->> 'sourceId';
  source_kind text;
begin
  select p.source_kind into source_kind
    from backup_points p where p.account_id = new.account_id and p.id = new.point_id;
  if source_kind is null or target is null then
    return new;
  end if;
  if target <> (case source_kind when 'nas' then 'file_system' when 'cpfs' then 'file_system' when 'oss' then 'oss'
      when 'tablestore' then 'tablestore' when 'hana' then 'hana' when 'disk' then 'disks' when 'server' then 'disks'
      else 'host' end) then
    raise exception 'a point of % is not restored to %', source_kind, target using errcode = 'CV005';
  end if;
  if target = 'disks' then
    if exists (
      select from jsonb_array_elements(new.spec -> 'destination' -> 'disks') one
        where not exists (select from disks d where d.account_id = new.account_id and d.id = one ->> 'diskId')
          and not exists (select from image_disks i where i.account_id = new.account_id and i.id = one ->> 'diskId')
    ) then
      raise exception 'no such destination' using errcode = 'CV005';
    end if;
  elsif source_kind in ('ecs_file', 'local_file', 'database_dump', 'container_image') then
    if source is not null then
      raise exception 'a point of % is restored to a host', source_kind using errcode = 'CV005';
    end if;
  elsif not exists (
    select from data_sources s
      where s.account_id = new.account_id and s.id = source and s.kind = source_kind and s.client_id = new.client_id
  ) then
    raise exception 'no such destination' using errcode = 'CV005';
  end if;
  return new;
end $$;
