-- A code of its own for what a capacity plan refuses.
create or replace function refuse_past_plan() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.starts_at < date_trunc('day', now(), 'UTC') then
    raise exception 'capacity plan % would begin in the past', new.id using errcode = 'CV040';
  end if;
  return new;
end $$;

-- Every account keeps the group it began with: a new vault can always go somewhere.
create function refuse_default_group() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  raise exception 'the resource group % stays', old.id using errcode = 'CV041';
end $$;
create trigger refuse_default_group before update of name or delete on resource_groups
  for each row when (old.name = 'default') execute function refuse_default_group();

-- A key stands once on a vault. Keys that the cloud keeps for itself are refused in any case of letters.
create table vault_tags (
  account_id text not null,
  vault_id text not null,
  key text not null check (length(key) between 1 and 128 and key !~* '^(aliyun|acs:)'),
  value text not null default '' check (length(value) <= 128),
  primary key (vault_id, key),
  foreign key (account_id, vault_id) references vaults (account_id, id) on delete cascade
);
create index vault_tags_by_key on vault_tags (account_id, key, value);
call wall('vault_tags');
revoke insert, update, delete on vault_tags from crossvault_engine;

-- The limit is a constraint on the vault's own row, whatever runs beside it.
alter table vaults add column tag_count integer not null default 0 constraint too_many_tags check (tag_count between 0 and 20);
create function count_tag() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update vaults set tag_count = tag_count + case when tg_op = 'INSERT' then 1 else -1 end
    where id = case when tg_op = 'INSERT' then new.vault_id else old.vault_id end;
  return null;
end $$;
create trigger count_tag after insert or delete on vault_tags for each row execute function count_tag();
