-- A HANA database gives its bytes to its Backint agent only, when it decides to: no user and no policy starts its backups.
create function refuse_hand_backup_of_hana() returns trigger
  language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (
    select from data_sources s
      where s.account_id = new.account_id and s.id = new.spec ->> 'sourceId' and s.kind = 'hana'
  ) then
    raise exception 'a backup of SAP HANA is started by its database' using errcode = 'CV016';
  end if;
  return new;
end $$;
create trigger jobs_of_hana before insert on jobs
  for each row when (new.kind = 'backup' and new.spec ? 'sourceId' and not new.spec ? 'backint')
  execute function refuse_hand_backup_of_hana();
