-- A policy writes what its vault takes: the same table of kinds that stands behind every backup.
create or replace function refuse_unfit_binding() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if not exists (
    select 1 from vaults v join data_sources s on s.id = new.source_id
    where v.id = new.vault_id and vault_intake(v.kind) = 'backups' and vault_takes_source(v.kind, s.kind)) then
    raise exception 'vault % takes no backups of %', new.vault_id, new.source_id using errcode = 'CV005';
  end if;
  return new;
end $$;
