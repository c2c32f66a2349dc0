-- How much of a trial's end its account has been told: 0 nothing, 1 a week before, 2 a day before, 3 that it has ended.
alter table vaults add column trial_told smallint not null default 0 check (trial_told between 0 and 3);

-- Nobody prolongs a trial or brings its release nearer; its dates go when it becomes a standard vault.
create function refuse_trial_dates() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if is_trial_vault(new.kind) then
    raise exception 'the dates of trial vault % stay', old.id using errcode = 'CV010';
  end if;
  return new;
end $$;
create trigger refuse_trial_dates before update of trial_ends_at, trial_releases_at on vaults for each row
  when ((old.trial_ends_at, old.trial_releases_at) is distinct from (new.trial_ends_at, new.trial_releases_at))
  execute function refuse_trial_dates();

-- A key is destroyed only at the end of a waiting time that anyone can see and end; while it waits nothing uses it.
alter table kms_keys drop constraint kms_keys_state_check;
update kms_keys set wrapped_material = null where state = 'destroyed';
alter table kms_keys
  add constraint kms_keys_state_check check (state in ('creating', 'enabled', 'disabled', 'scheduled', 'destroyed')),
  add column deletion_at timestamptz,
  -- What the key returns to when its deletion is cancelled.
  add column state_before text check (state_before in ('enabled', 'disabled')),
  -- Warnings that have been given: a week before, a day before.
  add column deletion_told smallint not null default 0 check (deletion_told between 0 and 2),
  add constraint scheduled_has_date check ((state = 'scheduled') = (deletion_at is not null)
    and (deletion_at is null) = (state_before is null)),
  add constraint destroyed_has_no_material check (state <> 'destroyed' or wrapped_material is null);
create index kms_keys_by_deletion on kms_keys (account_id, deletion_at) where deletion_at is not null;

create function refuse_hasty_deletion() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.state = 'destroyed' and not (old.state = 'scheduled' and old.deletion_at <= now()) then
    raise exception 'key % is not destroyed before its time', old.id using errcode = 'CV014';
  end if;
  -- An hour of grace: the date is reckoned by the clock of who asks.
  if new.deletion_at is distinct from old.deletion_at and new.deletion_at is not null and (old.deletion_at is not null
      or new.deletion_at not between now() + interval '167 hours' and now() + interval '721 hours') then
    raise exception 'key % is deleted after 7 to 30 days', old.id using errcode = 'CV014';
  end if;
  return new;
end $$;
create trigger refuse_hasty_deletion before update of state, deletion_at on kms_keys
  for each row execute function refuse_hasty_deletion();

-- No point is committed under a key that is not enabled; whoever disables a key waits for a commit that has begun.
create function refuse_point_without_key() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare
  wanted text := (select v.kms_key_id from vaults v where v.id = new.vault_id);
  found text;
begin
  if wanted is null then return new; end if;
  select k.state into found from kms_keys k where k.id = wanted for share;
  if found <> 'enabled' then
    raise exception 'the key of vault % is %', new.vault_id, found using errcode = 'CV015';
  end if;
  return new;
end $$;
create trigger refuse_point_without_key before insert on backup_points
  for each row execute function refuse_point_without_key();
