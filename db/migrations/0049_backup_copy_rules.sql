-- A policy copies its backups of servers and disks into a vault of their type in another region of the same account.
create table backup_copy_rules (
  account_id text not null references accounts,
  id text primary key check (id ~ '^cr-[0-9a-z]{20}$'),
  policy_id text not null,
  target_vault_id text not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  unique (account_id, id),
  constraint policy_copies_once unique (policy_id, target_vault_id),
  foreign key (account_id, policy_id) references policies (account_id, id) on delete cascade,
  foreign key (account_id, target_vault_id) references vaults (account_id, id) on delete cascade
);
call wall('backup_copy_rules');
revoke update on backup_copy_rules from crossvault_app, crossvault_engine;
revoke insert, delete on backup_copy_rules from crossvault_engine;
create function refuse_unfit_copy_rule() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if current_account() is not null
      and not exists (select 1 from vaults v where v.id = new.target_vault_id and is_capacity_vault(v.kind)) then
    raise exception 'vault % takes no copies', new.target_vault_id using errcode = 'CV044';
  end if;
  return new;
end $$;
create trigger refuse_unfit_copy_rule before insert on backup_copy_rules
  for each row execute function refuse_unfit_copy_rule();

-- As `copiedPointId` of the engine; a test compares the two.
create function copied_point_id(copy text, target_vault text) returns text language sql immutable
  begin atomic
    select 's-' || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz',
        (get_byte(sha256(convert_to('copied ' || copy || ' ' || target_vault, 'UTF8')), i) & 31) + 1, 1), '' order by i)
    from generate_series(0, 19) i;
  end;

-- In the transaction of the backup: none is forgotten.
create function plan_backup_copies() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  insert into backup_copies (account_id, id, kind, source_vault_id, source_point_id, target_vault_id, target_point_id,
      backup_name, rule_id, size_bytes, created_by)
    select new.account_id, c.id, 'region', new.vault_id, new.id, t.id, copied_point_id(c.id, t.id),
      coalesce(new.backup_name, new.source_name), r.id, coalesce(new.data_bytes, new.source_bytes), run.policy_name
    from policy_runs run
      join backup_copy_rules r on r.policy_id = run.policy_id and r.account_id = run.account_id
      join vaults t on t.id = r.target_vault_id
      join vaults s on s.id = new.vault_id
      cross join lateral (select 'bc-' || substr(md5(new.id || t.id), 1, 20) as id) c
    where run.id = new.policy_run_id and t.region <> s.region and t.kind = new.source_kind || '_backup';
  if found then perform wake_ticker(new.account_id); end if;
  return null;
end $$;
create trigger plan_backup_copies after insert on backup_points
  for each row when (new.policy_run_id is not null and new.source_kind in ('server', 'disk'))
  execute function plan_backup_copies();
