-- A password that an administrator made holds until this time and has to be replaced at the first sign-in.
alter table users add column password_expires_at timestamptz;
-- Noted at most once a minute.
alter table user_sessions add column last_seen_at timestamptz;

-- An account keeps one administrator who can sign in. Two who demote each other at once come one after the other: the
-- account's row is the lock.
create function refuse_last_administrator() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if old.role = 'administrator' and old.disabled_at is null
     and (tg_op = 'DELETE' or new.role <> 'administrator' or new.disabled_at is not null) then
    perform 1 from accounts a where a.account_id = old.account_id for no key update;
    if not exists (select 1 from users u where u.account_id = old.account_id and u.id <> old.id
        and u.role = 'administrator' and u.disabled_at is null) then
      raise exception 'user % is the last administrator', old.id using errcode = 'CV022';
    end if;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger refuse_last_administrator before update of role, disabled_at or delete on users
  for each row execute function refuse_last_administrator();

-- Users are disabled, never deleted: the audit names them.
revoke delete on users from crossvault_app, crossvault_engine;
revoke insert, update on users from crossvault_engine;
