-- Which chunks of a running restore have been counted, by request: a row for each chunk cost more than reading it. The
-- engine holds the names and says what is new; the number of the batch tells it when another engine has counted meanwhile.
create table restored_batches (
  account_id text not null,
  job_id text not null,
  batch_no integer not null check (batch_no >= 0),
  -- 16 bytes each.
  names bytea not null check (octet_length(names) % 16 = 0),
  primary key (job_id, batch_no),
  foreign key (account_id, job_id) references jobs (account_id, id) on delete cascade
);
call wall('restored_batches');
revoke insert, update, delete on restored_batches from crossvault_app, crossvault_engine;
grant delete on restored_batches to crossvault_engine;

drop function meter_restore(text, uuid[]);
drop table restored_chunks;

-- Counts data of a running restore before it is sent. False, and nothing counted: the caller does not know all batches.
create function meter_restore(wanted text, known integer, fresh_names bytea, fresh_bytes bigint) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  work record;
begin
  select j.account_id, j.vault_id,
      case when c.placement = 'server' then 'restore_' || c.connection else 'restore_region' end as meter
    into work
    from jobs j
    join clients c on c.account_id = j.account_id and c.id = j.client_id
    where j.account_id = current_account() and j.id = wanted and j.kind = 'restore';
  if not found then return true; end if;
  -- Two that come at once wait for each other here, and the second finds the number taken.
  insert into restored_batches (account_id, job_id, batch_no, names)
    values (work.account_id, wanted, known, fresh_names)
    on conflict do nothing;
  if not found then return false; end if;
  perform meter_traffic(work.account_id, work.vault_id, work.meter, fresh_bytes);
  return true;
end $$;
revoke execute on function meter_restore(text, integer, bytea, bigint) from public;
grant execute on function meter_restore(text, integer, bytea, bigint) to crossvault_engine;
